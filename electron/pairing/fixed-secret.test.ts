import { beforeEach, describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { FIXED_SECRET_LIMITS, FixedSecret } from './fixed-secret.ts';

const MINUTE_MS = 60_000;
const reason = (expected: string) => expect.objectContaining({ reason: expected });

let clock: FakeClock;
let gate: FixedSecret;
let failures: number;

beforeEach(async () => {
  clock = new FakeClock();
  failures = 0;
  gate = new FixedSecret({
    opaque: {
      register: async (secret) => {
        if (failures-- > 0) throw new TarnetError('internal', 'the process died');
        return { serverSetup: '', registration: secret };
      },
    },
    clock,
    log: silentLog,
    secret: 'correct horse',
    onChange: () => undefined,
  });
  gate.start();
  await ready();
});

async function ready(): Promise<void> {
  await expect.poll(() => gate.state.pending).toBe(false);
}

/** How long the gate makes the next guess wait, in seconds. */
function waitS(): number {
  try {
    gate.begin().fail();
    return 0;
  } catch (error) {
    if (error instanceof TarnetError && 'retryAfterS' in error) return Number(error.retryAfterS);
    throw error;
  }
}

describe('FixedSecret', () => {
  test('shows nothing of the secret', () => {
    expect(gate.state).toEqual({ code: null, expiresAtMs: null, triesLeft: null, pending: false });
    expect(gate.begin()).toMatchObject({ record: { registration: 'correct horse' }, triesLeft: null });
  });

  test('waits from the fifth failure on: a minute, doubling to an hour', () => {
    for (let wrong = 0; wrong <= FIXED_SECRET_LIMITS.freeFailures; wrong += 1) expect(waitS()).toBe(0);
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

  test('counts guesses when they begin: parallel ones do not get around the wait', () => {
    for (let wrong = 0; wrong < 3; wrong += 1) gate.begin().fail();
    gate.begin();
    gate.begin();
    expect(() => gate.begin()).toThrow(reason('code-locked'));
  });

  test('forgives after a right guess, but not the others in flight', () => {
    for (let wrong = 0; wrong < 3; wrong += 1) gate.begin().fail();
    const [wrong, right] = [gate.begin(), gate.begin()];
    right.succeed();
    wrong.fail();
    for (let more = 0; more < 4; more += 1) expect(waitS()).toBe(0);
    expect(waitS()).toBe(60);
  });

  test('has two guesses in flight at most', () => {
    gate.begin();
    gate.begin();
    expect(() => gate.begin()).toThrow(reason('rate-limited'));
    clock.advance(15_000);
    gate.begin();
  });

  test('remembers failures over a stop and a start', async () => {
    for (let wrong = 0; wrong < 5; wrong += 1) gate.begin().fail();
    gate.stop();
    expect(() => gate.begin()).toThrow(reason('rate-limited'));
    gate.start();
    await ready();
    expect(waitS()).toBe(60);
    clock.advance(MINUTE_MS);
    expect(waitS()).toBe(0);
  });

  test('tries again when its record could not be made', async () => {
    gate.stop();
    failures = 1;
    gate.start();
    await expect.poll(() => clock.pending).toBe(1);
    expect(() => gate.begin()).toThrow(reason('rate-limited'));
    clock.advance(1_000);
    await ready();
    gate.begin();
  });

  test('refuses a secret that is none', () => {
    const make = (secret: string) => () =>
      new FixedSecret({ opaque: { register: never }, clock, log: silentLog, secret, onChange: () => undefined });
    expect(make('')).toThrow(reason('malformed'));
    expect(make('x'.repeat(1025))).toThrow(reason('malformed'));
  });
});

function never(): never {
  throw new Error('not called');
}
