import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { GUESS_LIMITS, GuessLimits } from './guess-limits.ts';

const MINUTE_MS = 60_000;
const reason = (expected: string) => expect.objectContaining({ reason: expected });

let clock: FakeClock;
let limits: GuessLimits;

beforeEach(() => {
  clock = new FakeClock();
  limits = new GuessLimits(clock);
});

/** How long the next guess has to wait, in seconds; it is made when it need not. */
function waitS(): number {
  try {
    limits.begin('password');
    return 0;
  } catch (error) {
    if (error instanceof TarnetError && 'retryAfterS' in error) return Number(error.retryAfterS);
    throw error;
  }
}

/** Wrong guesses, each after whatever wait there is. */
function guess(times: number): void {
  for (let wrong = 0; wrong < times; wrong += 1) {
    clock.advance(GUESS_LIMITS.maxWaitMs);
    limits.begin('password');
  }
}

describe('GuessLimits', () => {
  test('waits from the fifth guess in a row on: a minute, doubling to an hour', () => {
    for (let wrong = 0; wrong <= GUESS_LIMITS.freeFailures; wrong += 1) expect(waitS()).toBe(0);
    const waits: number[] = [];
    for (let wrong = 0; wrong < 9; wrong += 1) {
      const wait = waitS();
      waits.push(wait / 60);
      clock.advance(wait * 1000 - 1);
      expect(waitS()).toBe(1);
      clock.advance(1);
      expect(waitS()).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('stops at fifty in all, right ones in between or not, until the user confirms', () => {
    while (!limits.isStopped) {
      // One right guess after each two wrong ones: no wait ever comes up.
      limits.begin('password');
      if (limits.isStopped) break;
      limits.begin('password');
      if (limits.isStopped) break;
      limits.begin('password');
      limits.right(0);
    }
    expect(limits.count.total).toBe(GUESS_LIMITS.maxFailures);
    expect(() => limits.begin('password')).toThrow(reason('password-stopped'));
    clock.advance(1_000 * GUESS_LIMITS.maxWaitMs);
    expect(() => limits.begin('password')).toThrow(reason('password-stopped'));
    limits.confirm();
    expect(limits.count).toEqual({ inRow: 0, total: 0, waitUntilMs: 0 });
    expect(waitS()).toBe(0);
  });

  test('a right guess takes back itself and every wait, but not the wrong ones from the sum', () => {
    for (let wrong = 0; wrong < 4; wrong += 1) limits.begin('password');
    limits.begin('password');
    limits.right(0);
    expect(limits.count).toEqual({ inRow: 0, total: 4, waitUntilMs: 0 });
    expect(waitS()).toBe(0);
  });

  test('goes on where an earlier run of the app left off', () => {
    guess(7);
    const saved = limits.count;
    limits = new GuessLimits(clock, saved);
    expect(limits.count).toEqual(saved);
    const wait = waitS();
    expect(wait).toBeGreaterThan(60);
    clock.advance(wait * 1000);
    expect(waitS()).toBe(0);
    expect(limits.count.total).toBe(saved.total + 1);
  });

  test('a clock that was set back does not lock it for longer than the longest wait', () => {
    const saved = { inRow: 30, total: 30, waitUntilMs: clock.nowMs() + 1_000 * GUESS_LIMITS.maxWaitMs };
    limits = new GuessLimits(clock, saved);
    expect(waitS()).toBe(60 * 60);
    clock.advance(60 * MINUTE_MS);
    expect(waitS()).toBe(0);
  });
});

test('no mixture of wrong and withdrawn guesses gets anybody more than fifty wrong ones, nor one during a wait', async () => {
  const steps = fc.array(fc.constantFrom('wrong', 'wrong', 'withdrawn', 'wait'), { maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      clock = new FakeClock();
      limits = new GuessLimits(clock);
      let wrong = 0;
      for (const step of sequence) {
        if (step === 'wait') clock.advance(GUESS_LIMITS.maxWaitMs);
        const waits = limits.count.waitUntilMs > clock.nowMs();
        try {
          limits.begin('password');
        } catch {
          expect(waits || limits.isStopped).toBe(true);
          continue;
        }
        expect(waits).toBe(false);
        if (step === 'wrong') wrong += 1;
        else limits.withdraw();
        expect(limits.count).toMatchObject({ inRow: wrong, total: wrong });
      }
      expect(wrong).toBeLessThanOrEqual(GUESS_LIMITS.maxFailures);
    }),
  );
});
