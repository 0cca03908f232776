// What a lost line costs: nobody is asked again, nothing stays pressed, and the picture comes back.
import { describe, expect, it } from 'vitest';
import { TICKET_LIMITS } from '../../electron/pairing/resumption-tickets.ts';
import { VIEW_ONLY } from '../../shared/model/permissions.ts';
import { encodeControl } from '../../shared/wire/control.ts';
import { encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { drop, only } from '../fakes/hostile-transport.ts';
import { SOON, seesPictures, stage } from './session-stage.ts';

describe('a viewer that loses its line', () => {
  it('has its keys let go at once, is shown as away, and comes back without a question', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    const { id, sas } = host.viewers[0]!;
    viewer.control.cut();
    expect(viewer.state).toMatchObject({ phase: 'reconnecting', error: { reason: 'connection-lost' } });
    expect(viewer.state.retryAtMs).toBeGreaterThan(Date.now() - 1_000);
    await expect.poll(() => host.viewers, SOON).toMatchObject([{ id, connected: false }]);
    expect(host.sink.calls).toEqual(['release']);
    expect(host.source.running).toBe(false);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(host.viewers).toMatchObject([{ id, connected: true }]);
    expect(host.viewers[0]!.sas).not.toBe(sas);
    expect(viewer.phases.slice(-2)).toEqual(['reconnecting', 'active']);
    expect(host.asked).toHaveLength(1);
    await seesPictures(host, viewer);
    viewer.session.sendInput([{ kind: 'text', codePoint: 65 }]);
    await expect.poll(() => host.sink.events, SOON).toEqual([{ kind: 'text', codePoint: 65 }]);
  });

  it('tries at once when its user does not want to wait', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    viewer.control.closed = true;
    viewer.control.cut();
    // by now the next try is more than a second away
    await expect.poll(() => (viewer.state.retryAtMs ?? 0) - Date.now(), SOON).toBeGreaterThan(1_000);
    viewer.control.closed = false;
    const { opened } = viewer.control;
    viewer.session.retry(null);
    expect(viewer.control.opened).toBe(opened + 1);
    expect(viewer.state).toMatchObject({ phase: 'reconnecting', retryAtMs: null });
    viewer.session.retry(null);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(viewer.control.opened).toBe(opened + 1);
    expect(host.asked).toHaveLength(1);
    expect(() => viewer.session.retry(null)).toThrow(expect.objectContaining({ reason: 'illegal-transition' }));
  });

  it('comes back again and again', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    for (let count = 0; count < 3; count++) {
      viewer.control.cut();
      await expect.poll(() => viewer.state.phase, SOON).toBe('active');
      await seesPictures(host, viewer);
    }
    expect(host.viewers).toHaveLength(1);
    expect(host.asked).toHaveLength(1);
  });

  it('is not cut off when the grant is lost on the way back', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    let grants = 0;
    viewer.control.incoming = (message) => {
      if (message[0] !== MessageType.handshake || message[12] !== 4) return [message];
      grants += 1;
      if (grants > 1) return [message];
      setImmediate(() => viewer.control.cut());
      return [];
    };
    viewer.control.cut();
    await expect.poll(() => grants, SOON).toBe(2);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(host.asked).toHaveLength(1);
    await seesPictures(host, viewer);
  });

  it('may do no more than before', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    host.room.setPermissions(host.viewers[0]!.id, VIEW_ONLY);
    viewer.control.cut();
    await expect.poll(() => viewer.phases.slice(-2), SOON).toEqual(['reconnecting', 'active']);
    expect([...viewer.state.permissions]).toEqual(['view']);
    expect(host.viewers[0]!.permissions).toEqual(['view']);
  });

  it('does not come back once the host has sent it away', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    viewer.control.incoming = only((message) => message[0] === MessageType.reliable, drop);
    host.room.disconnectViewer(host.viewers[0]!.id);
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('ended-by-host');
    expect(host.viewers).toEqual([]);
  });

  it('is let back in by the host’s user when it starts anew', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    viewer.control.frozen = true;
    viewer.session.close();
    viewer.control.frozen = false;
    const again = await admitted();
    expect(host.asked).toHaveLength(2);
    expect(again.state.phase).toBe('active');
  });
});

