// Owns bytes that have arrived and do not make a whole message yet.

/** Above this many bytes already taken, a short rest moves out of its big buffer, so that it does not keep that alive. */
const WASTE_BYTES = 8 * 1024;

const EMPTY = Buffer.alloc(0);

/** First in, first out. It has no bound of its own: whoever fills it stops reading until it is used up. */
export class ByteQueue {
  #bytes: Buffer = EMPTY;
  #start = 0;

  get length(): number {
    return this.#bytes.length - this.#start;
  }

  /** Keeps a reference to the chunk, which must not be changed any more. */
  push(chunk: Buffer): void {
    this.#bytes = this.length === 0 ? chunk : Buffer.concat([this.#bytes.subarray(this.#start), chunk]);
    this.#start = 0;
  }

  /** A view of the first bytes, at most as many as there are; valid until the next call. */
  peek(count: number): Buffer {
    return this.#bytes.subarray(this.#start, this.#start + count);
  }

  /** Takes the first bytes out and returns a copy of them, at most as many as there are. */
  take(count: number): Buffer {
    const taken = Buffer.from(this.peek(count));
    this.drop(count);
    return taken;
  }

  drop(count: number): void {
    this.#start = Math.min(this.#bytes.length, this.#start + count);
    if (this.length === 0) this.#bytes = EMPTY;
    else if (this.#start > WASTE_BYTES && this.length < this.#start) this.#bytes = Buffer.from(this.peek(this.length));
    else return;
    this.#start = 0;
  }
}
