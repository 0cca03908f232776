// Owns how much one client may make its service work.
import type { Clock } from '../../../shared/base/clock.ts';

/**
 * So many units a second, and after a pause as many as make up four seconds. What is spent may pass what is there: the debt is
 * the time until the client is read again, so nothing is refused and the client's own sending slows down.
 */
export class Allowance {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #units: number;
  #atMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#units = BURST_SECONDS * perSecond;
    this.#atMs = clock.monotonicMs();
  }

  spend(units: number): void {
    this.#earn();
    this.#units -= units;
  }

  /** Milliseconds until there is no debt; 0 when there is none. */
  waitMs(): number {
    this.#earn();
    return this.#units >= 0 ? 0 : Math.ceil((-this.#units / this.#perSecond) * 1000);
  }

  #earn(): void {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#units = Math.min(BURST_SECONDS * this.#perSecond, this.#units + earned);
    this.#atMs = nowMs;
  }
}

const BURST_SECONDS = 4;
