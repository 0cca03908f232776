// Owns a v1 host and client as the protocol's description has them: plain WebSockets, one JSON object to a text.
import { type ClientOptions, type RawData, WebSocket } from 'ws';
import { systemClock } from '../../electron/app/system-clock.ts';
import { openCliLog } from '../../electron/relay/cli-log.ts';
import { type Relay, type RelayOptions, startRelay } from '../../electron/relay/relay-server.ts';
import { BarePeer } from './relay-peers.ts';

export interface V1Heard {
  type?: unknown;
  [field: string]: unknown;
}

export class V1Bare {
  readonly socket: WebSocket;
  readonly heard: V1Heard[] = [];
  /** The same, as it came. */
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | null = null;
  #next = 0;
  #waiting: (() => void)[] = [];

  constructor(port: number, options: ClientOptions = {}, path = '/') {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    this.socket.on('open', () => this.#changed());
    this.socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) throw new Error('v1 is text');
      this.texts.push(String(data));
      this.heard.push(JSON.parse(String(data)));
      this.#changed();
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#changed();
    });
    this.socket.on('error', () => undefined);
  }

  async open(): Promise<this> {
    while (this.socket.readyState === WebSocket.CONNECTING) await this.#change();
    if (this.socket.readyState !== WebSocket.OPEN) throw new Error('not let in');
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message that has not been taken yet, whatever it is. */
  async next(): Promise<V1Heard> {
    for (;;) {
      const message = this.heard[this.#next];
      if (message) {
        this.#next += 1;
        return message;
      }
      if (this.closed) throw new Error(`closed with ${this.closed.code}`);
      await this.#change();
    }
  }

  /** The next message of this type; those before it are passed over. */
  async take(type: string): Promise<V1Heard> {
    for (;;) {
      const message = await this.next();
      if (message.type === type) return message;
    }
  }

  /** Resolves when the relay has handled everything that was sent before, with what it says of itself. */
  async hosts(): Promise<V1Heard> {
    this.send({ type: 'get_hosts' });
    return this.take('hosts_list');
  }

  async end(): Promise<{ code: number; reason: string }> {
    while (!this.closed) await this.#change();
    return this.closed;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A relay on loopback that speaks v1, its log lines, and peers that are cut when it closes. */
export class V1Stage {
  readonly relay: Relay;
  readonly lines: string[];
  readonly #peers = new Set<{ socket: WebSocket }>();

  private constructor(relay: Relay, lines: string[]) {
    this.relay = relay;
    this.lines = lines;
  }

  static async open(options: Partial<RelayOptions> = {}): Promise<V1Stage> {
    const lines: string[] = [];
    const log = openCliLog({
      format: 'text',
      level: 'debug',
      nowMs: () => systemClock.nowMs(),
      write: (line) => lines.push(line.trimEnd()),
    });
    const relay = await startRelay({
      port: 0,
      bindAddress: '127.0.0.1',
      clock: systemClock,
      log,
      v1: true,
      ...options,
    });
    return new V1Stage(relay, lines);
  }

  peer(options?: ClientOptions, path?: string): V1Bare {
    const peer = new V1Bare(this.relay.port, options, path);
    this.#peers.add(peer);
    return peer;
  }

  connect(options?: ClientOptions, path?: string): Promise<V1Bare> {
    return this.peer(options, path).open();
  }

  /** Somebody who speaks v2. */
  v2(): BarePeer {
    const peer = new BarePeer(this.relay.port);
    this.#peers.add(peer);
    return peer;
  }

  async host(hostId: string): Promise<V1Bare> {
    const host = await this.connect();
    host.send({ type: 'register_host', host_id: hostId, timestamp: Date.now() / 1000 });
    await host.take('host_registered');
    return host;
  }

  async client(clientId: string, hostId: string): Promise<V1Bare> {
    const client = await this.connect();
    client.send({ type: 'register_client', client_id: clientId, target_host: hostId });
    await client.take('client_registered');
    return client;
  }

  async close(): Promise<void> {
    for (const { socket } of this.#peers) socket.terminate();
    await this.relay.close();
  }
}

/** A frame of this many bytes of picture. */
export function frame(hostId: string, sizeBytes: number, timestamp = 0): string {
  const data = Buffer.alloc(sizeBytes, 7).toString('base64');
  return JSON.stringify({ type: 'screen_frame', host_id: hostId, data, timestamp });
}
