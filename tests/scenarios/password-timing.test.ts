// What a stranger can learn from a host without a password by looking at it, and by looking at the clock: nothing that a
// host with one would not tell. `npm run proof:timing` takes a thousand samples of each; the suite looks at what is done.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { type AccessGates, NO_CODE, NO_SECOND_FACTOR } from '../../electron/pairing/access-gate.ts';
import type { OpaquePort } from '../../electron/pairing/opaque-port.ts';
import { PasswordGate } from '../../electron/pairing/password-gate.ts';
import { FileSecretStore } from '../../electron/pairing/secret-store.ts';
import { joinAsViewer } from '../../electron/transport/relay-client.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import { encodeHs3Opening, encodeRefusal, HandshakeMode } from '../../shared/crypto/handshake-format.ts';
import { handshakeSite } from '../fakes/handshake-pair.ts';
import { stage } from './session-stage.ts';

const SAMPLES = Number(process.env.TARNET_TIMING_SAMPLES ?? 0);
const PASSWORD = 'violet anvil 77 quorum';
/** How far from a coin's toss the better guess may be: four standard errors of what `advantage` gives. */
const TOLERANCE = 4 * Math.sqrt(1 / (6 * SAMPLES));

interface Guess {
  /** All that came back, and what was done for it, in order. */
  seen: string[];
  durationMs: number;
}

type Situation = 'wrong password' | 'no password' | 'switched off';
const SITUATIONS: readonly Situation[] = ['wrong password', 'no password', 'switched off'];

