// Owns the guesses between HS1 and HS3: how many there may be, and for how long.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import { ACCESS_GATE_LIMITS, type AccessAttempt } from './access-gate.ts';
import type { OpaqueRecord } from './opaque-port.ts';

/** `withdrawn`: the secret was right, and nothing was guessed after it. */
export type GuessOutcome = 'right' | 'wrong' | 'withdrawn';

interface Guess {
  record: OpaqueRecord;
  triesLeft: number | null;
  /** Called once. May throw to refuse a right guess that comes too late. */
  onSettled(outcome: GuessOutcome): void;
}

interface Attempt {
  fail(): void;
  /** Its secret was right; a second factor is awaited. */
  held: boolean;
}

export class AttemptsInFlight {
  readonly #clock: Clock;
  readonly #attempts = new Set<Attempt>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that are not settled. */
  get count(): number {
    return this.#attempts.size;
  }

  /** Throws HandshakeError `rate-limited` when there is no room for another guess. */
  assertRoom(): void {
    const { attemptsInFlight, attemptTimeoutMs } = ACCESS_GATE_LIMITS;
    if (this.#attempts.size - this.#heldCount() >= attemptsInFlight) throw tooMany(attemptsInFlight, attemptTimeoutMs);
  }

  add({ record, triesLeft, onSettled }: Guess): AccessAttempt {
    const settle = (outcome: GuessOutcome): boolean => {
      if (!this.#attempts.delete(attempt)) return false;
      cancelTimeout();
      onSettled(outcome);
      return true;
    };
    const late = () => new TarnetError('code-locked', 'the guess took too long', { field: 'code' });
    const attempt: Attempt = { fail: () => void settle('wrong'), held: false };
    const withdraw = () => void settle(attempt.held ? 'withdrawn' : 'wrong');
    let cancelTimeout = this.#clock.after(ACCESS_GATE_LIMITS.attemptTimeoutMs, attempt.fail);
    this.#attempts.add(attempt);
    return {
      record,
      triesLeft,
      counted: Promise.resolve(),
      fail: attempt.fail,
      withdraw,
      succeed: () => {
        if (!settle('right')) throw late();
      },
      hold: () => {
        const { attemptsHeld, heldTimeoutMs } = ACCESS_GATE_LIMITS;
        if (!this.#attempts.has(attempt)) throw late();
        if (this.#heldCount() >= attemptsHeld) throw tooMany(attemptsHeld, heldTimeoutMs);
        attempt.held = true;
        cancelTimeout();
        cancelTimeout = this.#clock.after(heldTimeoutMs, withdraw);
      },
    };
  }

  failAll(): void {
    for (const { fail } of [...this.#attempts]) fail();
  }

  #heldCount(): number {
    return [...this.#attempts].filter(({ held }) => held).length;
  }
}

function tooMany(limit: number, retryAfterMs: number): HandshakeError {
  return new HandshakeError('rate-limited', 'too many handshakes at once', {
    limit: `${limit} handshakes`,
    retryAfterS: retryAfterMs / 1000,
  });
}
