import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { RECONNECT } from './reconnect-policy.ts';
import { RetryTimer } from './retry-timer.ts';

describe('RetryTimer', () => {
  it('doubles the delay up to its limit, and starts over after a success', () => {
    const clock = new FakeClock();
    const timer = new RetryTimer(clock, () => 0.5);
    const delays = Array.from({ length: 8 }, () => timer.schedule(() => undefined));
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(timer.attempt).toBe(8);
    timer.succeeded();
    expect(timer.schedule(() => undefined)).toBe(250);
  });

  it('stays within the jitter', () => {
    const clock = new FakeClock();
    expect(new RetryTimer(clock, () => 0).schedule(() => undefined)).toBe(250 * (1 - RECONNECT.jitter));
    expect(new RetryTimer(clock, () => 0.999_999).schedule(() => undefined)).toBeCloseTo(250 * (1 + RECONNECT.jitter));
  });

  it('makes one attempt at a time, at its time, unless cancelled', () => {
    const clock = new FakeClock();
    const timer = new RetryTimer(clock, () => 0.5);
    const attempts: number[] = [];
    timer.schedule(() => attempts.push(1));
    timer.schedule(() => attempts.push(2));
    clock.advance(499);
    expect(attempts).toEqual([]);
    clock.advance(1);
    expect(attempts).toEqual([2]);
    timer.schedule(() => attempts.push(3));
    timer.cancel();
    clock.advance(60_000);
    expect(attempts).toEqual([2]);
  });
});
