// Our host as protocol v1 knows hosts, at a real relay: clients are plain WebSockets, as the protocol's description has them.
import { afterEach, describe, expect, it } from 'vitest';
import { ConsentDesk } from '../../electron/app/consent-desk.ts';
import { systemClock } from '../../electron/app/system-clock.ts';
import { InputGate } from '../../electron/input/input-gate.ts';
import type { PlainPictureEvents, PlainPictures } from '../../electron/session/plain/plain-picture-port.ts';
import { PlainSession } from '../../electron/session/plain/plain-session.ts';
import {
  PlainShare,
  type PlainShareActivity,
  type PlainShareStatus,
} from '../../electron/session/plain/plain-share.ts';
import { openTextWebSocket } from '../../electron/transport/text-transport.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { ConsentRequest } from '../../shared/ipc/state.ts';
import { FakeInjector } from '../fakes/fake-injector.ts';
import { sampleSource } from '../fakes/sample-state.ts';
import { V1Stage } from './v1-peers.ts';

/** Makes a picture each time that it may: its first byte counts them. */
class CountingPictures implements PlainPictures {
  events: PlainPictureEvents | null = null;
  made = 0;
  /** Pictures that were made before the one before had gone. */
  early = 0;
  refreshes = 0;
  #mayMake = true;

  start(_sourceId: string, events: PlainPictureEvents): void {
    this.events = events;
    this.#mayMake = true;
    events.onSource(sampleSource({ xPx: 0, yPx: 0, widthPx: 640, heightPx: 400 }));
    this.change();
  }

  /** Something has changed on the screen. */
  change(): void {
    if (!this.events) return;
    if (!this.#mayMake) {
      this.early += 1;
      return;
    }
    this.#mayMake = false;
    this.made += 1;
    this.events.onPicture(Uint8Array.of(this.made, 0xff));
  }

  next(): void {
    this.#mayMake = true;
  }

  refresh(): void {
    this.refreshes += 1;
    this.change();
  }

  viewerActed(): void {
    this.change();
  }

  stop(): void {
    this.events = null;
  }
}

class Host {
  readonly injector = new FakeInjector();
  readonly pictures = new CountingPictures();
  readonly activity: PlainShareActivity[] = [];
  requests: ConsentRequest[] = [];
  status: PlainShareStatus | null = null;
  readonly desk = new ConsentDesk(systemClock, (requests) => {
    this.requests = requests;
  });
  readonly share: PlainShare;
  readonly #url: string;

  constructor(port: number) {
    this.#url = `ws://127.0.0.1:${port}/`;
    const gate = new InputGate({ injector: this.injector, clock: systemClock, localInputFirst: false });
    this.share = new PlainShare({
      open: openTextWebSocket,
      clock: systemClock,
      log: silentLog,
      desk: this.desk,
      input: gate,
      pictures: this.pictures,
      onStatus: (status) => {
        this.status = status;
      },
      onSource: (source) => gate.setSource(source),
      onActivity: (event) => this.activity.push(event),
    });
    this.share.selectSource('screen:0:0');
  }

