// Owns reading and writing of fixed structs: little-endian unless a name says otherwise, every access checked.
import { TarnetError } from '../base/errors.ts';

/** Writes a struct of a length declared up front; `finish` throws when not exactly that much was written. */
export class ByteWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u8(value: number): this {
    this.#view.setUint8(this.#advance(1), value);
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#advance(2), value, true);
    return this;
  }

  u16be(value: number): this {
    this.#view.setUint16(this.#advance(2), value, false);
    return this;
  }

  i16(value: number): this {
    this.#view.setInt16(this.#advance(2), value, true);
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#advance(4), value, true);
    return this;
  }

  /** An integer up to 2^53 - 1 as 64 bits. */
  u64(value: number): this {
    this.#view.setBigUint64(this.#advance(8), BigInt(value), true);
    return this;
  }

  f64(value: number): this {
    this.#view.setFloat64(this.#advance(8), value, true);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.#bytes.set(value, this.#advance(value.length));
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    if (this.#at !== this.#bytes.length)
      throw new TarnetError('internal', `declared ${this.#bytes.length} bytes, wrote ${this.#at}`);
    return this.#bytes;
  }

  #advance(sizeBytes: number): number {
    const at = this.#at;
    if (at + sizeBytes > this.#bytes.length)
      throw new TarnetError('internal', `declared ${this.#bytes.length} bytes, writing ${at + sizeBytes}`);
    this.#at = at + sizeBytes;
    return at;
  }
}

/** Reads a struct; every read names its field, and a short message throws `malformed` with that name. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.#advance(field, 1));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#advance(field, 2), true);
  }

  u16be(field: string): number {
    return this.#view.getUint16(this.#advance(field, 2), false);
  }

  i16(field: string): number {
    return this.#view.getInt16(this.#advance(field, 2), true);
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#advance(field, 4), true);
  }

  /** A 64-bit integer; throws `malformed` above 2^53 - 1. */
  u64(field: string): number {
    const value = this.#view.getBigUint64(this.#advance(field, 8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw TarnetError.malformed(field, 'too large', '2^53 - 1');
    return Number(value);
  }

  /** A finite double. */
  f64(field: string): number {
    const value = this.#view.getFloat64(this.#advance(field, 8), true);
    if (!Number.isFinite(value)) throw TarnetError.malformed(field, 'not a finite number');
    return value;
  }

  /** A view of the next bytes, not a copy. */
  bytes(field: string, sizeBytes: number): Uint8Array {
    const at = this.#advance(field, sizeBytes);
    return this.#bytes.subarray(at, at + sizeBytes);
  }

  /** A view of all that is left. */
  rest(): Uint8Array {
    return this.bytes('rest', this.remaining);
  }

  /** Throws `malformed` when anything is left. */
  end(): void {
    if (this.remaining > 0) throw TarnetError.malformed('message', `${this.remaining} bytes too many`);
  }

  #advance(field: string, sizeBytes: number): number {
    const at = this.#at;
    if (at + sizeBytes > this.#bytes.length) throw TarnetError.malformed(field, 'the message ends before it');
    this.#at = at + sizeBytes;
    return at;
  }
}
