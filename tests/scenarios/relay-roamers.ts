// Owns a host and viewers that come back by themselves, at whatever relay there is: what is tried is the relays.
import { EnvelopeFlag, EVERYBODY, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { BarePeer, type HostKey, makeKey, registerPeer } from './relay-peers.ts';

const RETRY_MS = 40;
const PICTURE_EVERY_MS = 20;

abstract class Roamer {
  readonly #ports: readonly number[];
  #peer: BarePeer | null = null;
  #turn: number;
  #ended = false;
  /** The port of the relay that it is at, once it is in its room. */
  port: number | null = null;
  #waiting: (() => void)[] = [];

  constructor(ports: readonly number[], first: number) {
    this.#ports = ports;
    this.#turn = Math.max(0, ports.indexOf(first));
    void this.#roam();
  }

  /** Resolves when the condition holds; asked again after everything that happens. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  end(): void {
    this.#ended = true;
    this.#peer?.cut();
  }

  protected changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Enters the room and stays until the connection is gone. */
  protected abstract stay(peer: BarePeer, settled: () => void): Promise<void>;

  async #roam(): Promise<void> {
    let redirectedTo: number | null = null;
    while (!this.#ended) {
      const port: number = redirectedTo ?? this.#ports[this.#turn++ % this.#ports.length] ?? 0;
      redirectedTo = null;
      const peer = new BarePeer(port);
      this.#peer = peer;
      try {
        await peer.open();
        await this.stay(peer, () => {
          this.port = port;
          this.changed();
        });
      } catch {
        // It is closed: why does not matter here.
      }
      this.port = null;
      const redirect = await peer.control('redirect').catch(() => null);
      if (redirect) redirectedTo = Number(new URL(redirect.url).port);
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      peer.cut();
    }
  }
}

/** Sends a key frame to everybody, fifty times a second. */
export class RoamingHost extends Roamer {
  readonly #hostId: string;
  readonly key: HostKey;
  #seq = 0;

  constructor(hostId: string, ports: readonly number[], first: number, key: HostKey = makeKey()) {
    super(ports, first);
    this.#hostId = hostId;
    this.key = key;
  }

  protected async stay(host: BarePeer, settled: () => void): Promise<void> {
    await registerPeer(host, this.#hostId, this.key);
    settled();
    const timer = setInterval(() => {
      this.#seq += 1;
      const flags = EnvelopeFlag.key | EnvelopeFlag.config;
      const header = envelope(MessageType.media, { peer: EVERYBODY, stream: 1, seq: this.#seq, flags });
      if (host.socket.readyState === host.socket.OPEN) host.send(header, new Uint8Array(1_000));
    }, PICTURE_EVERY_MS);
    try {
      for (;;) {
        const { peer } = await host.control('peer-joined');
        host.send(envelope(MessageType.reliable, { peer }), Uint8Array.of(0));
      }
    } finally {
      clearInterval(timer);
    }
  }
}

export class RoamingViewer extends Roamer {
  readonly #hostId: string;
  /** Numbers of the pictures that came, in order. */
  readonly pictures: number[] = [];
  /** Redirects that were followed, and all else that ended a connection. */
  connections = 0;

  constructor(hostId: string, ports: readonly number[], first: number) {
    super(ports, first);
    this.#hostId = hostId;
  }

  /** Resolves when so many more pictures have come. */
  async see(count: number): Promise<void> {
    const wanted = this.pictures.length + count;
    await this.until(() => this.pictures.length >= wanted);
  }

  protected async stay(viewer: BarePeer, settled: () => void): Promise<void> {
    viewer.sendControl({ op: 'join', hostId: this.#hostId });
    await viewer.control('joined');
    this.connections += 1;
    viewer.ackRegularly();
    settled();
    for (;;) {
      const { header } = await viewer.message(MessageType.media);
      this.pictures.push(header.seq);
      this.changed();
    }
  }
}