/** A host in each situation, and a stranger that guesses: a right HS1, then an HS3 that can prove nothing. */
async function openHosts() {
  const site = await handshakeSite();
  const viewer = site.viewer({ credential: { kind: 'password', secret: 'violet anvil 77 forum' } });
  const hs1 = await viewer.start();
  const hs3 = Buffer.concat([encodeHs3Opening(HandshakeMode.password, new Uint8Array(64).fill(7)), Buffer.alloc(200)]);
  const hosts = new Map<Situation, (reset?: boolean) => Promise<Guess>>();
  for (const situation of SITUATIONS) {
    const directory = await mkdtemp(path.join(tmpdir(), 'tarnet-timing-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const store = new FileSecretStore({ directory, keyStore: null, nowMs: () => Date.now() });
    let seen: string[] = [];
    const gate = new PasswordGate({
      store: {
        isProtected: false,
        load: (name) => store.load(name),
        setAside: (name) => store.setAside(name),
        save: (name, bytes) => {
          seen.push(`save ${name}`);
          return store.save(name, bytes);
        },
      },
      opaque: site.opaque,
      clock: systemClock,
      log: silentLog,
      isOn: () => situation !== 'switched off',
      onChange: () => undefined,
    });
    gate.start();
    await expect.poll(() => gate.isReady, { timeout: 20_000 }).toBe(true);
    if (situation !== 'no password') await gate.set(PASSWORD);
    const opaque: OpaquePort = {
      ...site.opaque,
      register: (kind, secret) => site.opaque.register(kind, secret),
      clientStart: (kind, secret) => site.opaque.clientStart(kind, secret),
      clientFinish: (state, ke2) => site.opaque.clientFinish(state, ke2),
      serverStart: async (record, ke1) => {
        const { serverSetup, registration } = record;
        seen.push(`start with ${serverSetup.length} and ${registration.length} characters`);
        return site.opaque.serverStart(record, ke1);
      },
      serverFinish: (state, ke3) => {
        seen.push(`finish with ${state.server.length} characters`);
        return site.opaque.serverFinish(state, ke3);
      },
    };
    const gates: AccessGates = { code: NO_CODE, password: gate, secondFactor: NO_SECOND_FACTOR };
    hosts.set(situation, async () => {
      await gate.confirmGuesses();
      const host = site.host({ opaque, gates });
      seen = [];
      const startedMs = performance.now();
      const hs2 = await host.receive(hs1);
      if (hs2.kind === 'reply') seen.push(`HS2 of ${hs2.message.length} bytes, ${hs2.message.at(-1)} tries`);
      const refused = await host.receive(hs3).then(
        () => null,
        (error: unknown) => TarnetError.from(error),
      );
      const durationMs = performance.now() - startedMs;
      if (refused) seen.push(`refused with ${Buffer.from(encodeRefusal(refused)).toString('hex')}`);
      return { seen, durationMs };
    });
  }
  return hosts;
}

/** How often a sample of the first is the longer one of the two (Mann and Whitney, 1947): 0.5 when nobody can tell. */
function advantage(first: readonly number[], second: readonly number[]): number {
  let wins = 0;
  for (const one of first) for (const other of second) wins += one > other ? 1 : one === other ? 0.5 : 0;
  return wins / (first.length * second.length);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Samples all in turn, in an order that changes: whatever slows the machine down slows them all. */
async function sample<Name>(
  names: readonly Name[],
  count: number,
  take: (name: Name) => Promise<number>,
): Promise<Map<Name, number[]>> {
  const samples = new Map(names.map((name): [Name, number[]] => [name, []]));
  for (let round = -5; round < count; round += 1)
    for (const offset of names.keys()) {
      const name = names[(offset + Math.abs(round)) % names.length];
      if (name === undefined) continue;
      const durationMs = await take(name);
      if (round >= 0) samples.get(name)?.push(durationMs);
    }
  return samples;
}

function report(name: string, first: readonly number[], second: readonly number[]): number {
  const told = advantage(first, second);
  const [one, other] = [median(first).toFixed(3), median(second).toFixed(3)];
  console.info(`${name}: medians ${one} and ${other} ms, told apart ${told.toFixed(3)} (0.5 = not at all)`);
  return told;
}

describe('a guess at a password', () => {
  test('is answered in the same steps, of the same sizes, with the same words, whether there is one or not', async () => {
    const hosts = await openHosts();
    const [wrong, ...others] = await Promise.all(
      SITUATIONS.map(async (situation) => (await hosts.get(situation)?.())?.seen),
    );
    expect(wrong).toEqual([
      'save password',
      expect.stringMatching(/^start with \d+ and \d+ characters$/),
      'HS2 of 375 bytes, 255 tries',
      expect.stringMatching(/^finish with \d+ characters$/),
      'refused with 0902100000',
    ]);
    for (const other of others) expect(other).toEqual(wrong);
  });

  test.runIf(SAMPLES > 0)('takes as long, whether there is one or not', { timeout: 600_000 }, async () => {
    const hosts = await openHosts();
    const take = async (situation: Situation) => (await hosts.get(situation)?.())?.durationMs ?? Number.NaN;
    const samples = await sample(SITUATIONS, SAMPLES, take);
    const wrong = samples.get('wrong password') ?? [];
    for (const situation of ['no password', 'switched off'] as const) {
      const told = report(`wrong password, ${situation}`, wrong, samples.get(situation) ?? []);
      expect(Math.abs(told - 0.5)).toBeLessThan(TOLERANCE);
    }
    // so that it can fail: half a millisecond would be seen
    const later = wrong.map((durationMs) => durationMs + 0.5);
    expect(Math.abs(report('half a millisecond later', later, wrong) - 0.5)).toBeGreaterThan(TOLERANCE);
  });
});

describe('a host that is not there', () => {
  test('is refused in the same words, whether a relay has ever seen it or not', async () => {
    const { ask, ids } = await relayWithoutHost();
    expect(await ask(ids.gone)).toMatchObject({ said: await ask(ids.unknown).then(({ said }) => said) });
  });

  test.runIf(SAMPLES > 0)('is refused as fast', { timeout: 600_000 }, async () => {
    const { ask, ids } = await relayWithoutHost();
    const samples = await sample(
      ['gone', 'unknown'] as const,
      SAMPLES,
      async (which) => (await ask(ids[which])).durationMs,
    );
    const told = report('host that was here, unknown host', samples.get('gone') ?? [], samples.get('unknown') ?? []);
    expect(Math.abs(told - 0.5)).toBeLessThan(TOLERANCE);
  });
});

/** A relay whose host has just left, and an ID that it has never heard of. */
async function relayWithoutHost() {
  const { relay, host } = await stage({
    limits: { hostGraceMs: 600_000, connectionsPerMinutePerAddress: 1_000_000, joinsPerMinutePerAddress: 1_000_000 },
  });
  host.control.closed = true;
  host.control.cut();
  const ids = { gone: host.hostId, unknown: host.hostId === '123456789' ? '987654321' : '123456789' };
  const ask = (hostId: string): Promise<{ said: string[]; durationMs: number }> =>
    new Promise((resolve) => {
      const startedMs = performance.now();
      joinAsViewer(
        { url: relay.url, hostId, open: relay.open, clock: systemClock },
        {
          onJoined: () => undefined,
          onHostLeft: () => undefined,
          onMessage: () => undefined,
          onClose: (...said) => resolve({ said, durationMs: performance.now() - startedMs }),
        },
      );
    });
  return { ask, ids };
}