describe('a relay that sends elsewhere, in the middle of a session,', () => {
  it.each(['a viewer', 'the host'])('%s: the session goes on there, and nobody is asked', async (whom) => {
    const { relay, host, admitted } = await stage();
    const viewer = await admitted();
    const redirect = encodeMessage(envelope(MessageType.control), encodeControl({ op: 'redirect', url: relay.url }));
    (whom === 'a viewer' ? viewer : host).control.deliver(redirect);
    await expect.poll(() => viewer.phases.slice(-2), SOON).toEqual(['reconnecting', 'active']);
    expect(host.asked).toHaveLength(1);
    expect(host.viewers).toMatchObject([{ connected: true }]);
    expect(host.sink.calls).toContain('release');
    await seesPictures(host, viewer);
  });
});

describe('a relay that is gone for a while', () => {
  it.each(['going-away', 'connection-lost'])('(%s) is found again by both, and the session goes on', async (reason) => {
    const { relay, host, admitted } = await stage();
    const viewer = await admitted();
    if (reason === 'connection-lost') {
      // Killed, it says no word of goodbye.
      host.control.cut();
      viewer.control.cut();
    }
    await relay.kill();
    await expect.poll(() => viewer.state.phase, SOON).toBe('reconnecting');
    await expect.poll(() => host.online, SOON).toEqual([null, reason]);
    expect(host.sink.calls).toEqual(['release']);
    expect(host.viewers).toMatchObject([{ connected: false }]);
    await relay.restart();
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(host.online).toEqual([null, reason, null]);
    expect(host.asked).toHaveLength(1);
    await seesPictures(host, viewer);
  });
});

describe('a host that is killed', () => {
  it('and is back with its tickets: the viewer comes back without a question, to the same permissions', async () => {
    const scene = await stage();
    scene.host.answer = 'view';
    const viewer = await scene.admitted();
    await scene.restartHost();
    await expect.poll(() => viewer.phases.slice(-2), SOON).toEqual(['reconnecting', 'active']);
    expect(scene.host.asked).toEqual([]);
    expect(scene.host.viewers).toMatchObject([{ name: 'Ana', permissions: ['view'], connected: true }]);
    await seesPictures(scene.host, viewer);
  });

  it('by the system, and in order, has its viewers back without a question too', async () => {
    const scene = await stage();
    const viewer = await scene.admitted();
    await scene.restartHost('ended');
    await expect.poll(() => viewer.phases.slice(-2), SOON).toEqual(['reconnecting', 'active']);
    expect(scene.host.asked).toEqual([]);
    await seesPictures(scene.host, viewer);
  });

  it('has them back in the last second in which their tickets live, and not after it', async () => {
    const clock = new FakeClock();
    const scene = await stage({ clock });
    const viewer = await scene.admitted();
    await scene.restartHost('killed', () => clock.advance(TICKET_LIMITS.lifetimeMs - 1));
    await expect.poll(() => viewer.phases.slice(-2), SOON).toEqual(['reconnecting', 'active']);
    expect(scene.host.asked).toEqual([]);
    await scene.restartHost('killed', () => clock.advance(TICKET_LIMITS.lifetimeMs));
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('wrong-code');
    expect(scene.host.viewers).toEqual([]);
  });

  it('and has forgotten its tickets: the viewer says that it needs the new code', async () => {
    const scene = await stage();
    const viewer = await scene.admitted();
    scene.tickets.revokeAll();
    await scene.restartHost();
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('wrong-code');
    await expect.poll(() => scene.host.code(), SOON).not.toBeNull();
    viewer.session.retry({ kind: 'code', secret: scene.host.code()! });
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(scene.host.asked).toHaveLength(1);
  });

  it('and has forgotten its tickets, but has a secret file: the viewer starts over by itself', async () => {
    const secret = 'a secret of a file';
    const scene = await stage({ secret });
    const viewer = await scene.admitted({ secret, kind: 'password' });
    scene.tickets.revokeAll();
    await scene.restartHost();
    await expect.poll(() => viewer.phases.slice(-3), SOON).toEqual(['reconnecting', 'awaiting-consent', 'active']);
    expect(scene.host.asked).toHaveLength(1);
    await seesPictures(scene.host, viewer);
  });
});
