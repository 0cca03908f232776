// Who gets in, and who does not: the code, the host's user, the pinned identity.
import { describe, expect, it, onTestFinished } from 'vitest';
import { ACCESS_CODE_LIMITS } from '../../electron/pairing/access-code.ts';
import type { OpaquePort } from '../../electron/pairing/opaque-port.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { deferred } from '../fakes/deferred.ts';
import { makeHost, makeViewer, target } from '../fakes/session-site.ts';
import { SOON, stage } from './session-stage.ts';

const WRONG = '000000000';

describe('consent', () => {
  it.each([
    ['deny', 'denied'],
    ['timeout', 'consent-timeout'],
  ] as const)('%s ends it with %s, and nothing was shown', async (answer, reason) => {
    const { host, connect } = await stage();
    host.answer = answer;
    const viewer = await connect();
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe(reason);
    expect(viewer.state.permissions.size).toBe(0);
    expect(host.viewers).toEqual([]);
    expect(host.source.calls).toEqual([]);
    expect(host.activity.at(-1)).toMatchObject({ kind: 'refused', reason });
  });

  it('is not asked for while nobody wants to be disturbed, and the viewer learns that', async () => {
    const { host, connect } = await stage();
    host.answer = 'disturbed';
    const viewer = await connect();
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('do-not-disturb');
    expect(host.activity.at(-1)).toMatchObject({ kind: 'refused', reason: 'do-not-disturb', who: { name: 'Ana' } });
  });

  it('is taken back when the viewer goes before the answer', async () => {
    const { host, connect } = await stage();
    host.answer = 'never';
    const viewer = await connect();
    await expect.poll(() => viewer.state.phase, SOON).toBe('awaiting-consent');
    await expect.poll(() => host.asked.length, SOON).toBe(1);
    viewer.session.close();
    await expect.poll(() => host.withdrawn, SOON).toBe(1);
    expect(host.viewers).toEqual([]);
  });

  it('tells who waits for an answer that sharing has stopped', async () => {
    const { host, connect } = await stage();
    host.answer = 'never';
    const viewer = await connect();
    await expect.poll(() => host.asked.length, SOON).toBe(1);
    await host.room.close();
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('share-stopped');
    expect(host.withdrawn).toBe(1);
  });

  it('lets only watch who was only allowed to', async () => {
    const { host, admitted } = await stage();
    host.answer = 'view';
    const viewer = await admitted();
    expect([...viewer.state.permissions]).toEqual(['view']);
  });
});

describe('a viewer from a network that is not let in', () => {
  it('is turned away before anything of it is looked at: no guess counts, and nobody is asked', async () => {
    const { host, connect } = await stage();
    host.admitsFrom = () => false;
    const code = host.code();
    const viewer = await connect({ secret: WRONG });
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state).toMatchObject({ triesLeft: null, error: { reason: 'network-refused' } });
    expect(host.activity.at(-1)).toMatchObject({ kind: 'refused', reason: 'network-refused', who: null });
    expect(host.asked).toEqual([]);
    host.admitsFrom = (address) => address === '127.0.0.1';
    viewer.session.retry(null);
    await expect.poll(() => viewer.state.triesLeft, SOON).toBe(ACCESS_CODE_LIMITS.tries - 1);
    expect(host.code()).toBe(code);
  });
});

describe('a wrong code', () => {
  it('says how many tries are left, and another code makes it good on the same session', async () => {
    const { host, connect } = await stage();
    const viewer = await connect({ secret: WRONG });
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state).toMatchObject({ triesLeft: ACCESS_CODE_LIMITS.tries - 1, error: { reason: 'wrong-code' } });
    await expect.poll(() => host.code(), SOON).not.toBeNull();
    viewer.session.retry({ kind: 'code', secret: host.code()! });
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(viewer.state).toMatchObject({ error: null, triesLeft: null });
  });

  it('five times over makes the host change its code, and nobody was asked', async () => {
    const { host, connect } = await stage();
    await expect.poll(() => host.code(), SOON).not.toBeNull();
    const before = host.code();
    const left: (number | null)[] = [];
    const viewer = await connect({ secret: WRONG });
    for (let count = 1; count <= ACCESS_CODE_LIMITS.tries; count++) {
      await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
      expect(viewer.state.error?.reason).toBe('wrong-code');
      left.push(viewer.state.triesLeft);
      if (count < ACCESS_CODE_LIMITS.tries) viewer.session.retry(null);
    }
    expect(left).toEqual([4, 3, 2, 1, 0]);
    await expect.poll(() => host.code() ?? before, SOON).not.toBe(before);
    expect(host.asked).toEqual([]);
  });
});

describe('the way there', () => {
  it('is said to lead nowhere when there is no relay, or no host', async () => {
    const { relay, host, connect } = await stage();
    await host.room.close();
    const alone = await connect({ secret: WRONG });
    await expect.poll(() => alone.state.phase, SOON).toBe('ended');
    expect(alone.state.error?.reason).toBe('host-offline');
    await relay.kill();
    alone.session.retry(null);
    await expect.poll(() => alone.state.phase, SOON).toBe('ended');
    expect(alone.state.error?.reason).toBe('relay-unreachable');
  });

  it('is tried again by itself while the host is still making its secret’s record', async () => {
    const secret = 'a secret of a file';
    const { relay, host: other } = await stage();
    await other.room.close();
    const made = deferred<void>();
    const wrapOpaque = (opaque: OpaquePort): OpaquePort => ({
      serverStart: (record, ke1) => opaque.serverStart(record, ke1),
      serverFinish: (state, ke3) => opaque.serverFinish(state, ke3),
      clientStart: (kind, text) => opaque.clientStart(kind, text),
      clientFinish: (state, ke2) => opaque.clientFinish(state, ke2),
      register: async (kind, text) => {
        await made.promise;
        return opaque.register(kind, text);
      },
    });
    const host = makeHost({ open: relay.open, secret, wrapOpaque });
    await host.room.open(relay.url, relay.token);
    onTestFinished(() => host.room.close());
    const viewer = makeViewer({ open: relay.open });
    viewer.session.connect(target(relay.url, secret, 'password'));
    await expect.poll(() => viewer.state.retryAtMs, SOON).not.toBeNull();
    expect(viewer.state.phase).toBe('handshaking');
    made.resolve(undefined);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(viewer.phases).toEqual(['connecting', 'handshaking', 'awaiting-consent', 'active']);
    viewer.session.close();
  });

  it('ends before the session when the host is not who it was', async () => {
    const { relay, host } = await stage();
    await expect.poll(() => host.code(), SOON).not.toBeNull();
    const viewer = makeViewer({
      open: relay.open,
      acceptHost: () => {
        throw new TarnetError('identity-changed', 'another key');
      },
    });
    viewer.session.connect(target(relay.url, host.code()!));
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('identity-changed');
    expect(viewer.frames).toEqual([]);
  });
});
