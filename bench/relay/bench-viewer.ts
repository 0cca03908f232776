// Owns one viewer of the relay bench: a bare socket that reads as fast as it is told to, and acknowledges what it read.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { ByteWriter } from '../../shared/wire/bytes.ts';
import { encodeControl } from '../../shared/wire/control.ts';
import { encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { MessageReader } from './message-reader.ts';
import { PICTURE_BYTES, type SubjectKind, sentAtUs, sharedClockUs } from './protocol.ts';

const ACK_EVERY_MS = 30;
const SLOW_TICK_MS = 20;
const OPCODE = { text: 0x81, binary: 0x82, pong: 0x8a } as const;

/** How a viewer reads. */
export type Pace = 'fast' | 'stalled' | { bytesPerSecond: number };

export class BenchViewer {
  /** Since the last `take`: ages of the pictures when their last byte had been read, milliseconds. */
  #agesMs: number[] = [];
  readonly #kind: SubjectKind;
  readonly #socket: Socket;
  #opened = false;
  #receivedBytes = 0;
  #ackedBytes = 0;
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(kind: SubjectKind, port: number) {
    this.#kind = kind;
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true);
    this.#socket.on('error', () => undefined);
    this.#socket.once('close', () => this.#stop());
  }

  /** Resolves when the viewer is in its room. */
  static async join(kind: SubjectKind, port: number, hostId: string, pace: Pace): Promise<BenchViewer> {
    const viewer = new BenchViewer(kind, port);
    await viewer.#join(hostId);
    viewer.#read(pace);
    return viewer;
  }

  /** The ages since the last time. */
  take(): number[] {
    const ages = this.#agesMs;
    this.#agesMs = [];
    return ages;
  }

  close(): void {
    this.#stop();
    this.#socket.destroy();
  }

  #stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  async #join(hostId: string): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#socket.once('connect', resolve).once('error', reject));
    if (this.#kind === 'splice') {
      this.#receive(new MessageReader('length-first', (size, head) => this.#onMessage(size, head)));
      return;
    }
    const joined = new Promise<void>((resolve) => {
      const reader = new MessageReader('websocket', (size, head) => {
        resolve();
        this.#onMessage(size, head);
      });
      this.#receive(reader);
    });
    this.#socket.write(upgradeRequest(this.#kind));
    if (this.#kind === 'tarnet') {
      const body = encodeControl({ op: 'join', hostId });
      this.#send(OPCODE.binary, encodeMessage(envelope(MessageType.control), body));
      this.#timers.push(setInterval(() => this.#acknowledge(), ACK_EVERY_MS));
    } else {
      const text = JSON.stringify({ type: 'register_client', client_id: hostId, target_host: hostId });
      this.#send(OPCODE.text, new TextEncoder().encode(text));
    }
    await joined;
  }

  #receive(reader: MessageReader): void {
    this.#socket.on('data', (chunk: Buffer) => reader.push(this.#afterUpgrade(chunk)));
  }

  /** What follows the answer to the upgrade. */
  #afterUpgrade(chunk: Buffer): Buffer {
    if (this.#opened || this.#kind === 'splice') return chunk;
    const end = chunk.indexOf('\r\n\r\n');
    if (end < 0 || !chunk.toString('latin1', 0, 12).startsWith('HTTP/1.1 101')) throw new Error('not upgraded');
    this.#opened = true;
    return chunk.subarray(end + 4);
  }

  #onMessage(sizeBytes: number, head: Buffer): void {
    this.#receivedBytes += sizeBytes;
    if (sizeBytes < PICTURE_BYTES) return;
    const sent = sentAtUs(head);
    if (sent !== null) this.#agesMs.push((sharedClockUs() - sent) / 1000);
  }

  #read(pace: Pace): void {
    if (pace === 'fast') return;
    this.#socket.pause();
    if (pace === 'stalled') return;
    let allowedBytes = 0;
    this.#socket.on('data', (chunk: Buffer) => {
      allowedBytes -= chunk.length;
      if (allowedBytes <= 0) this.#socket.pause();
    });
    this.#timers.push(
      setInterval(() => {
        allowedBytes = Math.min(pace.bytesPerSecond, allowedBytes + (pace.bytesPerSecond * SLOW_TICK_MS) / 1000);
        if (allowedBytes > 0) this.#socket.resume();
      }, SLOW_TICK_MS),
    );
  }

  /** What is paused is not read, so it is not acknowledged either. */
  #acknowledge(): void {
    if (this.#receivedBytes === this.#ackedBytes) return;
    this.#ackedBytes = this.#receivedBytes;
    this.#send(
      OPCODE.binary,
      encodeMessage(envelope(MessageType.ack), new ByteWriter(8).u64(this.#receivedBytes).finish()),
    );
  }

  /** A small masked frame (RFC 6455 section 5.2); a mask of zeros leaves the payload as it is. */
  #send(opcode: number, payload: Uint8Array): void {
    const small = payload.length < 126;
    const header = Buffer.alloc(small ? 6 : 8);
    header[0] = opcode;
    header[1] = 0x80 | (small ? payload.length : 126);
    if (!small) header.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([header, payload]));
  }
}

function upgradeRequest(kind: SubjectKind): string {
  return [
    'GET / HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(kind === 'tarnet' ? [`Sec-WebSocket-Protocol: ${SUBPROTOCOL_V2}`] : []),
    '',
    '',
  ].join('\r\n');
}
