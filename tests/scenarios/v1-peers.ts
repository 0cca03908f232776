// Owns a relay that speaks v1 and whoever comes to it, for tests.
import type { ClientOptions, WebSocket } from 'ws';
import { systemClock } from '../../electron/app/system-clock.ts';
import { openCliLog } from '../../electron/relay/cli-log.ts';
import { type Relay, type RelayOptions, startRelay } from '../../electron/relay/relay-server.ts';
import { BarePeer } from './relay-peers.ts';
import { V1Bare } from './v1-bare.ts';

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
