// Owns reading of handshake bytes: every read names its field, and a short message is `malformed` by that name.
import { TarnetError } from '../base/errors.ts';

/** Reads fields one after the other; integers are big-endian, byte strings are views. */
export class ByteFields {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u8(field: string): number {
    return this.bytes(field, 1)[0] ?? 0;
  }

  u16be(field: string): number {
    const high = this.u8(field);
    return high * 256 + this.u8(field);
  }

  bytes(field: string, sizeBytes: number): Uint8Array {
    const end = this.#at + sizeBytes;
    if (end > this.#bytes.length) throw TarnetError.malformed(field, 'the message ends before it');
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  rest(): Uint8Array {
    return this.bytes('rest', this.#bytes.length - this.#at);
  }

  /** Throws `malformed` when anything is left. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw TarnetError.malformed('message', `${left} bytes too many`);
  }
}
