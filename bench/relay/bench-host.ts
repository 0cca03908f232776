// Owns the host of the relay bench: one connection that sends a picture thirty times a second, whatever becomes of it.
import { generateKeyPairSync, sign } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { type RawData, WebSocket } from 'ws';
import { decodeControl, encodeControl, registrationStatement } from '../../shared/wire/control.ts';
import { decodeMessage, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { PICTURES_PER_SECOND, pictureMessage, type SubjectKind } from './protocol.ts';

export const HOST_ID = '123456789';

export class BenchHost {
  readonly #kind: SubjectKind;
  readonly #send: (message: Uint8Array | string) => void;
  readonly #close: () => void;
  #timer: NodeJS.Timeout | null = null;
  #seq = 0;

  private constructor(kind: SubjectKind, send: (message: Uint8Array | string) => void, close: () => void) {
    this.#kind = kind;
    this.#send = send;
    this.#close = close;
  }

  /** Resolves when the room is open. */
  static async open(kind: SubjectKind, port: number): Promise<BenchHost> {
    if (kind === 'splice') {
      const socket = await connected(port);
      return new BenchHost(
        kind,
        (message) => socket.write(message),
        () => socket.destroy(),
      );
    }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, kind === 'tarnet' ? SUBPROTOCOL_V2 : [], {
      perMessageDeflate: false,
    });
    await new Promise<void>((resolve, reject) => socket.once('open', () => resolve()).once('error', reject));
    if (kind === 'tarnet') await registerV2(socket);
    else await registerSeed(socket);
    return new BenchHost(
      kind,
      (message) => socket.send(message),
      () => socket.terminate(),
    );
  }

  /** Pictures sent so far. */
  get sent(): number {
    return this.#seq;
  }

  /** Sends pictures until `stop`; a turn that came late is made up for, as a camera's would be. */
  start(): void {
    const startMs = performance.now();
    const first = this.#seq;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startMs) * PICTURES_PER_SECOND) / 1000);
      while (this.#seq - first < due) this.#send(pictureMessage(this.#kind, this.#seq++, HOST_ID));
    }, 1);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  close(): void {
    this.stop();
    this.#close();
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Registers with a key of its own, and lets in whoever joins: an empty sealed message is what a relay goes by. */
function registerV2(socket: WebSocket): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const ed25519 = Uint8Array.from(Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url'));
  const say = (type: MessageType, peer: number, body: Uint8Array) =>
    socket.send(encodeMessage(envelope(type, { peer }), body));
  say(MessageType.control, 0, encodeControl({ op: 'register', hostId: HOST_ID, ed25519 }));
  return new Promise((resolve, reject) => {
    socket.on('message', (data: RawData) => {
      if (!Buffer.isBuffer(data)) return;
      const { header, body } = decodeMessage(data);
      if (header.type !== MessageType.control) return;
      const message = decodeControl(body);
      if (message.op === 'challenge') {
        const signature = Uint8Array.from(sign(null, registrationStatement(message.nonce, HOST_ID), privateKey));
        say(MessageType.control, 0, encodeControl({ op: 'prove', signature }));
      } else if (message.op === 'registered') resolve();
      else if (message.op === 'peer-joined') say(MessageType.reliable, message.peer, Uint8Array.of(0));
      else if (message.op === 'error') reject(new Error(message.message));
    });
  });
}

function registerSeed(socket: WebSocket): Promise<void> {
  socket.send(JSON.stringify({ type: 'register_host', host_id: HOST_ID, timestamp: Date.now() / 1000 }));
  return new Promise((resolve) => socket.once('message', () => resolve()));
}
