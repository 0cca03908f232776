// Owns hosts and viewers that speak to a relay in bare messages, to try what well-behaved ones never would.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type RawData, WebSocket } from 'ws';
import { systemClock } from '../../electron/app/system-clock.ts';
import type { RelayLimits } from '../../electron/relay/limits.ts';
import { type Relay, startRelay } from '../../electron/relay/relay-server.ts';
import { silentLog } from '../../shared/base/log.ts';
import { ByteWriter } from '../../shared/wire/bytes.ts';
import { type ControlMessage, decodeControl, encodeControl, registrationStatement } from '../../shared/wire/control.ts';
import {
  decodeMessage,
  type Envelope,
  EnvelopeFlag,
  encodeMessage,
  envelope,
  MessageType,
} from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { routerUnderTest } from './relay-routers.ts';

export interface Heard {
  header: Envelope;
  body: Uint8Array;
}

type Op = ControlMessage['op'];
type ControlOf<O extends Op> = Extract<ControlMessage, { op: O }>;

/** One end of a connection to the relay: everything it heard, and waiting for what it has not heard yet. */
export class BarePeer {
  readonly socket: WebSocket;
  readonly heard: Heard[] = [];
  closed: { code: number; reason: string } | null = null;
  receivedBytes = 0;
  /** Set: pictures are counted, not kept. */
  forgetsPictures = false;
  #taken = new Set<Heard>();
  #waiting: (() => void)[] = [];
  #acks: NodeJS.Timeout | null = null;

