// Owns the one-time access code: nine digits that die with their first success, their fifth guess, or after ten minutes.
import { randomInt } from 'node:crypto';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import { ACCESS_GATE_LIMITS, type AccessAttempt, type AccessGateState, type SharedAccess } from './access-gate.ts';
import { AttemptsInFlight, type GuessOutcome } from './attempts-in-flight.ts';
import type { OpaquePort, OpaqueRecord } from './opaque-port.ts';

export const ACCESS_CODE_LIMITS = {
  tries: 5,
  lifetimeMs: 10 * 60_000,
  /**
   * Codes in a row that wrong guesses may use up before the next one lets them wait: doubling from one second to a minute,
   * or who holds the line would have some hundred guesses a second.
   */
  freeCodes: 3,
  firstWaitMs: 1_000,
  maxWaitMs: 60_000,
  /** Wait before the record is tried again when OPAQUE failed. */
  retryMs: 1_000,
} as const;

export interface AccessCodeOptions {
  opaque: Pick<OpaquePort, 'register'>;
  clock: Clock;
  log: Log;
  /** The host's public ID: a code never equals it, or the two would be taken for one another. */
  hostId: string;
  /** Called after each change of `state`. */
  onChange: () => void;
  /** Nine digits, each number equally likely. */
  randomCode?: () => string;
}

interface CurrentCode {
  code: string;
  record: OpaqueRecord;
  triesLeft: number;
  expiresAtMs: number;
}

/** Renews itself while it is started. A guess counts from `begin` on; a right one gives way to a new code at once. */
export class AccessCode implements SharedAccess {
  readonly #options: AccessCodeOptions;
  readonly #attempts: AttemptsInFlight;
  #current: CurrentCode | null = null;
  /** The code that is being made; null when none is. */
  #making: symbol | null = null;
  #cancelTimer: () => void = () => undefined;
  /** Codes that wrong guesses have used up since the last right one, or since the user asked for another. */
  #guessedAway = 0;
  /** When there is a code again, while that is waited for. */
  #waitUntilMs: number | null = null;

  constructor(options: AccessCodeOptions) {
    this.#options = options;
    this.#attempts = new AttemptsInFlight(options.clock);
  }

  get state(): AccessGateState {
    return {
      code: this.#current?.code ?? null,
      expiresAtMs: this.#current?.expiresAtMs ?? null,
      triesLeft: this.#current?.triesLeft ?? null,
      pending: this.#making !== null,
      waitUntilMs: this.#waitUntilMs,
    };
  }

  start(): void {
    if (!this.#current && !this.#making) this.#make();
  }

  /** Another code at once: its user asked for one. Guesses at the old one can no longer succeed. */
  renew(): void {
    this.#guessedAway = 0;
    if (this.#current || this.#making) this.#make();
  }

  stop(): void {
    this.#cancelTimer();
    this.#current = null;
    this.#making = null;
    this.#guessedAway = 0;
    this.#waitUntilMs = null;
    this.#attempts.failAll();
    this.#options.onChange();
  }

  begin(): AccessAttempt {
    // Timers stand still while the machine sleeps; a code on a screen does not grow younger by it.
    if (this.#current && this.#options.clock.nowMs() >= this.#current.expiresAtMs) this.#make();
    const current = this.#current;
    if (!current) {
      const waitMs = (this.#waitUntilMs ?? 0) - this.#options.clock.nowMs();
      const retryAfterS = Math.max(1, Math.ceil(waitMs / 1000));
      throw new HandshakeError('rate-limited', 'the code is being made', { field: 'code', retryAfterS });
    }
    this.#attempts.assertRoom();
    if (current.triesLeft === 0)
      throw new HandshakeError('code-locked', 'the code has no tries left', {
        field: 'code',
        limit: `${ACCESS_CODE_LIMITS.tries} tries`,
        retryAfterS: ACCESS_GATE_LIMITS.attemptTimeoutMs / 1000,
      });
    current.triesLeft -= 1;
    const attempt = this.#attempts.add({
      record: current.record,
      triesLeft: current.triesLeft,
      onSettled: (outcome) => this.#settled(current, outcome),
    });
    this.#options.onChange();
    return attempt;
  }

  #settled(guessed: CurrentCode, outcome: GuessOutcome): void {
    const isCurrent = guessed === this.#current;
    if (outcome === 'right' && !isCurrent)
      throw new TarnetError('code-locked', 'the code has been replaced', { field: 'code' });
    if (outcome === 'right') {
      this.#guessedAway = 0;
      this.#make();
    } else if (isCurrent && guessed.triesLeft === 0 && this.#attempts.count === 0) {
      this.#guessedAway += 1;
      this.#make(this.#waitMs());
    }
  }

  #waitMs(): number {
    const { freeCodes, firstWaitMs, maxWaitMs } = ACCESS_CODE_LIMITS;
    const beyond = this.#guessedAway - freeCodes;
    return beyond > 0 ? Math.min(firstWaitMs * 2 ** (beyond - 1), maxWaitMs) : 0;
  }

  #make(afterMs = 0): void {
    const making = Symbol('code');
    const { clock, onChange } = this.#options;
    this.#cancelTimer();
    this.#current = null;
    this.#making = making;
    this.#waitUntilMs = afterMs === 0 ? null : clock.nowMs() + afterMs;
    onChange();
    if (afterMs === 0) void this.#register(making);
    else this.#cancelTimer = clock.after(afterMs, () => this.#make());
  }

  async #register(making: symbol): Promise<void> {
    const { opaque, clock, log } = this.#options;
    const code = this.#newCode();
    try {
      const record = await opaque.register('code', code);
      if (making !== this.#making) return;
      const { tries, lifetimeMs } = ACCESS_CODE_LIMITS;
      this.#making = null;
      this.#current = { code, record, triesLeft: tries, expiresAtMs: clock.nowMs() + lifetimeMs };
      this.#cancelTimer = clock.after(lifetimeMs, () => {
        this.#guessedAway = 0;
        this.#make();
      });
      this.#options.onChange();
    } catch (error) {
      if (making !== this.#making) return;
      log.error('cannot make an access code', { reason: TarnetError.from(error).reason });
      this.#cancelTimer = clock.after(ACCESS_CODE_LIMITS.retryMs, () => this.#make());
    }
  }

  #newCode(): string {
    const { hostId, randomCode = randomNineDigits } = this.#options;
    for (;;) {
      const code = randomCode();
      if (code !== hostId) return code;
    }
  }
}

/** 000000000 to 999999999: randomInt is free of modulo bias. */
function randomNineDigits(): string {
  return randomInt(1_000_000_000).toString().padStart(9, '0');
}
