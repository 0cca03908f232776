// Owns how many wrong guesses a secret that is not replaced stands: waits that double, then a stop until its owner says so.
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';

export const GUESS_LIMITS = {
  /** Guesses in a row before the first wait. */
  freeFailures: 4,
  firstWaitMs: 60_000,
  maxWaitMs: 60 * 60_000,
  /** Guesses in all before nobody may guess any more, until the host's user has confirmed it at the host. */
  maxFailures: 50,
} as const;

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(GUESS_LIMITS.maxFailures));

/** What has to outlive the app. */
export const guessCountSchema = v.strictObject({
  /** Since the last right one. */
  inRow: count,
  /** Since the host's user has last confirmed. A right guess takes back itself and nothing else. */
  total: count,
  /** Milliseconds since the epoch; 0 = no wait. */
  waitUntilMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
});
export type GuessCount = v.InferOutput<typeof guessCountSchema>;

export const NO_GUESSES: GuessCount = { inRow: 0, total: 0, waitUntilMs: 0 };

/** Counts guesses. Whoever owns it writes `count` to disk before a guess is answered. */
export class GuessLimits {
  readonly #clock: Clock;
  #count: GuessCount;
  /** The system's clock may be set; this one may not. */
  #waitUntilMonotonicMs: number;

  /** @param saved what an earlier run of the app has written */
  constructor(clock: Clock, saved: GuessCount = NO_GUESSES) {
    this.#clock = clock;
    this.#count = saved;
    const leftMs = Math.min(Math.max(0, saved.waitUntilMs - clock.nowMs()), GUESS_LIMITS.maxWaitMs);
    this.#waitUntilMonotonicMs = leftMs > 0 ? clock.monotonicMs() + leftMs : 0;
  }

  get count(): GuessCount {
    return this.#count;
  }

  get isStopped(): boolean {
    return this.#count.total >= GUESS_LIMITS.maxFailures;
  }

  /** Throws HandshakeError `password-stopped` or `password-locked`, with how long to wait. */
  assertAllowed(field: string): void {
    if (this.isStopped)
      throw new HandshakeError('password-stopped', 'too many wrong guesses', {
        field,
        limit: `${GUESS_LIMITS.maxFailures} guesses`,
      });
    const waitMs = this.#waitUntilMonotonicMs - this.#clock.monotonicMs();
    if (waitMs > 0)
      throw new HandshakeError('password-locked', 'too many wrong guesses in a row', {
        field,
        retryAfterS: Math.ceil(waitMs / 1000),
      });
  }

  /** A guess begins, and counts as wrong until it is right. Throws like `assertAllowed`. */
  begin(field: string): void {
    this.assertAllowed(field);
    const inRow = Math.min(this.#count.inRow + 1, GUESS_LIMITS.maxFailures);
    const beyond = inRow - GUESS_LIMITS.freeFailures;
    const waitMs = beyond > 0 ? Math.min(GUESS_LIMITS.firstWaitMs * 2 ** (beyond - 1), GUESS_LIMITS.maxWaitMs) : 0;
    this.#waitUntilMonotonicMs = waitMs > 0 ? this.#clock.monotonicMs() + waitMs : 0;
    const waitUntilMs = waitMs > 0 ? this.#clock.nowMs() + waitMs : 0;
    this.#count = { inRow, total: this.#count.total + 1, waitUntilMs };
  }

  /** One guess was right; those that are still in flight count on. */
  right(inFlight: number): void {
    this.#count = { inRow: inFlight, total: Math.max(0, this.#count.total - 1), waitUntilMs: 0 };
    this.#waitUntilMonotonicMs = 0;
  }

  /** One guess turned out to be none: its count goes, a wait that began with it stays. */
  withdraw(): void {
    const { inRow, total } = this.#count;
    this.#count = { ...this.#count, inRow: Math.max(0, inRow - 1), total: Math.max(0, total - 1) };
  }

  /** The host's user, at the host, lets guessing begin anew. */
  confirm(): void {
    this.#count = NO_GUESSES;
    this.#waitUntilMonotonicMs = 0;
  }
}
