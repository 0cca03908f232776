import { beforeEach, describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import { PASSWORD_BOUNDS } from '../../shared/model/password.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { MemorySecretStore } from '../../tests/fakes/memory-secret-store.ts';
import { PasswordGate, type PasswordGateOptions } from './password-gate.ts';

const PASSWORD = 'correct horse';
const reason = (expected: string) => expect.objectContaining({ reason: expected });

let clock: FakeClock;
let store: MemorySecretStore;
let isOn: boolean;
let failures: number;
let gate: PasswordGate;

/** The gate as another start of the app makes it. */
function startApp(options: Partial<PasswordGateOptions> = {}): PasswordGate {
  const made = new PasswordGate({
    store,
    opaque: {
      // In place of a record: what it was made for.
      register: async (kind, secret) => {
        if (failures-- > 0) throw new TarnetError('internal', 'the process died');
        return { kind, serverSetup: '', registration: Buffer.from(secret).toString('base64url') };
      },
    },
    clock,
    log: silentLog,
    isOn: () => isOn,
    onChange: () => undefined,
    ...options,
  });
  made.start();
  return made;
}

beforeEach(async () => {
  clock = new FakeClock();
  store = new MemorySecretStore();
  isOn = true;
  failures = 0;
  gate = startApp();
  await ready();
});

async function ready(): Promise<void> {
  await expect.poll(() => gate.isReady).toBe(true);
}

function recordOf(text: string): unknown {
  return { kind: 'password', serverSetup: '', registration: Buffer.from(text).toString('base64url') };
}

/** The record that a guess is checked with; the guess itself is given up. */
function guessed(): unknown {
  const attempt = gate.begin();
  attempt.fail();
  return attempt.record;
}

async function restart(): Promise<void> {
  gate.stop();
  gate = startApp();
  await ready();
}

describe('the password', () => {
  test('is checked by its record, never shown, and outlives the app', async () => {
    await gate.set(PASSWORD);
    expect(gate.state).toMatchObject({ isSet: true, fromFile: false, isStopped: false });
    expect(guessed()).toEqual(recordOf(PASSWORD));
    await restart();
    expect(guessed()).toEqual(recordOf(PASSWORD));
    expect(JSON.stringify([...store.saved])).not.toContain(PASSWORD);
  });

  test('is a decoy that stays the same, while there is none and while unattended access is off', async () => {
    const decoy = guessed();
    expect(decoy).not.toEqual(recordOf(PASSWORD));
    await restart();
    expect(guessed()).toEqual(decoy);
    await gate.set(PASSWORD);
    isOn = false;
    expect(guessed()).toEqual(decoy);
    expect(gate.state.isSet).toBe(true);
    isOn = true;
    await gate.remove();
    await ready();
    expect(gate.state.isSet).toBe(false);
    expect(guessed()).not.toEqual(recordOf(PASSWORD));
  });

  test('is refused when it is too short or too long, and then nothing changes', async () => {
    await gate.set(PASSWORD);
    for (const length of [0, PASSWORD_BOUNDS.minLength - 1, PASSWORD_BOUNDS.maxLength + 1])
      await expect(gate.set('x'.repeat(length))).rejects.toThrow(reason('malformed'));
    expect(guessed()).toEqual(recordOf(PASSWORD));
  });

  test('that was changed meanwhile lets nobody in who proved the old one', async () => {
    await gate.set(PASSWORD);
    const attempt = gate.begin();
    await gate.set('another password');
    expect(() => attempt.succeed()).toThrow(reason('code-locked'));
    const late = gate.begin();
    isOn = false;
    expect(() => late.succeed()).toThrow(reason('wrong-password'));
  });

  test('of a file replaces it, cannot be changed, and is not kept', async () => {
    await gate.set(PASSWORD);
    gate = startApp({ fileSecret: 'of a file' });
    await ready();
    isOn = false;
    expect(gate.state).toMatchObject({ isSet: true, fromFile: true });
    expect(guessed()).toEqual(recordOf('of a file'));
    await expect(gate.set('another password')).rejects.toThrow(reason('not-supported'));
    await expect(gate.remove()).rejects.toThrow(reason('not-supported'));
    expect(new TextDecoder().decode(store.saved.get('password'))).not.toContain(
      Buffer.from('of a file').toString('base64url'),
    );
    expect(() => startApp({ fileSecret: '' })).toThrow(reason('malformed'));
    expect(() => startApp({ fileSecret: 'x'.repeat(1025) })).toThrow(reason('malformed'));
  });

  test('is set aside when it cannot be understood', async () => {
    store.saved.set('password', new TextEncoder().encode('{"version":7}'));
    gate = startApp();
    expect(await gate.load()).toBe('password.corrupt');
    await ready();
    expect(gate.state.isSet).toBe(false);
  });
});

describe('guesses', () => {
  test('are on disk before they are answered', async () => {
    const { counted } = gate.begin();
    await counted;
    expect(JSON.parse(new TextDecoder().decode(store.saved.get('password')))).toMatchObject({
      guesses: { inRow: 1, total: 1 },
    });
  });

  test('are refused when they cannot be counted on disk', async () => {
    store.save = () => Promise.reject(new TarnetError('internal', 'the disk is full'));
    await expect(gate.begin().counted).rejects.toThrow('the disk is full');
  });

  test('are counted across starts of the app, waits too', async () => {
    for (let wrong = 0; wrong < 5; wrong += 1) await wrongGuess();
    await restart();
    expect(() => gate.begin()).toThrow(expect.objectContaining({ reason: 'password-locked', retryAfterS: 60 }));
    clock.advance(60_000);
    await wrongGuess();
    expect(gate.state.guesses).toMatchObject({ inRow: 6, total: 6 });
  });

  test('at a decoy are counted like those at a password', async () => {
    isOn = false;
    for (let wrong = 0; wrong < 5; wrong += 1) await wrongGuess();
    expect(() => gate.begin()).toThrow(reason('password-locked'));
  });

  test('stop at fifty, also after another start, until they are confirmed here', async () => {
    await gate.set(PASSWORD);
    while (!gate.state.isStopped) {
      clock.advance(60 * 60_000);
      await wrongGuess();
    }
    expect(gate.state.guesses.total).toBe(50);
    await restart();
    clock.advance(60 * 60_000);
    expect(() => gate.begin()).toThrow(reason('password-stopped'));
    await gate.confirmGuesses();
    await restart();
    expect(guessed()).toEqual(recordOf(PASSWORD));
  });

  test('in parallel do not get around the wait, and only two are in flight', async () => {
    for (let wrong = 0; wrong < 3; wrong += 1) await wrongGuess();
    gate.begin();
    gate.begin();
    expect(() => gate.begin()).toThrow(reason('password-locked'));
    await gate.confirmGuesses();
    expect(() => gate.begin()).toThrow(reason('rate-limited'));
    clock.advance(15_000);
    gate.begin();
  });

  test('that are right take back the waits, but not the others in flight', async () => {
    for (let wrong = 0; wrong < 3; wrong += 1) await wrongGuess();
    const [wrong, right] = [gate.begin(), gate.begin()];
    right.succeed();
    wrong.fail();
    expect(gate.state.guesses).toEqual({ inRow: 1, total: 4, waitUntilMs: 0 });
  });

  test('whose second factor is awaited count on, make room for others, and may take two minutes', async () => {
    const held = gate.begin();
    held.hold();
    expect(gate.state.guesses).toMatchObject({ inRow: 1, total: 1 });
    gate.begin().fail();
    clock.advance(120_000);
    expect(gate.state.guesses).toMatchObject({ inRow: 2, total: 2 });
    held.succeed();
    expect(gate.state.guesses).toEqual({ inRow: 0, total: 1, waitUntilMs: 0 });
    const late = gate.begin();
    late.hold();
    clock.advance(130_000);
    expect(gate.state.guesses).toMatchObject({ inRow: 0, total: 1 });
    expect(() => late.succeed()).toThrow(reason('code-locked'));
  });

  test('that were held and withdrawn are none, but take back no wait and no other', async () => {
    for (let wrong = 0; wrong < 4; wrong += 1) await wrongGuess();
    const held = gate.begin();
    held.hold();
    held.withdraw();
    expect(gate.state.guesses).toMatchObject({ inRow: 4, total: 4 });
    expect(() => gate.begin()).toThrow(reason('password-locked'));
    clock.advance(60_000);
    gate.begin().withdraw();
    expect(gate.state.guesses).toMatchObject({ inRow: 5, total: 5 });
  });

  test('that are held are four at most, and end with the password', async () => {
    const held = Array.from({ length: 4 }, () => {
      const attempt = gate.begin();
      attempt.hold();
      return attempt;
    });
    await gate.confirmGuesses();
    const fifth = gate.begin();
    expect(() => fifth.hold()).toThrow(reason('rate-limited'));
    await gate.set(PASSWORD);
    for (const attempt of [...held, fifth]) expect(() => attempt.succeed()).toThrow(reason('code-locked'));
  });

  test('wait for the record when OPAQUE fails, which is tried again', async () => {
    store = new MemorySecretStore();
    failures = 1;
    gate = startApp();
    await expect.poll(() => clock.pending).toBe(1);
    expect(() => gate.begin()).toThrow(reason('rate-limited'));
    clock.advance(1_000);
    await ready();
    gate.begin();
  });
});

async function wrongGuess(): Promise<void> {
  const attempt = gate.begin();
  await attempt.counted;
  attempt.fail();
}
