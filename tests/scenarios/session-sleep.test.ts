// A machine that sleeps, or finds itself in another network: its viewer is back without a question while its ticket lives,
// with one afterwards, and what it held down is let go meanwhile.
import { describe, expect, it, onTestFinished } from 'vitest';
import { TICKET_LIMITS } from '../../electron/pairing/resumption-tickets.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { makeViewer, target, type ViewerSite } from '../fakes/session-site.ts';
import { startTcpProxy } from '../fakes/tcp-proxy.ts';
import { SOON, type Stage, seesPictures, stage } from './session-stage.ts';

/** A relay that soon notices who does not answer; a real one takes ten seconds. */
const LIVELY = { pingEveryMs: 100, deadAfterMs: 200 };

async function holdsKeyDown({ host }: Stage, viewer: ViewerSite): Promise<void> {
  viewer.session.sendInput([{ kind: 'key', code: 'ShiftLeft', down: true }]);
  await expect.poll(() => host.sink.events.length, SOON).toBe(1);
}

async function isBackUnasked({ host }: Stage, viewer: ViewerSite): Promise<void> {
  await expect.poll(() => viewer.phases.slice(-2), SOON).toEqual(['reconnecting', 'active']);
  expect(host.asked).toHaveLength(1);
  await seesPictures(host, viewer);
}

describe('a viewer’s machine that sleeps', () => {
  it('lets go of what it held when the relay misses it, and is back when it wakes', async () => {
    const scene = await stage({ limits: LIVELY });
    const { host, relay } = scene;
    const proxy = await startTcpProxy(relay.port);
    onTestFinished(() => proxy.close());
    const viewer = await scene.admitted({ port: proxy.port });
    await holdsKeyDown(scene, viewer);
    proxy.stall();
    await expect.poll(() => host.sink.calls, SOON).toEqual(['release']);
    expect(host.viewers).toMatchObject([{ connected: false }]);
    expect(host.source.running).toBe(false);
    expect(viewer.state.phase).toBe('active');
    proxy.resume();
    await isBackUnasked(scene, viewer);
  });

  it('is asked about again when it slept for longer than its ticket lived', async () => {
    const clock = new FakeClock();
    const scene = await stage({ clock });
    const viewer = await scene.admitted();
    viewer.control.closed = true;
    viewer.control.cut();
    await expect.poll(() => scene.host.viewers, SOON).toMatchObject([{ connected: false }]);
    clock.advance(TICKET_LIMITS.lifetimeMs);
    viewer.control.closed = false;
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('wrong-code');
    await expect.poll(() => scene.host.code(), SOON).not.toBeNull();
    viewer.session.retry({ kind: 'code', secret: scene.host.code() ?? '' });
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(scene.host.asked).toHaveLength(2);
  });
});

describe('a host’s machine that sleeps', () => {
  it('has its viewers back when it wakes in time', async () => {
    const clock = new FakeClock();
    const scene = await stage({ clock });
    const viewer = await scene.admitted();
    await holdsKeyDown(scene, viewer);
    clock.advance(TICKET_LIMITS.lifetimeMs - 1);
    scene.host.control.cut();
    await isBackUnasked(scene, viewer);
    expect(scene.host.sink.calls).toEqual(['release']);
  });

  it('asks about them when it wakes too late, although it has only now lost them', async () => {
    const clock = new FakeClock();
    const scene = await stage({ clock });
    const viewer = await scene.admitted();
    clock.advance(TICKET_LIMITS.lifetimeMs);
    scene.host.control.cut();
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('wrong-code');
    expect(scene.host.asked).toHaveLength(1);
  });
});

describe('a viewer in another network', () => {
  /** Goes through the proxy the first time, and past it from then on. */
  async function roams(scene: Stage) {
    const proxy = await startTcpProxy(scene.relay.port);
    onTestFinished(() => proxy.close());
    let opened = 0;
    const open: OpenTransport = (url, events) => {
      opened += 1;
      return scene.relay.open(opened === 1 ? `ws://127.0.0.1:${proxy.port}/` : url, events);
    };
    await expect.poll(() => scene.host.ready(), SOON).toBe(true);
    const viewer = makeViewer({ open });
    onTestFinished(() => viewer.session.close());
    viewer.session.connect(target(scene.relay.url, scene.host.code() ?? ''));
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    await seesPictures(scene.host, viewer);
    return { viewer, proxy };
  }

  it('is back before its old connection is known to be dead, and has one session', async () => {
    const scene = await stage();
    const { host } = scene;
    const { viewer, proxy } = await roams(scene);
    await holdsKeyDown(scene, viewer);
    const [before] = host.viewers;
    proxy.stall();
    viewer.control.cut();
    await isBackUnasked(scene, viewer);
    expect(host.viewers).toMatchObject([{ id: before?.id, connected: true }]);
    expect(host.sink.calls).toEqual(['release']);
    // what the old connection still holds is nobody's
    proxy.resume();
    viewer.session.sendInput([{ kind: 'text', codePoint: 66 }]);
    await expect.poll(() => host.sink.events.at(-1), SOON).toEqual({ kind: 'text', codePoint: 66 });
    await seesPictures(host, viewer);
  });

  it('stays out when the host lets nobody in from there, whatever ticket it has', async () => {
    const scene = await stage();
    const { host } = scene;
    const { viewer } = await roams(scene);
    host.admitsFrom = () => false;
    viewer.control.cut();
    await expect.poll(() => viewer.state.phase, SOON).toBe('ended');
    expect(viewer.state.error?.reason).toBe('network-refused');
    expect(host.viewers).toMatchObject([{ connected: false }]);
  });
});
