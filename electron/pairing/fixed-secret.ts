// Owns the secret of a secret file: it is never replaced, so wrong guesses cost time instead.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import type { AccessAttempt, AccessGateState, SharedAccess } from './access-gate.ts';
import { AttemptsInFlight } from './attempts-in-flight.ts';
import { OPAQUE_LIMITS } from './opaque-messages.ts';
import type { OpaquePort, OpaqueRecord } from './opaque-port.ts';

export const FIXED_SECRET_LIMITS = {
  /** Guesses before the first wait. */
  freeFailures: 4,
  firstWaitMs: 60_000,
  maxWaitMs: 60 * 60_000,
  /** Wait before the record is tried again when OPAQUE failed. */
  retryMs: 1_000,
} as const;

export interface FixedSecretOptions {
  opaque: Pick<OpaquePort, 'register'>;
  clock: Clock;
  log: Log;
  secret: string;
  /** Called after each change of `state`. */
  onChange: () => void;
}

/** A guess counts from `begin` on. From the fifth one the gate waits a minute, doubling to an hour, until one is right. */
export class FixedSecret implements SharedAccess {
  readonly #options: FixedSecretOptions;
  readonly #attempts: AttemptsInFlight;
  #record: OpaqueRecord | null = null;
  #making: symbol | null = null;
  #failures = 0;
  #lockedUntilMs = 0;
  #cancelTimer: () => void = () => undefined;

  /** Throws `malformed` for an empty secret or one over OPAQUE_LIMITS.maxSecretLength. */
  constructor(options: FixedSecretOptions) {
    const { length } = options.secret;
    if (length === 0 || length > OPAQUE_LIMITS.maxSecretLength)
      throw TarnetError.malformed('secret', `${length} characters`, `1 to ${OPAQUE_LIMITS.maxSecretLength} characters`);
    this.#options = options;
    this.#attempts = new AttemptsInFlight(options.clock);
  }

  get state(): AccessGateState {
    return { code: null, expiresAtMs: null, triesLeft: null, pending: this.#making !== null };
  }

  start(): void {
    if (!this.#record && !this.#making) this.#make();
  }

  /** Failures are remembered: stopping and starting does not shorten a wait. */
  stop(): void {
    this.#cancelTimer();
    this.#record = null;
    this.#making = null;
    this.#attempts.failAll();
    this.#options.onChange();
  }

  begin(): AccessAttempt {
    if (!this.#record)
      throw new HandshakeError('rate-limited', 'the record of the secret is being made', { retryAfterS: 1 });
    const waitMs = this.#lockedUntilMs - this.#options.clock.monotonicMs();
    if (waitMs > 0)
      throw new HandshakeError('code-locked', 'too many wrong secrets', {
        field: 'secret',
        retryAfterS: Math.ceil(waitMs / 1000),
      });
    this.#attempts.assertRoom();
    this.#count();
    return this.#attempts.add({
      record: this.#record,
      triesLeft: null,
      onSettled: (outcome) => {
        if (outcome === 'right') this.#forgive();
      },
    });
  }

  #count(): void {
    this.#failures += 1;
    const beyond = this.#failures - FIXED_SECRET_LIMITS.freeFailures;
    if (beyond <= 0) return;
    const waitMs = Math.min(FIXED_SECRET_LIMITS.firstWaitMs * 2 ** (beyond - 1), FIXED_SECRET_LIMITS.maxWaitMs);
    this.#lockedUntilMs = this.#options.clock.monotonicMs() + waitMs;
  }

  /** Others in flight still count. */
  #forgive(): void {
    this.#failures = this.#attempts.count;
    this.#lockedUntilMs = 0;
  }

  #make(): void {
    const making = Symbol('record');
    this.#making = making;
    this.#options.onChange();
    void this.#register(making);
  }

  async #register(making: symbol): Promise<void> {
    const { opaque, clock, log, secret } = this.#options;
    try {
      const record = await opaque.register(secret);
      if (making !== this.#making) return;
      this.#making = null;
      this.#record = record;
      this.#options.onChange();
    } catch (error) {
      if (making !== this.#making) return;
      log.error('cannot make the record of the secret', { reason: TarnetError.from(error).reason });
      this.#cancelTimer = clock.after(FIXED_SECRET_LIMITS.retryMs, () => this.#make());
    }
  }
}
