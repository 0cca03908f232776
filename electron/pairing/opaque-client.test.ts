import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { inProcessOpaque } from '../../tests/fakes/in-process-opaque.ts';
import { OpaqueClient, type OpaqueWorker } from './opaque-client.ts';
import { answerOpaque } from './opaque-core.ts';
import { OPAQUE_LIMITS } from './opaque-messages.ts';
import { OPAQUE_BYTES } from './opaque-port.ts';

const reason = (expected: string) => expect.objectContaining({ reason: expected });

describe('OPAQUE', () => {
  const opaque = inProcessOpaque();

  test('gives both sides one key for the right secret, another each time', async () => {
    const record = await opaque.register('code', '314159265');
    const login = async () => {
      const { ke1, state } = await opaque.clientStart('code', '314159265');
      const started = await opaque.serverStart(record, ke1);
      const finished = await opaque.clientFinish(state, started.ke2);
      expect([ke1.length, started.ke2.length, finished?.ke3.length]).toEqual([96, 320, 64]);
      const sessionKey = await opaque.serverFinish(started.state, finished!.ke3);
      expect(sessionKey).toHaveLength(OPAQUE_BYTES.sessionKey);
      expect(sessionKey).toEqual(finished?.sessionKey);
      return sessionKey;
    };
    expect(await login()).not.toEqual(await login());
  });

  test('gives the viewer nothing for a wrong secret, whatever characters it has', async () => {
    const record = await opaque.register('code', 'pässwörd 🐎');
    for (const secret of ['password', 'pässwörd 🐎 ', 'x'.repeat(OPAQUE_LIMITS.maxSecretLength)]) {
      const { ke1, state } = await opaque.clientStart('code', secret);
      const { ke2 } = await opaque.serverStart(record, ke1);
      expect(await opaque.clientFinish(state, ke2)).toBeNull();
    }
  });

  test('says whose bytes are wrong', async () => {
    const record = await opaque.register('code', '1');
    const { ke1, state } = await opaque.clientStart('code', '1');
    const started = await opaque.serverStart(record, ke1);
    await expect(opaque.serverStart(record, new Uint8Array(96))).rejects.toThrow(reason('malformed'));
    await expect(opaque.serverStart(record, ke1.subarray(1))).rejects.toThrow(reason('malformed'));
    await expect(opaque.serverFinish(started.state, new Uint8Array(64))).rejects.toThrow(reason('wrong-code'));
    await expect(opaque.clientFinish(state, new Uint8Array(320))).rejects.toThrow(reason('tampered'));
    await expect(opaque.register('code', '')).rejects.toThrow(reason('malformed'));
    await expect(opaque.clientStart('code', 'x'.repeat(OPAQUE_LIMITS.maxSecretLength + 1))).rejects.toThrow(
      reason('malformed'),
    );
  });

  test('the same secret as a code and as a password is two secrets', async () => {
    const record = await opaque.register('password', '314159265');
    const asCode = await opaque.clientStart('code', '314159265');
    const { ke2 } = await opaque.serverStart(record, asCode.ke1);
    expect(await opaque.clientFinish(asCode.state, ke2)).toBeNull();
    const asPassword = await opaque.clientStart('password', '314159265');
    const started = await opaque.serverStart(record, asPassword.ke1);
    const finished = await opaque.clientFinish(asPassword.state, started.ke2);
    expect(await opaque.serverFinish(started.state, finished!.ke3)).toEqual(finished!.sessionKey);
  });

  test('a record does not show the secret', async () => {
    expect(JSON.stringify(await opaque.register('code', '314159265'))).not.toContain('314159265');
  });

  test('the process answers nothing to what is no request', async () => {
    for (const request of [
      null,
      1,
      'register',
      {},
      { id: 1 },
      { id: 1, call: { op: 'exit' } },
      { id: -1, call: { op: 'clientStart', kind: 'code', secret: 'a' } },
    ])
      expect(await answerOpaque(request)).toBeNull();
  });
});