  /** @param relay port on this machine, or URL; a certificate of the relay's is not checked */
  constructor(relay: number | string, subprotocol: string = SUBPROTOCOL_V2, headers: Record<string, string> = {}) {
    const url = typeof relay === 'string' ? relay : `ws://127.0.0.1:${relay}/`;
    this.socket = new WebSocket(url, subprotocol, { perMessageDeflate: false, rejectUnauthorized: false, headers });
    this.socket.on('message', (data: RawData) => {
      if (!Buffer.isBuffer(data)) throw new Error('expected one buffer');
      this.receivedBytes += data.length;
      const { header, body } = decodeMessage(data);
      const forget = this.forgetsPictures && header.type === MessageType.media;
      this.heard.push({ header, body: forget ? new Uint8Array() : body });
      this.#changed();
    });
    this.socket.on('close', (code, reason) => {
      if (this.#acks) clearInterval(this.#acks);
      this.closed = { code, reason: reason.toString() };
      this.#changed();
    });
    this.socket.on('error', () => undefined);
  }

  /** Resolves when the condition holds; asked again after everything that happens. */
  async until<T>(condition: () => T | null | undefined | false, what: string): Promise<T> {
    for (;;) {
      const value = condition();
      if (value !== null && value !== undefined && value !== false) return value;
      if (this.closed) throw new Error(`closed with ${this.closed.code} while waiting for ${what}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The next control message of this kind. */
  async control<O extends Op>(op: O): Promise<ControlOf<O>> {
    return this.until(() => {
      for (const message of this.heard) {
        if (this.#taken.has(message) || message.header.type !== MessageType.control) continue;
        const control = decodeControl(message.body);
        if (!isOp(control, op)) continue;
        this.#taken.add(message);
        return control;
      }
      return null;
    }, op);
  }

  /** The next message of this type. */
  async message(type: MessageType): Promise<Heard> {
    return this.until(() => {
      const next = this.heard.find((message) => message.header.type === type && !this.#taken.has(message));
      if (next) this.#taken.add(next);
      return next;
    }, `type ${type}`);
  }

  ofType(type: MessageType): Heard[] {
    return this.heard.filter(({ header }) => header.type === type);
  }

  async open(): Promise<this> {
    await this.until(() => this.socket.readyState === WebSocket.OPEN || this.#onceOpen(), 'open');
    return this;
  }

  /** How the relay closed this connection. */
  async end(): Promise<{ code: number; reason: string }> {
    while (!this.closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.closed;
  }

  sendRaw(data: Uint8Array | string): void {
    this.socket.send(data);
  }

  send(header: Envelope, body: Uint8Array = new Uint8Array()): void {
    this.socket.send(encodeMessage(header, body));
  }

  sendControl(message: ControlMessage): void {
    this.send(envelope(MessageType.control), encodeControl(message));
  }

  ack(totalBytes = this.receivedBytes): void {
    this.send(envelope(MessageType.ack), new ByteWriter(8).u64(totalBytes).finish());
  }

  /** Acknowledges as a viewer does. */
  ackRegularly(): void {
    this.#acks = setInterval(() => {
      if (this.socket.readyState === WebSocket.OPEN && !this.socket.isPaused) this.ack();
    }, 30);
  }

  /** Resolves when the relay has handled everything that was sent before. */
  async roundTrip(): Promise<void> {
    const seq = Math.floor(Math.random() * 0xffffffff);
    this.send(envelope(MessageType.ping, { seq }), new Uint8Array(8));
    await this.until(
      () => this.heard.some(({ header }) => header.type === MessageType.ping && header.seq === seq),
      'the answer to a ping',
    );
  }

  cut(): void {
    if (this.#acks) clearInterval(this.#acks);
    this.socket.terminate();
  }

  #onceOpen(): false {
    this.socket.once('open', () => this.#changed());
    return false;
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Opens this host's room on an open connection. */
export async function registerPeer(host: BarePeer, hostId: string, key: HostKey, token?: string): Promise<void> {
  host.sendControl({ op: 'register', hostId, ed25519: key.raw, ...(token === undefined ? {} : { token }) });
  const { nonce } = await host.control('challenge');
  const signature = Uint8Array.from(sign(null, registrationStatement(nonce, hostId), key.privateKey));
  host.sendControl({ op: 'prove', signature });
  await host.control('registered');
}

/** A host's key pair, as a relay sees it. */
export interface HostKey {
  raw: Uint8Array<ArrayBuffer>;
  privateKey: KeyObject;
}

export function makeKey(): HostKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Uint8Array.from(Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url'));
  return { raw, privateKey };
}

/** A relay on loopback, and peers that are cut when it closes. */
export class Stage {
  readonly relay: Relay;
  readonly #peers = new Set<BarePeer>();

  private constructor(relay: Relay) {
    this.relay = relay;
  }

  static async open(limits: Partial<RelayLimits> = {}, embedded?: { hostToken: string }): Promise<Stage> {
    const options = { port: 0, bindAddress: '127.0.0.1', clock: systemClock, log: silentLog, limits };
    // The relay of an app is on its own.
    return new Stage(
      await startRelay(embedded ? { ...options, embedded } : { ...options, ...(await routerUnderTest()) }),
    );
  }

  peer(): BarePeer {
    const peer = new BarePeer(this.relay.port);
    this.#peers.add(peer);
    return peer;
  }

  async connect(): Promise<BarePeer> {
    return this.peer().open();
  }

  async register(hostId = '123456789', key = makeKey(), token?: string): Promise<BarePeer> {
    const host = await this.connect();
    await registerPeer(host, hostId, key, token);
    return host;
  }

  async join(hostId = '123456789'): Promise<BarePeer & { number: number }> {
    const viewer = await this.connect();
    viewer.sendControl({ op: 'join', hostId });
    const { peer } = await viewer.control('joined');
    return Object.assign(viewer, { number: peer });
  }

  /** A viewer that the host has let in: it is sent pictures. */
  async watch(host: BarePeer, hostId = '123456789'): Promise<BarePeer & { number: number }> {
    const viewer = await this.join(hostId);
    host.send(envelope(MessageType.reliable, { peer: viewer.number }), Uint8Array.of(0));
    await viewer.message(MessageType.reliable);
    return viewer;
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.cut();
    await this.relay.close();
  }
}

/** A picture for everybody. */
export function picture(seq: number, sizeBytes: number, key = false): [Envelope, Uint8Array] {
  const flags = key ? EnvelopeFlag.key | EnvelopeFlag.config : 0;
  return [envelope(MessageType.media, { peer: 0xffff, stream: 1, seq, flags }), new Uint8Array(sizeBytes)];
}

function isOp<O extends Op>(message: ControlMessage, op: O): message is ControlOf<O> {
  return message.op === op;
}
