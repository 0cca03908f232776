import { beforeEach, describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { ACCESS_CODE_LIMITS, AccessCode } from './access-code.ts';
import type { AccessGateState } from './access-gate.ts';
import type { OpaqueRecord, OpaqueSecretKind } from './opaque-port.ts';

const MINUTE_MS = 60_000;
const reason = (expected: string) => expect.objectContaining({ reason: expected });

let clock: FakeClock;
let code: AccessCode;
let states: AccessGateState[];
/** What `register` does with the codes it gets, in order. */
let registered: string[];
let failures: number;

beforeEach(async () => {
  clock = new FakeClock();
  states = [];
  registered = [];
  failures = 0;
  let next = 0;
  const register = async (kind: OpaqueSecretKind, secret: string): Promise<OpaqueRecord> => {
    registered.push(secret);
    if (failures-- > 0) throw new TarnetError('internal', 'the process died');
    return { kind, serverSetup: 'setup', registration: secret };
  };
  code = new AccessCode({
    opaque: { register },
    clock,
    log: silentLog,
    hostId: '000000003',
    randomCode: () => `00000000${++next}`,
    onChange: () => states.push(code.state),
  });
  code.start();
  await made();
});

/** Resolves when the code that is being made is there. */
async function made(): Promise<void> {
  await expect.poll(() => code.state.pending).toBe(false);
}

function failTimes(times: number): void {
  for (let wrong = 0; wrong < times; wrong += 1) code.begin().fail();
}

describe('AccessCode', () => {
  test('shows a code with five tries and ten minutes once its record is there', () => {
    const expiresAtMs = clock.nowMs() + 10 * MINUTE_MS;
    expect(states).toEqual([
      { code: null, expiresAtMs: null, triesLeft: null, pending: true, waitUntilMs: null },
      { code: '000000001', expiresAtMs, triesLeft: 5, pending: false, waitUntilMs: null },
    ]);
  });

  test('counts a guess when it begins', () => {
    const attempt = code.begin();
    expect(attempt).toMatchObject({ record: { registration: '000000001' }, triesLeft: 4 });
    expect(code.state.triesLeft).toBe(4);
    attempt.fail();
    attempt.fail();
    expect(code.state.triesLeft).toBe(4);
  });

  test('is replaced after the fifth failure', async () => {
    failTimes(4);
    expect(code.state.code).toBe('000000001');
    failTimes(1);
    expect(code.state).toMatchObject({ code: null, pending: true, waitUntilMs: null });
    expect(() => code.begin()).toThrow(reason('rate-limited'));
    await made();
    expect(code.state).toMatchObject({ code: '000000002', triesLeft: 5 });
  });

  test('is slower to come each time when one after the other is guessed at, until a right guess or its user', async () => {
    const { freeCodes, firstWaitMs, maxWaitMs } = ACCESS_CODE_LIMITS;
    const guessAway = async () => {
      failTimes(5);
      await Promise.resolve();
    };
    for (let spent = 0; spent < freeCodes; spent += 1) {
      await guessAway();
      await made();
    }
    for (const waitMs of [firstWaitMs, 2 * firstWaitMs, 4 * firstWaitMs]) {
      await guessAway();
      expect(() => code.begin()).toThrow(
        expect.objectContaining({ reason: 'rate-limited', retryAfterS: waitMs / 1000 }),
      );
      clock.advance(waitMs - 1);
      expect(code.state).toMatchObject({ code: null, pending: true, waitUntilMs: expect.any(Number) });
      clock.advance(1);
      await made();
    }
    for (let spent = 0; spent < 10; spent += 1) {
      await guessAway();
      clock.advance(maxWaitMs);
      await made();
    }
    // its user sees no code, and asks for one
    await guessAway();
    expect(code.state.pending).toBe(true);
    code.renew();
    await made();
    await guessAway();
    await made();
  });

  test('never equals the public ID', async () => {
    failTimes(5);
    await made();
    failTimes(5);
    await made();
    expect(code.state.code).toBe('000000004');
  });

  test('dies with its first success', async () => {
    code.begin().succeed();
    expect(code.state.code).toBeNull();
    await made();
    expect(code.state.code).toBe('000000002');
  });

  test('lets a right last guess through while others have failed', () => {
    failTimes(3);
    const [wrong, right] = [code.begin(), code.begin()];
    wrong.fail();
    expect(() => code.begin()).toThrow(reason('code-locked'));
    right.succeed();
    expect(code.state.pending).toBe(true);
  });

  test('lets only one of two right guesses in', () => {
    const [one, other] = [code.begin(), code.begin()];
    one.succeed();
    expect(() => other.succeed()).toThrow(reason('code-locked'));
  });

  test('has two guesses in flight at most', () => {
    const [one] = [code.begin(), code.begin()];
    expect(() => code.begin()).toThrow(expect.objectContaining({ reason: 'rate-limited', retryAfterS: 15 }));
    expect(code.state.triesLeft).toBe(3);
    one.fail();
    expect(code.begin().triesLeft).toBe(2);
  });

  test('takes a guess that never ends for a failure', () => {
    const attempt = code.begin();
    clock.advance(15_000);
    expect(() => attempt.succeed()).toThrow(reason('code-locked'));
    expect(code.state).toMatchObject({ code: '000000001', triesLeft: 4 });
  });

  test('is replaced after ten minutes, and a guess at the old one is refused', async () => {
    clock.advance(10 * MINUTE_MS - 1);
    const attempt = code.begin();
    clock.advance(1);
    expect(code.state.pending).toBe(true);
    await made();
    expect(code.state.code).toBe('000000002');
    expect(() => attempt.succeed()).toThrow(reason('code-locked'));
    expect(code.state).toMatchObject({ code: '000000002', triesLeft: 5 });
  });

  test('does not outlive a night in which its machine slept', async () => {
    clock.sleep(10 * MINUTE_MS);
    expect(() => code.begin()).toThrow(reason('rate-limited'));
    await made();
    expect(code.state).toMatchObject({ code: '000000002', triesLeft: 5 });
    expect(code.begin().record.registration).toBe('000000002');
  });

  test('is renewed on demand, and its ten minutes start again', async () => {
    clock.advance(6 * MINUTE_MS);
    code.renew();
    await made();
    clock.advance(6 * MINUTE_MS);
    expect(code.state.code).toBe('000000002');
  });

  test('tries again when its record could not be made', async () => {
    failures = 2;
    code.renew();
    await expect.poll(() => registered.length).toBe(2);
    expect(code.state.pending).toBe(true);
    clock.advance(1_000);
    await expect.poll(() => registered.length).toBe(3);
    clock.advance(1_000);
    await made();
    expect(code.state.code).toBe('000000005');
  });

  test('ends when sharing ends, also while a record is being made', async () => {
    const attempt = code.begin();
    code.stop();
    expect(code.state).toEqual({ code: null, expiresAtMs: null, triesLeft: null, pending: false, waitUntilMs: null });
    expect(() => attempt.succeed()).toThrow(reason('code-locked'));
    expect(() => code.begin()).toThrow(reason('rate-limited'));
    code.start();
    code.stop();
    await expect.poll(() => registered.length).toBe(2);
    expect(code.state).toMatchObject({ code: null, pending: false, waitUntilMs: null });
    code.renew();
    expect(code.state.pending).toBe(false);
    expect(clock.pending).toBe(0);
  });
});

test('random codes are nine digits and differ', async () => {
  const seen = new Set<string>();
  const random = new AccessCode({
    opaque: { register: async (kind, secret) => ({ kind, serverSetup: '', registration: secret }) },
    clock: new FakeClock(),
    log: silentLog,
    hostId: '123456789',
    onChange: () => undefined,
  });
  random.start();
  for (let round = 0; round < 20; round += 1) {
    await expect.poll(() => random.state.code).toMatch(/^\d{9}$/);
    seen.add(random.state.code ?? '');
    random.renew();
  }
  expect(seen.size).toBe(20);
});
