import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { ByteRate, MinuteRate, RELAY_BOUNDS, SecondRate } from './limits.ts';

describe('a rate per minute', () => {
  it('lets the limit through in any 60 seconds, for each key on its own', () => {
    const clock = new FakeClock();
    const rate = new MinuteRate(clock, 3);
    expect([1, 2, 3, 4].map(() => rate.take('a'))).toEqual([true, true, true, false]);
    expect(rate.take('b')).toBe(true);
    clock.advance(59_999);
    expect(rate.take('a')).toBe(false);
    clock.advance(1);
    expect(rate.take('a')).toBe(true);
  });

  it('never lets more through than its limit, however the events fall', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }), (pauses) => {
        const clock = new FakeClock();
        const rate = new MinuteRate(clock, 5);
        const taken: number[] = [];
        for (const pause of pauses) {
          clock.advance(pause);
          if (rate.take('a')) taken.push(clock.monotonicMs());
        }
        for (let index = 5; index < taken.length; index += 1)
          expect(taken[index]! - taken[index - 5]!).toBeGreaterThanOrEqual(60_000);
      }),
    );
  });

  it('forgets the oldest of too many keys, not the newest', () => {
    const rate = new MinuteRate(new FakeClock(), 1);
    for (let index = 0; index <= RELAY_BOUNDS.maxRateKeys; index += 1) rate.take(`${index}`);
    expect(rate.take(`${RELAY_BOUNDS.maxRateKeys}`)).toBe(false);
    expect(rate.take('0')).toBe(true);
  });
});

describe('a rate per second', () => {
  it('lets twice its number through at once, and its number from then on', () => {
    const clock = new FakeClock();
    const rate = new SecondRate(clock, 10);
    const count = () => Array.from({ length: 100 }, () => rate.take()).filter(Boolean).length;
    expect(count()).toBe(20);
    clock.advance(1_000);
    expect(count()).toBe(10);
    clock.advance(3_600_000);
    expect(count()).toBe(20);
  });
});

describe('a rate of bytes', () => {
  it('lets a burst through, then makes the reader wait for exactly what is over', () => {
    const clock = new FakeClock();
    const rate = new ByteRate(clock, 1_000);
    expect(rate.spend(4_000)).toBe(0);
    expect(rate.spend(500)).toBe(500);
    clock.advance(500);
    expect(rate.spend(0)).toBe(0);
  });

  it('never reads more than the burst and what was earned', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 100 }), (sizes) => {
        const clock = new FakeClock();
        const rate = new ByteRate(clock, 1_000);
        const startMs = clock.monotonicMs();
        let bytes = 0;
        for (const size of sizes) {
          const waitMs = rate.spend(size);
          bytes += size;
          clock.advance(waitMs);
          expect(bytes).toBeLessThanOrEqual(4_000 + (clock.monotonicMs() - startMs));
        }
      }),
    );
  });
});
