// Owns what a host remembers of the picture updates that it has sent: when, and how many bytes up to there.

export const SENT_PICTURES_LIMITS = {
  /** Updates remembered: at 60 a second more than a quarter of a minute. */
  maxFrames: 1_024,
} as const;

export interface SentPicture {
  seq: number;
  sentAtMs: number;
  sizeBytes: number;
  /** Of all updates up to the end of this one. */
  endBytes: number;
}

export class SentPictures {
  #frames: SentPicture[] = [];

  get newest(): SentPicture | null {
    return this.#frames.at(-1) ?? null;
  }

  get totalBytes(): number {
    return this.newest?.endBytes ?? 0;
  }

  /** Numbers only ever rise; one may be missing. */
  add(seq: number, sizeBytes: number, sentAtMs: number): void {
    this.#frames.push({ seq, sentAtMs, sizeBytes, endBytes: this.totalBytes + sizeBytes });
    if (this.#frames.length > SENT_PICTURES_LIMITS.maxFrames) this.#frames.shift();
  }

  /** Null for what was never sent or is forgotten. */
  find(seq: number): SentPicture | null {
    const frame = this.#frames[this.#indexFrom(seq)];
    return frame?.seq === seq ? frame : null;
  }

  /** The first that ends behind this byte: the oldest of what is on its way when so much has come. */
  firstAfter(bytes: number): SentPicture | null {
    return this.#frames[this.#indexWhere((frame) => frame.endBytes > bytes)] ?? null;
  }

  #indexFrom(seq: number): number {
    return this.#indexWhere((frame) => frame.seq >= seq);
  }

  /** Of the first for which it holds; everything behind that holds too. */
  #indexWhere(holds: (frame: SentPicture) => boolean): number {
    let [low, high] = [0, this.#frames.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const frame = this.#frames[middle];
      if (frame && holds(frame)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
