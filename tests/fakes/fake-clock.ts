// Owns a clock that stands still until a test moves it; time-outs fire in order while it is moved.
import type { Clock } from '../../shared/base/clock.ts';

export class FakeClock implements Clock {
  #nowMs = 1_000_000;
  #sleptMs = 0;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();

  nowMs(): number {
    return this.#nowMs + this.#sleptMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many time-outs are waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  /** As a machine that sleeps sees it when it wakes: what is due waits for as long as it had to wait before. */
  sleep(forMs: number): void {
    this.#sleptMs += forMs;
  }

  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.callback();
    }
    this.#nowMs = untilMs;
  }
}
