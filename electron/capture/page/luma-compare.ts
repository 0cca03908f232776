// Owns telling whether a captured frame differs from the last encoded one.

const UNCHANGED = 0;

/** Copies of the luma of the last frames, compared as words. */
export class LumaCompare {
  #last: Uint8Array<ArrayBuffer> | null = null;
  #next: Uint8Array<ArrayBuffer> | null = null;

  /**
   * True when the area of the frame differs from what `accept` last took over, or when that cannot be told. The area is
   * in the frame's pixels, its numbers even.
   */
  async differs(frame: VideoFrame, area: DOMRectInit): Promise<boolean> {
    const options = { rect: area };
    const size = frame.allocationSize(options);
    if (this.#next?.length !== size) this.#next = new Uint8Array(size);
    await frame.copyTo(this.#next, options);
    return !this.#last || this.#last.length !== size || firstDifference(this.#last, this.#next) !== UNCHANGED;
  }

  /** The frame that was last compared is the one that the viewers will have. */
  accept(): void {
    [this.#last, this.#next] = [this.#next, this.#last];
  }

  forget(): void {
    this.#last = null;
  }
}

/** The place of the first difference plus one, or 0. All planes are compared: colour alone can change too. */
function firstDifference(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): number {
  const words = one.length >> 2;
  const a = new Uint32Array(one.buffer, 0, words);
  const b = new Uint32Array(other.buffer, 0, words);
  for (let at = 0; at < words; at++) if (a[at] !== b[at]) return at * 4 + 1;
  for (let at = words * 4; at < one.length; at++) if (one[at] !== other[at]) return at + 1;
  return UNCHANGED;
}
