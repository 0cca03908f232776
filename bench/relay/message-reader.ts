// Owns finding whole messages in what a relay sends, without keeping them: WebSocket frames (RFC 6455) or a length first.
import { MARK_WITHIN_BYTES } from './protocol.ts';

export type Framing = 'websocket' | 'length-first';

/** Calls back at the last byte of each message, with its size and its first bytes. */
export class MessageReader {
  readonly #framing: Framing;
  readonly #onMessage: (sizeBytes: number, head: Buffer) => void;
  #header: Buffer = Buffer.alloc(0);
  #sizeBytes = 0;
  #left = 0;
  #head: Buffer[] = [];
  #headBytes = 0;

  constructor(framing: Framing, onMessage: (sizeBytes: number, head: Buffer) => void) {
    this.#framing = framing;
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) {
        this.#header = this.#header.length === 0 ? rest : Buffer.concat([this.#header, rest]);
        const size = this.#framing === 'websocket' ? webSocketSize(this.#header) : lengthFirst(this.#header);
        if (!size) return;
        rest = this.#header.subarray(size.headerBytes);
        this.#header = Buffer.alloc(0);
        this.#sizeBytes = size.bodyBytes;
        this.#left = size.bodyBytes;
        this.#head = [];
        this.#headBytes = 0;
        if (this.#left === 0) {
          this.#onMessage(0, Buffer.alloc(0));
          continue;
        }
      }
      const taken = rest.subarray(0, this.#left);
      if (this.#headBytes < MARK_WITHIN_BYTES) {
        const piece = taken.subarray(0, MARK_WITHIN_BYTES - this.#headBytes);
        this.#head.push(piece);
        this.#headBytes += piece.length;
      }
      this.#left -= taken.length;
      rest = rest.subarray(taken.length);
      if (this.#left === 0) this.#onMessage(this.#sizeBytes, Buffer.concat(this.#head));
    }
  }
}

interface Size {
  headerBytes: number;
  bodyBytes: number;
}

function lengthFirst(bytes: Buffer): Size | null {
  return bytes.length < 4 ? null : { headerBytes: 4, bodyBytes: bytes.readUInt32BE(0) };
}

/** A frame from a server is not masked. */
function webSocketSize(bytes: Buffer): Size | null {
  const short = bytes[1];
  if (short === undefined) return null;
  if (short < 126) return { headerBytes: 2, bodyBytes: short };
  if (short === 126) return bytes.length < 4 ? null : { headerBytes: 4, bodyBytes: bytes.readUInt16BE(2) };
  return bytes.length < 10 ? null : { headerBytes: 10, bodyBytes: Number(bytes.readBigUInt64BE(2)) };
}
