// Owns asking a v1 relay, again and again, how many clients are in the room: it tells a host nothing by itself.
import type { Clock } from '../../../shared/base/clock.ts';
import { getHosts } from './v1-wire.ts';

export const PLAIN_COUNTER_LIMITS = {
  /** Relays take five such questions a second. */
  everyMs: 500,
  /** A count that is older says nothing of who sees the next picture. */
  freshMs: 1_500,
  /** Without an answer for so long the relay counts as gone: the question may wait behind a large picture. */
  silentMs: 40_000,
} as const;

export interface PlainCounterEvents {
  ask(text: string): void;
  onSilent(): void;
}

export class PlainCounter {
  readonly #clock: Clock;
  readonly #events: PlainCounterEvents;
  #askedAtMs: number | null = null;
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, events: PlainCounterEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** Whether the last count is young enough to show anything to those who were counted. */
  get isFresh(): boolean {
    return this.#clock.monotonicMs() - this.#answeredAtMs <= PLAIN_COUNTER_LIMITS.freshMs;
  }

  start(): void {
    this.stop();
    this.#tick();
  }

  answered(): void {
    this.#askedAtMs = null;
    this.#answeredAtMs = this.#clock.monotonicMs();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#askedAtMs = null;
    this.#answeredAtMs = Number.NEGATIVE_INFINITY;
  }

  /** One question at a time. */
  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#askedAtMs !== null && nowMs - this.#askedAtMs >= PLAIN_COUNTER_LIMITS.silentMs) {
      this.stop();
      this.#events.onSilent();
      return;
    }
    this.#cancel = this.#clock.after(PLAIN_COUNTER_LIMITS.everyMs, () => this.#tick());
    if (this.#askedAtMs !== null) return;
    this.#askedAtMs = nowMs;
    this.#events.ask(getHosts());
  }
}
