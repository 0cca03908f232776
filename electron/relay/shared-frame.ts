// Owns a message that goes to many viewers: its WebSocket frame is made once, and is the same for all of them.

/** RFC 6455 section 5.2: FIN, binary. */
const BINARY_FRAME = 0x82;
const TWO_BYTE_LENGTH = 126;
const EIGHT_BYTE_LENGTH = 127;

/** What a server sends is not masked (RFC 6455 section 5.1), so that one frame serves every connection. */
export class SharedFrame {
  readonly message: Uint8Array;
  #bytes: Buffer | null = null;

  constructor(message: Uint8Array) {
    this.message = message;
  }

  /** The whole frame. Nobody may change it. */
  get bytes(): Buffer {
    this.#bytes ??= frameOf(this.message);
    return this.#bytes;
  }
}

function frameOf(message: Uint8Array): Buffer {
  const { length } = message;
  const headerBytes = length < TWO_BYTE_LENGTH ? 2 : length <= 0xffff ? 4 : 10;
  // Not from the pool: as long as one viewer has not taken it, all of its memory is held.
  const frame = Buffer.allocUnsafeSlow(headerBytes + length);
  frame[0] = BINARY_FRAME;
  if (headerBytes === 2) frame[1] = length;
  else if (headerBytes === 4) {
    frame[1] = TWO_BYTE_LENGTH;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = EIGHT_BYTE_LENGTH;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(message, headerBytes);
  return frame;
}
