// Owns the frames of the chat and file service: encoding, and reading them however the bytes arrive.
//
// ```
// 0  u64be  payload length
// 8  4 bytes  type, ASCII
// 12 payload
// ```
import { TarnetError } from '../../../shared/base/errors.ts';
import { ByteQueue } from './byte-queue.ts';

export const FRAME_HEADER_BYTES = 12;

/** Longest payload of each type that a client may send. */
export const CLIENT_FRAME_LIMITS = { QUIT: 0, FILE: 1_024, CHAT: 16 * 1024 } as const;
export type ClientFrameType = keyof typeof CLIENT_FRAME_LIMITS;

export type ServerFrameType = 'FROK' | 'FERR' | 'FMTA' | 'FHSH' | 'FDAT' | 'CHAT';

export interface ClientFrame {
  type: ClientFrameType;
  payload: Buffer;
}

/** A whole frame. */
export function encodeFrame(type: ServerFrameType, payload: Uint8Array = new Uint8Array()): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame.writeBigUInt64BE(BigInt(payload.length), 0);
  frame.write(type, 8, 'latin1');
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** Payload of `FMTA`: `[name length: 4][name][file size: 8]`, big-endian. */
export function encodeFileMeta(name: string, sizeBytes: number): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
  const meta = Buffer.alloc(4 + nameBytes.length + 8);
  meta.writeUInt32BE(nameBytes.length, 0);
  meta.set(nameBytes, 4);
  meta.writeBigUInt64BE(BigInt(sizeBytes), 4 + nameBytes.length);
  return meta;
}

/** Finds a client's frames in what arrives. A header is judged as soon as it is there: nothing is kept for a length that lies. */
export class FrameReader {
  readonly #queue = new ByteQueue();

  get partialBytes(): number {
    return this.#queue.length;
  }

  push(chunk: Buffer): void {
    this.#queue.push(chunk);
  }

  /** The next whole frame, or null. Throws `malformed` for an unknown type, `too-large` for a length over its type's limit. */
  next(): ClientFrame | null {
    if (this.#queue.length < FRAME_HEADER_BYTES) return null;
    const header = this.#queue.peek(FRAME_HEADER_BYTES);
    const type = clientFrameType(header.toString('latin1', 8));
    const length = header.readBigUInt64BE(0);
    const limit = CLIENT_FRAME_LIMITS[type];
    if (length > BigInt(limit)) throw TarnetError.tooLarge(type, Number(length), limit);
    const size = FRAME_HEADER_BYTES + Number(length);
    if (this.#queue.length < size) return null;
    this.#queue.drop(FRAME_HEADER_BYTES);
    return { type, payload: this.#queue.take(Number(length)) };
  }
}

function clientFrameType(text: string): ClientFrameType {
  if (text === 'QUIT' || text === 'FILE' || text === 'CHAT') return text;
  throw TarnetError.malformed('type', `${JSON.stringify(text)} is not for this server`);
}
