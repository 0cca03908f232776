// Owns the bit rate of what arrives: bytes over the last second.
import type { Clock } from '../../shared/base/clock.ts';

export const LINK_METER_LIMITS = {
  windowMs: 1_000,
  /** Slices of the window: what a rate may be off by. */
  slices: 10,
} as const;

/** Counts in slices of a tenth of a second, so that its memory does not grow with the traffic. */
export class LinkMeter {
  readonly #clock: Clock;
  readonly #slices = new Array<number>(LINK_METER_LIMITS.slices).fill(0);
  #slice: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#slice = this.#sliceAt(clock.monotonicMs());
  }

  add(sizeBytes: number): void {
    this.#advance();
    const index = this.#slice % LINK_METER_LIMITS.slices;
    this.#slices[index] = (this.#slices[index] ?? 0) + sizeBytes;
  }

  get bitsPerSecond(): number {
    this.#advance();
    const bytes = this.#slices.reduce((sum, slice) => sum + slice, 0);
    return (bytes * 8 * 1000) / LINK_METER_LIMITS.windowMs;
  }

  #advance(): void {
    const now = this.#sliceAt(this.#clock.monotonicMs());
    const passed = Math.min(now - this.#slice, LINK_METER_LIMITS.slices);
    for (let index = 1; index <= passed; index++) this.#slices[(now - passed + index) % LINK_METER_LIMITS.slices] = 0;
    this.#slice = now;
  }

  #sliceAt(timeMs: number): number {
    return Math.floor((timeMs * LINK_METER_LIMITS.slices) / LINK_METER_LIMITS.windowMs);
  }
}
