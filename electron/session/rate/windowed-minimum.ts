// Owns the least of what was seen lately, in slices, so that its memory does not grow.

interface Slice {
  number: number;
  least: number;
}

/** The base history of LEDBAT (RFC 6817, section 3.4.2): the least of each slice of time, and the least of those. */
export class WindowedMinimum {
  readonly #sliceMs: number;
  readonly #slices: number;
  #history: Slice[] = [];

  /** @param windowMs how long a value counts, to within one slice @param slices how many pieces the window has */
  constructor(windowMs: number, slices: number) {
    this.#sliceMs = windowMs / slices;
    this.#slices = slices;
  }

  add(nowMs: number, value: number): void {
    const number = Math.floor(nowMs / this.#sliceMs);
    const last = this.#history.at(-1);
    if (last?.number === number) last.least = Math.min(last.least, value);
    else this.#history.push({ number, least: value });
    // Silence forgets nothing: the last that was known counts until something newer is.
    this.#history = this.#history.filter((slice) => number - slice.number < this.#slices);
  }

  /** Null before the first. */
  get least(): number | null {
    let least: number | null = null;
    for (const slice of this.#history) if (least === null || slice.least < least) least = slice.least;
    return least;
  }
}
