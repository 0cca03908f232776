// Owns the guesses between HS1 and HS3: how many there may be, and for how long.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import { ACCESS_GATE_LIMITS, type AccessAttempt } from './access-gate.ts';
import type { OpaqueRecord } from './opaque-port.ts';

interface Guess {
  record: OpaqueRecord;
  triesLeft: number | null;
  /** Called once. May throw to refuse a right guess that comes too late. */
  onSettled(outcome: 'right' | 'wrong'): void;
}

export class AttemptsInFlight {
  readonly #clock: Clock;
  readonly #fails = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#fails.size;
  }

  /** Throws HandshakeError `rate-limited` when there is no room for another guess. */
  assertRoom(): void {
    if (this.#fails.size >= ACCESS_GATE_LIMITS.attemptsInFlight)
      throw new HandshakeError('rate-limited', 'too many handshakes at once', {
        limit: `${ACCESS_GATE_LIMITS.attemptsInFlight} handshakes`,
        retryAfterS: ACCESS_GATE_LIMITS.attemptTimeoutMs / 1000,
      });
  }

  add({ record, triesLeft, onSettled }: Guess): AccessAttempt {
    const settle = (outcome: 'right' | 'wrong'): boolean => {
      if (!this.#fails.delete(fail)) return false;
      cancelTimeout();
      onSettled(outcome);
      return true;
    };
    const fail = (): void => void settle('wrong');
    const cancelTimeout = this.#clock.after(ACCESS_GATE_LIMITS.attemptTimeoutMs, fail);
    this.#fails.add(fail);
    const succeed = (): void => {
      if (!settle('right')) throw new TarnetError('code-locked', 'the guess took too long', { field: 'code' });
    };
    return { record, triesLeft, counted: Promise.resolve(), succeed, fail };
  }

  failAll(): void {
    for (const fail of [...this.#fails]) fail();
  }
}
