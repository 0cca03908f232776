// Owns when the next attempt to connect is made: one attempt at a time, each later than the one before.
import type { Clock } from '../base/clock.ts';
import { reconnectDelayMs } from './reconnect-policy.ts';

export class RetryTimer {
  readonly #clock: Clock;
  readonly #random: () => number;
  #attempt = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Attempts since the last success. */
  get attempt(): number {
    return this.#attempt;
  }

  /**
   * Calls back after this attempt's delay, instead of any attempt that is still waiting; returns the delay.
   * @param atLeastMs what the other side asked for
   */
  schedule(callback: () => void, atLeastMs: number = 0): number {
    this.cancel();
    const delayMs = Math.max(atLeastMs, reconnectDelayMs(this.#attempt, this.#random()));
    this.#attempt += 1;
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#cancel = null;
      callback();
    });
    return delayMs;
  }

  /** The connection is good: the next loss starts with the shortest delay again. */
  succeeded(): void {
    this.#attempt = 0;
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
