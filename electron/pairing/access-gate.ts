// Owns what a host handshake needs of whatever guards the secret: the one-time code, or the secret of a file.
import type { OpaqueRecord } from './opaque-port.ts';

export const ACCESS_GATE_LIMITS = {
  /** Handshakes that may be between HS1 and HS3 at one time. */
  attemptsInFlight: 2,
  /** An attempt that has not proved itself by then has failed. */
  attemptTimeoutMs: 15_000,
} as const;

/** One guess. It counts from the moment it begins. */
export interface AccessAttempt {
  readonly record: OpaqueRecord;
  /** Tries left once this one has failed; null when the secret is not replaced after a number of tries. */
  readonly triesLeft: number | null;
  /**
   * The guess was right: gives the try back. Throws `code-locked` when the secret has been replaced or has run out since,
   * or the attempt timed out.
   */
  succeed(): void;
  /** The guess was wrong, or was given up. Calling it after `succeed`, or twice, does nothing. */
  fail(): void;
}

export interface AccessGate {
  /**
   * Counts a guess. Throws HandshakeError `code-locked` (no tries left, or the waiting time after failures) or
   * `rate-limited` (too many in flight, or the record is being made), each with `retryAfterS`.
   */
  begin(): AccessAttempt;
}

/** What the host's window shows of the secret. */
export interface AccessGateState {
  /** Nine digits; null while it is being made, and when the secret comes from a file. */
  code: string | null;
  expiresAtMs: number | null;
  triesLeft: number | null;
  /** True while the record is being made. */
  pending: boolean;
}

/** A gate with its life cycle: what a host session owns while it shares. */
export interface SharedAccess extends AccessGate {
  readonly state: AccessGateState;
  /** Makes the record; until then every guess is refused. */
  start(): void;
  /** Forgets the secret's record and ends the guesses in flight. */
  stop(): void;
}
