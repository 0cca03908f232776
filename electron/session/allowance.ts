// Owns how often something may be done: a token bucket.
import type { Clock } from '../../shared/base/clock.ts';

export class Allowance {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #atMs: number;

  /** @param burst how many at once @param perSecond how fast they come back */
  constructor(clock: Clock, burst: number, perSecond: number) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
    this.#atMs = clock.monotonicMs();
  }

  /** Takes one; false when there is none. */
  take(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Milliseconds until one can be taken: 0 when it can be now. */
  waitMs(): number {
    this.#refill();
    return Math.max(0, ((1 - this.#tokens) / this.#perSecond) * 1000);
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#atMs) * this.#perSecond) / 1000);
    this.#atMs = nowMs;
  }
}