/** A process that answers only what a test tells it to. */
function scriptedWorker() {
  const posted: unknown[] = [];
  let message: (value: unknown) => void = () => undefined;
  let exit: () => void = () => undefined;
  let killed = false;
  const worker: OpaqueWorker = {
    post: (value) => posted.push(value),
    onMessage: (listener) => {
      message = listener;
    },
    onExit: (listener) => {
      exit = listener;
    },
    kill: () => {
      killed = true;
    },
  };
  return { worker, posted, say: (value: unknown) => message(value), exit: () => exit(), isKilled: () => killed };
}

function scriptedClient() {
  const clock = new FakeClock();
  const runs: ReturnType<typeof scriptedWorker>[] = [];
  const client = new OpaqueClient({
    clock,
    start: () => {
      const run = scriptedWorker();
      runs.push(run);
      return run.worker;
    },
  });
  return { client, clock, runs };
}

const RECORD = { kind: 'code', serverSetup: 'AAAA', registration: 'BBBB' };

describe('OpaqueClient', () => {
  test('starts the process with the first call, and again after it died', async () => {
    const { client, runs } = scriptedClient();
    expect(runs).toHaveLength(0);
    const first = client.register('code', 'a');
    const second = client.register('code', 'b');
    runs[0]?.exit();
    await expect(first).rejects.toThrow(reason('internal'));
    await expect(second).rejects.toThrow(reason('internal'));
    const third = client.register('code', 'c');
    expect(runs).toHaveLength(2);
    runs[1]?.say({ id: 2, ok: true, value: RECORD });
    expect(await third).toEqual(RECORD);
  });

  test('ignores a process that it has given up', async () => {
    const { client, runs } = scriptedClient();
    const first = client.register('code', 'a');
    runs[0]?.exit();
    await expect(first).rejects.toThrow(reason('internal'));
    const second = client.register('code', 'b');
    runs[0]?.say({ id: 1, ok: true, value: { ...RECORD, serverSetup: 'EVIL' } });
    runs[0]?.exit();
    runs[1]?.say({ id: 1, ok: true, value: RECORD });
    expect(await second).toEqual(RECORD);
  });

  test('gives up a process that answers nonsense or not at all', async () => {
    const { client, clock, runs } = scriptedClient();
    const first = client.register('code', 'a');
    runs[0]?.say('nonsense');
    await expect(first).rejects.toThrow(reason('internal'));
    expect(runs[0]?.isKilled()).toBe(true);
    const second = client.register('code', 'b');
    clock.advance(OPAQUE_LIMITS.callTimeoutMs);
    await expect(second).rejects.toThrow(reason('internal'));
    expect(runs[1]?.isKilled()).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('parses what comes back', async () => {
    const { client, runs } = scriptedClient();
    const wrongShape = client.register('code', 'a');
    runs[0]?.say({ id: 0, ok: true, value: { serverSetup: 'not base64 !', registration: '' } });
    await expect(wrongShape).rejects.toThrow(reason('internal'));
    const wrongSize = client.clientStart('code', 'a');
    runs[0]?.say({ id: 1, ok: true, value: { ke1: 'AAAA', state: { client: 'AAAA', secret: 'a' } } });
    await expect(wrongSize).rejects.toThrow(reason('internal'));
    const refused = client.register('code', 'a');
    runs[0]?.say({ id: 2, ok: false, reason: 'wrong-code', message: 'ke3 is not valid' });
    await expect(refused).rejects.toThrow(reason('wrong-code'));
    runs[0]?.say({ id: 99, ok: true, value: null });
    expect(runs[0]?.isKilled()).toBe(false);
  });

  test('has a bound on the calls that wait', async () => {
    const { client, runs } = scriptedClient();
    const waiting = Array.from({ length: OPAQUE_LIMITS.pendingCalls }, () => client.register('code', 'a'));
    await expect(client.register('code', 'a')).rejects.toThrow(reason('limit-reached'));
    expect(runs[0]?.posted).toHaveLength(OPAQUE_LIMITS.pendingCalls);
    client.close();
    for (const call of waiting) await expect(call).rejects.toThrow(reason('cancelled'));
    expect(runs[0]?.isKilled()).toBe(true);
  });
});
