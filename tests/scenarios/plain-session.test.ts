// Our session with a host of protocol v1 over a real relay: the host is a plain WebSocket.
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { listPlainHosts } from '../../electron/session/plain/plain-hosts.ts';
import {
  PLAIN_SESSION_LIMITS,
  PlainSession,
  type PlainSessionState,
} from '../../electron/session/plain/plain-session.ts';
import { openTextWebSocket } from '../../electron/transport/text-transport.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { LinkStatistics, PlainPictureDelivery } from '../../shared/ipc/media.ts';
import type { V1Bare } from './v1-bare.ts';
import { V1Stage } from './v1-peers.ts';

const PNG_1X1 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let stage: V1Stage;
const sessions: PlainSession[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  await stage.close();
});

class Viewer {
  readonly session: PlainSession;
  readonly states: PlainSessionState[] = [];
  readonly pictures: PlainPictureDelivery[] = [];
  readonly links: LinkStatistics[] = [];
  /** True: says at once that each picture is painted. */
  paints = true;

  constructor(port: number, hostId: string, viewOnly = false) {
    this.session = new PlainSession(
      { url: `ws://127.0.0.1:${port}/`, hostId },
      {
        open: openTextWebSocket,
        clock: systemClock,
        log: silentLog,
        viewOnly,
        onState: (state) => this.states.push(state),
        onPicture: (delivery) => {
          this.pictures.push(delivery);
          if (this.paints) this.painted();
        },
        onLink: (statistics) => this.links.push(statistics),
      },
    );
    sessions.push(this.session);
    this.session.connect();
  }

  get phase(): string {
    return this.session.state.phase;
  }

  painted(): void {
    const { seq = 0 } = this.pictures.at(-1) ?? {};
    const none = { paintedFrames: 0, droppedFrames: 0, ageMs: null, decodeMs: 0, paintMs: 0, queuedFrames: 0 };
    this.session.reportPaint({ seq, ...none });
  }

  async becomes(phase: string): Promise<void> {
    await expect.poll(() => this.phase, { timeout: 10_000 }).toBe(phase);
  }
}

const show = (host: V1Bare, data = PNG_1X1) =>
  host.send({ type: 'screen_frame', host_id: 'host', data, timestamp: Date.now() / 1000 });

describe('a session without encryption', () => {
  it('finds the hosts of a relay, shows the picture of one and controls it', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    const url = `ws://127.0.0.1:${stage.relay.port}/`;
    expect(await listPlainHosts(url, openTextWebSocket, systemClock)).toEqual([
      { hostId: 'host', connectedAt: expect.stringMatching(/^20/), clients: 0 },
    ]);
    const viewer = new Viewer(stage.relay.port, 'host');
    await viewer.becomes('active');
    show(host);
    show(host, `data:image/png;base64,${PNG_1X1}`);
    await expect.poll(() => viewer.pictures.length).toBe(2);
    expect(viewer.pictures[0]).toMatchObject({ header: { type: 'image/png', widthPx: 1, heightPx: 1 }, seq: 1 });
    viewer.session.sendInput([
      { kind: 'button', button: 'left', down: true, xPx: 100, yPx: 200 },
      { kind: 'button', button: 'left', down: false, xPx: 100, yPx: 200 },
      { kind: 'key', code: 'KeyA', down: true },
    ]);
    expect(await host.take('control_command')).toMatchObject({
      target_host: 'host',
      command: { type: 'mouse_click', x: 100, y: 200, button: 'left' },
    });
    expect(await host.take('control_command')).toMatchObject({ command: { type: 'key_down', key: 'a' } });
    viewer.session.setViewOnly(true);
    expect(await host.take('control_command')).toMatchObject({ command: { type: 'key_up', key: 'a' } });
    viewer.session.sendInput([{ kind: 'key', code: 'KeyB', down: true }]);
    viewer.session.setViewOnly(false);
    viewer.session.sendInput([{ kind: 'text', codePoint: 0xe7 }]);
    expect(await host.take('control_command')).toMatchObject({ command: { type: 'type_text', text: 'ç' } });
    await expect.poll(() => viewer.links.length).toBeGreaterThan(0);
    viewer.session.close();
    expect(viewer.session.state).toMatchObject({ phase: 'ended', error: null });
    await expect.poll(() => stage.relay.counts().viewers).toBe(0);
  });

  it('gives the window no more than it paints, and then the newest', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    const viewer = new Viewer(stage.relay.port, 'host');
    viewer.paints = false;
    await viewer.becomes('active');
    const another = () => {
      show(host);
      return viewer.pictures.length;
    };
    await expect.poll(another).toBe(PLAIN_SESSION_LIMITS.maxUnpainted);
    for (let count = 0; count < 5; count += 1) {
      show(host);
      viewer.session.sendInput([{ kind: 'text', codePoint: 0x61 }]);
      await host.take('control_command');
    }
    expect(viewer.pictures.length).toBe(PLAIN_SESSION_LIMITS.maxUnpainted);
    viewer.painted();
    await expect.poll(() => viewer.pictures.length).toBe(PLAIN_SESSION_LIMITS.maxUnpainted + 1);
    // a window that begins anew is given the newest once more
    viewer.session.redeliver();
    expect(viewer.pictures.length).toBe(PLAIN_SESSION_LIMITS.maxUnpainted + 2);
  });

  it('says what it cannot show, and goes on with the next picture', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    const viewer = new Viewer(stage.relay.port, 'host');
    await viewer.becomes('active');
    show(host, Buffer.from('no picture at all, whatever it says it is').toString('base64'));
    await expect.poll(() => viewer.session.state.error?.reason).toBe('decoder-failed');
    show(host);
    await expect.poll(() => viewer.session.state.error).toBeNull();
    expect(viewer.pictures).toHaveLength(1);
  });

  it('is sought again when its host or its relay is lost, and comes back by itself', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    const viewer = new Viewer(stage.relay.port, 'host');
    await viewer.becomes('active');
    host.socket.close();
    await viewer.becomes('reconnecting');
    expect(viewer.session.state.error?.reason).toBe('host-offline');
    const back = await stage.host('host');
    await viewer.becomes('active');
    show(back);
    await expect.poll(() => viewer.pictures.length).toBe(1);
  });

  it('ends at once where there is no such host, no v1, or nobody', async () => {
    stage = await V1Stage.open();
    const viewer = new Viewer(stage.relay.port, 'nobody');
    await viewer.becomes('ended');
    expect(viewer.session.state.error?.reason).toBe('host-offline');
    await stage.host('host');
    const there = new Viewer(stage.relay.port, 'host');
    await there.becomes('active');
    const { port } = stage.relay;
    await stage.close();
    await there.becomes('reconnecting');
    there.session.close();

    stage = await V1Stage.open({ v1: false });
    const refused = new Viewer(stage.relay.port, 'host');
    await refused.becomes('ended');
    expect(refused.session.state.error?.reason).toBe('not-supported');
    const url = `ws://127.0.0.1:${port}/`;
    await expect(listPlainHosts(url, openTextWebSocket, systemClock)).rejects.toMatchObject({
      reason: 'relay-unreachable',
    });
  });
});
