import { beforeEach, describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import { bareFactor } from '../../shared/model/second-factor.ts';
import { shownAt } from '../../tests/fakes/authenticator.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { MemorySecretStore } from '../../tests/fakes/memory-secret-store.ts';
import { SecondFactor } from './second-factor.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });
const STEP_MS = 30_000;

let clock: FakeClock;
let store: MemorySecretStore;
let factor: SecondFactor;
let switchedOn: number;

function startApp(): SecondFactor {
  return new SecondFactor({
    store,
    clock,
    log: silentLog,
    onChange: () => undefined,
    onSwitchedOn: () => {
      switchedOn += 1;
    },
  });
}

beforeEach(async () => {
  clock = new FakeClock();
  store = new MemorySecretStore();
  switchedOn = 0;
  factor = startApp();
  await factor.load();
});

/** Set up with an app: what it shows now, and the recovery codes. */
async function setUp(): Promise<{ shown: (driftSteps?: number) => string; codes: string[] }> {
  const { uri } = await factor.propose('desk');
  const shown = (drift = 0) => shownAt(uri, clock.nowMs() + drift * STEP_MS);
  return { shown, codes: await factor.confirm(shown()) };
}

const stored = () => new TextDecoder().decode(store.saved.get('second-factor'));

describe('setting it up', () => {
  test('takes a code of the app, and nothing is asked for or kept before', async () => {
    const { uri, secretText } = await factor.propose('ana’s desk');
    expect(secretText).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    expect(new URL(uri).searchParams.get('secret')).toBe(secretText.replaceAll(' ', ''));
    await expect(factor.confirm('000000')).rejects.toThrow(reason('wrong-second-factor'));
    expect(await factor.isAsked()).toBe(false);
    expect(store.saved.size).toBe(0);
    const codes = await factor.confirm(shownAt(uri, clock.nowMs()));
    expect(codes).toHaveLength(10);
    expect(await factor.isAsked()).toBe(true);
    expect(switchedOn).toBe(1);
    expect(factor.state).toEqual({ isOn: true, recoveryCodesLeft: 10 });
    for (const code of codes) {
      expect(stored()).not.toContain(code);
      expect(stored()).not.toContain(bareFactor(code));
    }
  });

  test('proposes another secret each time, and only the newest counts', async () => {
    const first = await factor.propose('desk');
    const second = await factor.propose('desk');
    expect(second.uri).not.toBe(first.uri);
    const old = shownAt(first.uri, clock.nowMs());
    await expect(factor.confirm(old)).rejects.toThrow(reason('wrong-second-factor'));
    factor.cancel();
    await expect(factor.confirm(old)).rejects.toThrow(reason('not-found'));
  });

  test('that cannot be kept leaves everything as it was', async () => {
    const { uri } = await factor.propose('desk');
    store.save = () => Promise.reject(new TarnetError('internal', 'the disk is full'));
    const code = shownAt(uri, clock.nowMs());
    await expect(factor.confirm(code)).rejects.toThrow('the disk is full');
    expect(factor.state.isOn).toBe(false);
    expect(switchedOn).toBe(0);
  });
});

describe('a code of the app', () => {
  test('is right once, the one that confirmed it included, also after another start', async () => {
    const { shown } = await setUp();
    await expect(factor.use(shown())).rejects.toThrow(reason('wrong-second-factor'));
    clock.advance(STEP_MS);
    await factor.use(shown());
    await expect(factor.use(shown())).rejects.toThrow(reason('wrong-second-factor'));
    factor = startApp();
    await expect(factor.use(shown())).rejects.toThrow(reason('wrong-second-factor'));
    await expect(factor.use(shown(-1))).rejects.toThrow(reason('wrong-second-factor'));
    await factor.use(shown(1));
  });

  test('shown to two at a time lets one in', async () => {
    const { shown } = await setUp();
    clock.advance(STEP_MS);
    const both = await Promise.allSettled([factor.use(shown()), factor.use(shown())]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('is no yes when it cannot be written down as used', async () => {
    const { shown } = await setUp();
    clock.advance(STEP_MS);
    store.save = () => Promise.reject(new TarnetError('internal', 'the disk is full'));
    await expect(factor.use(shown())).rejects.toThrow('the disk is full');
  });

  test('is for nothing while it is off', async () => {
    await expect(factor.use('123456')).rejects.toThrow(reason('not-found'));
  });
});

describe('recovery codes', () => {
  test('are good once each, however they are typed, also after another start', async () => {
    const { codes } = await setUp();
    const [first = '', second = ''] = codes;
    await factor.use(bareFactor(first));
    expect(factor.state.recoveryCodesLeft).toBe(9);
    await expect(factor.use(bareFactor(first))).rejects.toThrow(reason('wrong-second-factor'));
    factor = startApp();
    await expect(factor.use(bareFactor(first))).rejects.toThrow(reason('wrong-second-factor'));
    await factor.use(bareFactor(second.toLowerCase()));
    expect(factor.state.recoveryCodesLeft).toBe(8);
  });

  test('that are new replace the old ones, and the app goes on', async () => {
    const { codes, shown } = await setUp();
    const fresh = await factor.renewRecoveryCodes();
    expect(fresh).toHaveLength(10);
    await expect(factor.use(bareFactor(codes[0] ?? ''))).rejects.toThrow(reason('wrong-second-factor'));
    await factor.use(bareFactor(fresh[0] ?? ''));
    clock.advance(STEP_MS);
    await factor.use(shown());
  });
});

describe('what was kept', () => {
  test('is forgotten when it is switched off', async () => {
    await setUp();
    await factor.switchOff();
    expect(await factor.isAsked()).toBe(false);
    factor = startApp();
    expect(await factor.isAsked()).toBe(false);
    expect(JSON.parse(stored())).toMatchObject({ isOn: false, secret: null, recoveryHashes: [] });
  });

  test.each([
    ['no JSON', 'x'],
    ['another version', '{"version":7}'],
    ['a step that is no number', '{"version":1,"isOn":true,"secret":null,"usedStep":"1","recoveryHashes":[]}'],
    ['a secret of another length', '{"version":1,"isOn":true,"secret":"AA","usedStep":-1,"recoveryHashes":[]}'],
  ])('and cannot be understood (%s) keeps everybody out, until its owner switches it off', async (_what, text) => {
    store.saved.set('second-factor', new TextEncoder().encode(text));
    factor = startApp();
    expect(await factor.load()).toBe('second-factor.corrupt');
    factor = startApp();
    expect(await factor.isAsked()).toBe(true);
    await expect(factor.use('123456')).rejects.toThrow(reason('wrong-second-factor'));
    await factor.switchOff();
    expect(await factor.isAsked()).toBe(false);
  });

  test('and cannot be read is asked for all the same, and can be switched off here', async () => {
    store.load = () => Promise.reject(new TarnetError('not-supported', 'the key store is gone'));
    factor = startApp();
    expect(await factor.isAsked()).toBe(true);
    await expect(factor.use('123456')).rejects.toThrow(reason('not-supported'));
    await factor.switchOff();
    expect(factor.state.isOn).toBe(false);
  });
});
