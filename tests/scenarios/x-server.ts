// Owns a virtual X server for a test, and a client of it that watches what programs would see.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';

const x11 = createRequire(import.meta.url)('x11') as { createClient: (...values: unknown[]) => unknown };

export interface XServer {
  /** As in $DISPLAY. */
  display: string;
  /** The environment for programs on this display. */
  env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Starts Xvfb on a free display. */
export async function startXServer(screen = '1920x1080x24'): Promise<XServer> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    server.stdio[3]!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  const display = `:${number}`;
  return {
    display,
    env: { ...process.env, DISPLAY: display, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    close: () => stop(server),
  };
}

/** Ends a program of ours and waits for it. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

export interface SeenEvent {
  name: string;
  /** Keycode or button. */
  keycode: number;
  x: number;
  y: number;
  state: number;
}

interface Client extends EventEmitter {
  display: { screen: { root: number }[] };
  AllocID(): number;
  CreateWindow(...values: unknown[]): void;
  MapWindow(window: number): void;
  SetInputFocus(window: number, revertTo: number): void;
  QueryPointer(window: number, done: (error: unknown, reply: { rootX: number; rootY: number }) => void): void;
  QueryKeymap(done: (error: unknown, keys: Uint8Array) => void): void;
  GetKeyboardMapping(first: number, count: number, done: (error: unknown, rows: number[][]) => void): void;
  GetInputFocus(done: (error: unknown) => void): void;
  require(name: string, done: (error: unknown, extension: never) => void): void;
  terminate(): void;
  seq_num: number;
  pack_stream: { put(request: Buffer): void; submit(): void };
}

interface XInput {
  firstEvent: number;
  XIQueryDevice(id: number, done: (error: unknown, devices: { deviceId: number; name: string }[]) => void): void;
}

/** A full-screen window that has the focus and remembers what it is told. */
export class XObserver {
  readonly seen: SeenEvent[] = [];
  readonly client: Client;
  readonly #changed = new EventEmitter();

  private constructor(client: Client) {
    this.client = client;
    client.on('error', () => undefined);
    client.on('event', (event: SeenEvent) => {
      if (!/^(Key|Button)/.test(event.name)) return;
      this.seen.push(event);
      this.#changed.emit('seen');
    });
  }

  static async open(display: string): Promise<XObserver> {
    const client = await new Promise<Client>((resolve, reject) => {
      x11.createClient({ display, shm: false }, (error: unknown, setup: { client: Client }) =>
        error ? reject(error as Error) : resolve(setup.client),
      );
    });
    const observer = new XObserver(client);
    const window = client.AllocID();
    const root = client.display.screen[0]!.root;
    // Key and button presses and releases, exposure.
    const eventMask = 1 | 2 | 4 | 8 | 0x8000;
    client.CreateWindow(window, root, 0, 0, 1920, 1080, 0, 0, 0, 0, { eventMask });
    const shown = new Promise<void>((resolve) => {
      client.on('event', (event: SeenEvent) => event.name === 'Expose' && resolve());
    });
    client.MapWindow(window);
    await shown;
    client.SetInputFocus(window, 1);
    await observer.sync();
    return observer;
  }

  sync(): Promise<void> {
    return new Promise((resolve) => this.client.GetInputFocus(() => resolve()));
  }

  pointer(): Promise<{ rootX: number; rootY: number }> {
    return new Promise((resolve) =>
      this.client.QueryPointer(this.client.display.screen[0]!.root, (_, reply) => resolve(reply)),
    );
  }

  /** Keycodes that the server believes to be down. */
  keysDown(): Promise<number[]> {
    return new Promise((resolve) =>
      this.client.QueryKeymap((_, bits) =>
        resolve(Array.from({ length: 256 }, (_, code) => code).filter((code) => (bits[code >> 3]! >> (code & 7)) & 1)),
      ),
    );
  }

  mapping(): Promise<number[][]> {
    return new Promise((resolve) => this.client.GetKeyboardMapping(8, 248, (_, rows) => resolve(rows)));
  }

  /** Waits until this many events have been seen. */
  async until(count: number): Promise<SeenEvent[]> {
    while (this.seen.length < count) await once(this.#changed, 'seen');
    return this.seen;
  }

  /**
   * Makes a device of the server's own press and release a key, as a person does: its source is no XTEST device. (XTEST
   * takes X Input events too: type and keycode first, the device in the event's last byte.)
   */
  async pressOnDevice(name: string, keycode: number): Promise<void> {
    const { client } = this;
    const extension = <T>(wanted: string) =>
      new Promise<T>((resolve) => client.require(wanted, (_: unknown, found: never) => resolve(found as T)));
    const xinput = await extension<XInput>('xinput');
    const xtest = await extension<{ majorOpcode: number }>('xtest');
    const devices = await new Promise<{ deviceId: number; name: string }[]>((resolve) =>
      xinput.XIQueryDevice(0, (_, list) => resolve(list)),
    );
    const device = devices.find((candidate) => candidate.name === name);
    if (!device) throw new Error(`no device ${name} among ${devices.map((each) => each.name).join(', ')}`);
    for (const type of [xinput.firstEvent + 1, xinput.firstEvent + 2]) {
      const request = Buffer.alloc(36);
      request.writeUInt8(xtest.majorOpcode, 0);
      request.writeUInt8(2, 1);
      request.writeUInt16LE(9, 2);
      request.writeUInt8(type, 4);
      request.writeUInt8(keycode, 5);
      request.writeUInt8(device.deviceId, 35);
      client.seq_num += 1;
      client.pack_stream.put(request);
      client.pack_stream.submit();
    }
    await this.sync();
  }

  close(): void {
    this.client.terminate();
  }
}