  start(hostId = 'our-host'): this {
    this.share.start({ url: this.#url, hostId, relay: '127.0.0.1' });
    return this;
  }

  async becomes(phase: PlainShareStatus['phase']): Promise<void> {
    await expect.poll(() => this.status?.phase, { timeout: 10_000 }).toBe(phase);
  }

  async asked(viewers: number): Promise<ConsentRequest> {
    await expect.poll(() => this.requests[0]?.viewers, { timeout: 10_000 }).toBe(viewers);
    return this.requests[0]!;
  }

  async answer(decision: 'control' | 'view' | 'deny', viewers = 1): Promise<void> {
    const { id } = await this.asked(viewers);
    this.desk.answer(id, decision);
    await this.becomes(decision === 'deny' ? 'refused' : 'showing');
  }
}

let stage: V1Stage;
const hosts: Host[] = [];
const openHost = async (): Promise<Host> => {
  const host = new Host(stage.relay.port).start();
  hosts.push(host);
  await host.becomes('waiting');
  return host;
};
afterEach(async () => {
  for (const host of hosts.splice(0)) host.share.stop('share-stopped');
  await stage.close();
});

const command = (what: object, clientId = 'client-1') => ({
  type: 'control_command',
  client_id: clientId,
  target_host: 'our-host',
  command: what,
});

describe('a host without encryption', () => {
  it('is listed, is asked about before anything is shown, and then shows and obeys', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const client = await stage.client('client-1', 'our-host');
    const { hosts: listed } = await client.hosts();
    expect(listed).toMatchObject([{ host_id: 'our-host', clients_connected: 1, last_frame: null }]);

    expect(await host.asked(1)).toMatchObject({ asks: 'plain-access', how: 'none', viewers: 1, address: '127.0.0.1' });
    client.send(command({ type: 'key_press', key: 'a' }));
    // the relay has passed the command on before it answers this
    await client.hosts();
    expect(host.pictures.made).toBe(0);
    await host.answer('control');

    const frame = await client.take('screen_frame');
    expect(Object.keys(frame)).toEqual(['type', 'host_id', 'data', 'timestamp']);
    expect(frame).toMatchObject({ host_id: 'our-host', timestamp: expect.any(Number) });
    expect(Buffer.from(String(frame.data), 'base64')[0]).toBe(1);
    client.send(command({ type: 'mouse_click', x: 100, y: 200, button: 'left' }));
    client.send(command({ type: 'type_text', text: 'é\n' }));
    await expect.poll(() => host.injector.acts.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(7);
    expect(host.injector.acts).toEqual([
      { act: 'move', xPx: 100, yPx: 200 },
      { act: 'button', button: 'left', down: true },
      { act: 'move', xPx: 100, yPx: 200 },
      { act: 'button', button: 'left', down: false },
      { act: 'text', codePoint: 0xe9 },
      { act: 'key', code: 'Enter', down: true },
      { act: 'key', code: 'Enter', down: false },
    ]);
    expect(host.activity).toMatchObject([{ kind: 'admitted', viewers: 1, control: true }]);
  });

  it('may be looked at only: then no command does anything, until its user allows that', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const client = await stage.client('client-1', 'our-host');
    await host.answer('view');
    await client.take('screen_frame');
    client.send(command({ type: 'key_press', key: 'enter' }));
    await client.hosts();
    host.share.setControl(true);
    client.send(command({ type: 'key_down', key: 'shift' }));
    await expect.poll(() => [...host.injector.held], { timeout: 5_000 }).toEqual(['key:ShiftLeft']);
    expect(host.injector.acts).toEqual([{ act: 'key', code: 'ShiftLeft', down: true }]);
    host.share.setControl(false);
    expect([...host.injector.held]).toEqual([]);
    expect(host.activity.map(({ kind, control }) => [kind, control])).toEqual([
      ['admitted', false],
      ['permissions', true],
      ['permissions', false],
    ]);
  });

  it('stops showing as soon as one more is there, and asks about all of them', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const first = await stage.client('client-1', 'our-host');
    await host.answer('control');
    await first.take('screen_frame');
    first.send(command({ type: 'mouse_down', x: 5, y: 5, button: 'left' }));
    await expect.poll(() => [...host.injector.held], { timeout: 5_000 }).toEqual(['button:left']);

    const second = await stage.client('client-2', 'our-host');
    await host.asked(2);
    expect(host.status).toMatchObject({ phase: 'asking', sinceMs: null });
    expect([...host.injector.held]).toEqual([]);
    expect(host.pictures.events).toBeNull();
    await host.answer('view', 2);
    await second.take('screen_frame');

    // one goes: the other still watches, and whoever comes next is somebody new
    second.socket.close();
    await expect.poll(() => host.status?.viewers, { timeout: 5_000 }).toBe(1);
    expect(host.status?.phase).toBe('showing');
    await stage.client('client-3', 'our-host');
    await host.answer('deny', 2);
    expect(host.pictures.events).toBeNull();
  });

  it('asks again when somebody else than those who were let in gives commands', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const client = await stage.client('client-1', 'our-host');
    await host.answer('control');
    client.send(command({ type: 'key_down', key: 'a' }));
    await expect.poll(() => [...host.injector.held], { timeout: 5_000 }).toEqual(['key:KeyA']);
    // the same connection under another name: to the host that is as if another had taken its place
    client.send({ type: 'register_client', client_id: 'client-9', target_host: 'our-host' });
    await client.take('client_registered');
    client.send(command({ type: 'key_down', key: 'b' }, 'client-9'));
    await host.asked(1);
    expect([...host.injector.held]).toEqual([]);
    expect(host.injector.acts.filter((act) => act.act === 'key' && act.code === 'KeyB')).toEqual([]);
  });

