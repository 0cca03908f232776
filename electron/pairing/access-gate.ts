// Owns what a host handshake needs of whatever guards a secret: the one-time code, or the permanent password.
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import { SECOND_FACTOR_BOUNDS } from '../../shared/model/second-factor.ts';
import type { OpaqueRecord } from './opaque-port.ts';

export const ACCESS_GATE_LIMITS = {
  /** Handshakes that may be between HS1 and HS3 at one time. */
  attemptsInFlight: 2,
  /** An attempt that has not proved itself by then has failed. */
  attemptTimeoutMs: 15_000,
  /** Handshakes whose secret was right and that a second factor is awaited of. */
  attemptsHeld: 4,
  /** Somewhat longer than the host waits for the answer. */
  heldTimeoutMs: SECOND_FACTOR_BOUNDS.answerTimeoutMs + 10_000,
} as const;

/** One guess. It counts from the moment it begins. */
export interface AccessAttempt {
  readonly record: OpaqueRecord;
  /** Tries left once this one has failed; null when the secret is not replaced after a number of tries. */
  readonly triesLeft: number | null;
  /** Resolves when the count is where a restart of the app does not lose it; rejects when it cannot be put there. */
  readonly counted: Promise<void>;
  /**
   * The guess was right: gives the try back. Throws `code-locked` when the secret has been replaced or has run out since,
   * or the attempt timed out.
   */
  succeed(): void;
  /** The guess was wrong, or was given up. Calling it after `succeed`, or twice, does nothing. */
  fail(): void;
  /**
   * The secret was right, but a second factor is awaited before `succeed`: the guess counts on, and has more time. Throws
   * `rate-limited` when too many wait so, `code-locked` like `succeed`.
   */
  hold(): void;
  /** Nothing more was guessed: of an attempt that is held the count is taken back. Any other has failed. */
  withdraw(): void;
}

/** What is asked for besides the permanent password. */
export interface SecondFactorGate {
  /** Whether anything is; true also when that cannot be known. */
  isAsked(): Promise<boolean>;
  /**
   * Resolves when a code is right, and is on disk as used. Throws `wrong-second-factor`; whatever else it throws is no yes
   * either.
   * @param code bare: six digits, or a recovery code
   */
  use(code: string): Promise<void>;
}

/** Where the password is enough. */
export const NO_SECOND_FACTOR: SecondFactorGate = {
  isAsked: () => Promise.resolve(false),
  use: () => Promise.reject(new HandshakeError('wrong-second-factor', 'there is none', { field: 'factor' })),
};

export interface AccessGate {
  /**
   * Counts a guess. Throws HandshakeError `code-locked` (no tries left), `password-locked` (the waiting time after
   * failures) or `rate-limited` (too many in flight, or the record is being made), each with `retryAfterS`;
   * `password-stopped`; `not-supported` where there is no such secret.
   */
  begin(): AccessAttempt;
}

/** One gate for each secret by which one gets in, and what the password needs besides. */
export interface AccessGates {
  code: AccessGate;
  password: AccessGate;
  secondFactor: SecondFactorGate;
}

/** What the host's window shows of the code. */
export interface AccessGateState {
  /** Nine digits; null while it is being made, and when the secret comes from a file. */
  code: string | null;
  expiresAtMs: number | null;
  triesLeft: number | null;
  /** True while the record is being made. */
  pending: boolean;
  /** Milliseconds since the epoch until which there is none, because codes were guessed at; null when nothing is waited for. */
  waitUntilMs: number | null;
}

/** A gate with its life cycle: what a host session owns while it shares. */
export interface SharedAccess extends AccessGate {
  readonly state: AccessGateState;
  /** Makes the record; until then every guess is refused. */
  start(): void;
  /** Forgets the secret's record and ends the guesses in flight. */
  stop(): void;
}

/** In place of the code where a secret file replaces it: nobody gets in by a code. */
export const NO_CODE: SharedAccess = {
  state: { code: null, expiresAtMs: null, triesLeft: null, pending: false, waitUntilMs: null },
  start: () => undefined,
  stop: () => undefined,
  begin: () => {
    throw new HandshakeError('not-supported', 'this host has no code', { field: 'mode' });
  },
};
