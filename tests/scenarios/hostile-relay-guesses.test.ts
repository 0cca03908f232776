// Guessers, alone and in parallel, against the host's limits with real handshakes.
import { describe, expect, test } from 'vitest';
import { type AccessGates, NO_CODE, NO_SECOND_FACTOR } from '../../electron/pairing/access-gate.ts';
import { GUESS_LIMITS } from '../../electron/pairing/guess-limits.ts';
import type { OpaquePort } from '../../electron/pairing/opaque-port.ts';
import { PasswordGate } from '../../electron/pairing/password-gate.ts';
import type { HostHandshake } from '../../electron/session/host-handshake.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { CODE, type HandshakeSite, handshakeSite, type RelayActs, shakeHands } from '../fakes/handshake-pair.ts';
import { MemorySecretStore } from '../fakes/memory-secret-store.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });

describe('guesses', () => {
  test('in parallel get two in flight and five in all, then there is another code', async () => {
    const guessed = await handshakeSite();
    const replied: HostHandshake[] = [];
    const refused: (string | undefined)[] = [];
    const guess = async () => {
      const host = guessed.host();
      const hs1 = await guessed.viewer({ credential: { kind: 'code', secret: '000000000' } }).start();
      await host.receive(hs1).then(
        () => replied.push(host),
        (error: unknown) => refused.push(TarnetError.from(error).reason),
      );
    };
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(Array.from({ length: 5 }, guess));
      expect(replied.length).toBeLessThanOrEqual(2);
      for (const host of replied.splice(0)) {
        host.close();
        refused.push('answered');
      }
      if (guessed.code.state.code !== CODE) break;
    }
    expect(refused.filter((what) => what === 'answered')).toHaveLength(5);
    expect(['answered', 'rate-limited', 'code-locked']).toEqual(expect.arrayContaining([...new Set(refused)]));
    await expect.poll(() => guessed.code.state.code).toBe('271828182');
    await expect(shakeHands(guessed.viewer(), guessed.host())).rejects.toThrow(reason('wrong-code'));
  });

  test('that never come to an end count too', async () => {
    const guessed = await handshakeSite();
    for (let wrong = 0; wrong < 5; wrong += 1) {
      await guessed.host().receive(await guessed.viewer().start());
      guessed.clock.advance(60_000);
    }
    expect(guessed.code.state.code).not.toBe(CODE);
  });

  test('that were right but came too late are refused', async () => {
    const guessed = await handshakeSite();
    const late: RelayActs = {
      hs3: (message) => {
        guessed.clock.advance(20_000);
        return message;
      },
    };
    await expect(shakeHands(guessed.viewer(), guessed.host(), late)).rejects.toThrow(reason('code-locked'));
    expect(guessed.code.state.triesLeft).toBe(4);
  });
});

const CROWD = 1_000;
const closed: AccessGates = { code: NO_CODE, password: NO_CODE, secondFactor: NO_SECOND_FACTOR };
const LIMITED = ['rate-limited', 'password-locked', 'password-stopped'];

/** OPAQUE that counts how many guesses come as far as the verifier. */
function counting(opaque: OpaquePort): { opaque: OpaquePort; verified(): number } {
  let count = 0;
  const counted: OpaquePort = {
    register: (kind, secret) => opaque.register(kind, secret),
    clientStart: (kind, secret) => opaque.clientStart(kind, secret),
    clientFinish: (state, ke2) => opaque.clientFinish(state, ke2),
    serverStart: (record, ke1) => {
      count += 1;
      return opaque.serverStart(record, ke1);
    },
    serverFinish: (state, ke3) => opaque.serverFinish(state, ke3),
  };
  return { opaque: counted, verified: () => count };
}

/** A thousand guesses at the same moment; why each was refused, and how many were answered. */
async function crowd(site: HandshakeSite, hs1: Uint8Array, opaque: OpaquePort, gates: AccessGates, size = CROWD) {
  const hosts = Array.from({ length: size }, () => site.host({ opaque, gates }));
  const outcomes = await Promise.all(
    hosts.map((host) =>
      host.receive(hs1).then(
        () => 'answered',
        (error: unknown) => TarnetError.from(error).reason,
      ),
    ),
  );
  for (const host of hosts) host.close();
  const answered = outcomes.filter((outcome) => outcome === 'answered').length;
  return { answered, refusals: new Set(outcomes.filter((outcome) => outcome !== 'answered')) };
}

describe('a thousand guesses at once', () => {
  test('at the password: fifty are looked at in all, over every wait and every start of the app, and not one more', async () => {
    const site = await handshakeSite();
    const clock = new FakeClock();
    const store = new MemorySecretStore();
    const { opaque, verified } = counting(site.opaque);
    const startApp = async () => {
      const gate = new PasswordGate({
        store,
        opaque,
        clock,
        log: silentLog,
        isOn: () => true,
        onChange: () => undefined,
      });
      gate.start();
      await expect.poll(() => gate.isReady, { timeout: 10_000 }).toBe(true);
      return gate;
    };
    let gate = await startApp();
    await gate.set('violet anvil 77 quorum');
    const viewer = site.viewer({ credential: { kind: 'password', secret: 'violet anvil 77 forum' } });
    const hs1 = await viewer.start();
    const answered: number[] = [];
    for (let wave = 0; wave < 52; wave += 1) {
      const outcome = await crowd(site, hs1, opaque, { ...closed, password: gate }, wave < 6 ? CROWD : 40);
      answered.push(outcome.answered);
      expect(LIMITED).toEqual(expect.arrayContaining([...outcome.refusals]));
      // a new start takes nothing back
      gate.stop();
      gate = await startApp();
      if (wave > 2) clock.advance(GUESS_LIMITS.maxWaitMs);
    }
    expect(answered.slice(0, 4)).toEqual([2, 2, 1, 0]);
    expect(verified()).toBe(GUESS_LIMITS.maxFailures);
    const last = await crowd(site, hs1, opaque, { ...closed, password: gate });
    expect(last).toEqual({ answered: 0, refusals: new Set(['password-stopped']) });
    expect(gate.state).toMatchObject({ isStopped: true, guesses: { total: GUESS_LIMITS.maxFailures } });
    await expect(
      shakeHands(
        site.viewer({ credential: { kind: 'password', secret: 'violet anvil 77 quorum' } }),
        site.host({ opaque, gates: { ...closed, password: gate } }),
      ),
    ).rejects.toThrow(reason('password-stopped'));
  });

  test('at the code: five are looked at, then there is another code', async () => {
    const site = await handshakeSite();
    const { opaque, verified } = counting(site.opaque);
    const gates: AccessGates = { ...closed, code: site.code };
    const hs1 = await site.viewer({ credential: { kind: 'code', secret: '000000000' } }).start();
    const answered: number[] = [];
    while (site.code.state.code === CODE) answered.push((await crowd(site, hs1, opaque, gates)).answered);
    expect(answered).toEqual([2, 2, 1]);
    expect(verified()).toBe(5);
    await expect.poll(() => site.code.state.code).toBe('271828182');
    await expect(shakeHands(site.viewer(), site.host())).rejects.toThrow(reason('wrong-code'));
  });
});