  it('lets go of what a client held that has gone, and ends when the last one has', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const client = await stage.client('client-1', 'our-host');
    await host.answer('control');
    client.send(command({ type: 'key_down', key: 'ctrl' }));
    await expect.poll(() => [...host.injector.held], { timeout: 5_000 }).toEqual(['key:ControlLeft']);
    client.socket.terminate();
    await host.becomes('waiting');
    expect([...host.injector.held]).toEqual([]);
    expect(host.pictures.events).toBeNull();
    expect(host.activity.at(-1)).toMatchObject({ kind: 'left', reason: 'ended-by-viewer' });
  });

  it('has one picture on its way, and the newest follows', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const client = await stage.client('client-1', 'our-host');
    await host.answer('view');
    await client.take('screen_frame');
    const seen = () => client.heard.filter(({ type }) => type === 'screen_frame').length;
    for (let wanted = 2; wanted < 20; wanted += 1) {
      await expect
        .poll(() => {
          host.pictures.change();
          return seen();
        })
        .toBeGreaterThanOrEqual(wanted);
    }
    // a host that does not wait would have sent them all at once
    expect(host.pictures.made - seen()).toBeLessThanOrEqual(1);
    // nothing changes any more: the same again after a while, for whoever comes later
    const refreshes = host.pictures.refreshes;
    await expect.poll(() => host.pictures.refreshes, { timeout: 5_000 }).toBeGreaterThan(refreshes);
  });

  it('comes back to a relay that was lost, and asks again there', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    await stage.client('client-1', 'our-host');
    await host.answer('view');
    const { port } = stage.relay;
    await stage.close();
    await host.becomes('connecting');
    expect(host.status).toMatchObject({ viewers: 0, sinceMs: null, error: { reason: expect.any(String) } });
    expect(host.pictures.events).toBeNull();
    stage = await V1Stage.open({ port });
    await host.becomes('waiting');
    expect(host.status?.error).toBeNull();
    await stage.client('client-1', 'our-host');
    await host.asked(1);
    expect(host.pictures.made).toBe(1);
  });

  it('is gone when it is stopped, and when everybody is sent away they have to ask again', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const client = await stage.client('client-1', 'our-host');
    await host.answer('control');
    host.share.sendAway();
    await client.take('host_disconnected');
    await host.becomes('waiting');
    client.send({ type: 'register_client', client_id: 'client-1', target_host: 'our-host' });
    await client.take('client_registered');
    await expect.poll(() => host.status?.viewers, { timeout: 5_000 }).toBe(1);
    // back too soon: nothing is asked, and nothing is shown
    expect(host.status?.phase).toBe('waiting');
    expect(host.requests).toEqual([]);
    host.share.stop('share-stopped');
    await client.take('host_disconnected');
    expect((await client.hosts()).hosts).toEqual([]);
    expect(host.status).toMatchObject({ phase: 'off', viewers: 0, error: null });
    expect(host.activity.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['admitted', null],
      ['left', 'ended-by-host'],
    ]);
  });

  it('says why where a relay does not take it', async () => {
    stage = await V1Stage.open();
    await stage.host('our-host');
    const host = new Host(stage.relay.port).start();
    hosts.push(host);
    await expect.poll(() => host.status?.error?.reason, { timeout: 5_000 }).toBe('unauthorised');
    expect(host.status?.phase).toBe('connecting');
    await stage.close();
    stage = await V1Stage.open({ v1: false });
    const other = new Host(stage.relay.port).start();
    hosts.push(other);
    await other.becomes('failed');
    expect(other.status?.error?.reason).toBe('not-supported');
  });

  it('is seen and controlled by our own viewer of version 1', async () => {
    stage = await V1Stage.open();
    const host = await openHost();
    const phases: string[] = [];
    const viewer = new PlainSession(
      { url: `ws://127.0.0.1:${stage.relay.port}/`, hostId: 'our-host' },
      {
        open: openTextWebSocket,
        clock: systemClock,
        log: silentLog,
        viewOnly: false,
        onState: ({ phase }) => phases.push(phase),
        onPicture: () => undefined,
        onLink: () => undefined,
      },
    );
    viewer.connect();
    await host.answer('control');
    viewer.sendInput([
      { kind: 'button', button: 'right', down: true, xPx: 30, yPx: 40 },
      { kind: 'button', button: 'right', down: false, xPx: 30, yPx: 40 },
      { kind: 'wheel', dx: 0, dy: 240, xPx: 30, yPx: 40 },
      { kind: 'key', code: 'KeyQ', down: true },
    ]);
    await expect.poll(() => [...host.injector.held], { timeout: 5_000 }).toEqual(['key:KeyQ']);
    expect(host.injector.acts.filter(({ act }) => act !== 'move')).toEqual([
      { act: 'button', button: 'right', down: true },
      { act: 'button', button: 'right', down: false },
      { act: 'scroll', notchesX: 0, notchesY: 2 },
      { act: 'key', code: 'KeyQ', down: true },
    ]);
    viewer.close();
    await host.becomes('waiting');
    expect([...host.injector.held]).toEqual([]);
  });
});
