// Owns why a handshake fails, and the byte that each reason has in a refusal.
import type { ErrorDetail, ErrorReason } from '../base/errors.ts';
import { TarnetError } from '../base/errors.ts';

/** What a host tells a viewer, by the byte of the refusal. Numbers are never used again for something else. */
const REFUSAL_REASONS = {
  /** The code has no tries left: `retryAfterS` says how long. */
  1: 'code-locked',
  /** Too many handshakes in flight, or the code is being made. */
  2: 'rate-limited',
  3: 'version-too-old',
  4: 'identity-changed',
  5: 'denied',
  6: 'consent-timeout',
  /** The ticket is unknown, used or too old: start over with the code. */
  7: 'not-found',
  8: 'wrong-code',
  9: 'malformed',
  10: 'tampered',
  11: 'not-supported',
  12: 'limit-reached',
  13: 'share-stopped',
  14: 'timeout',
  15: 'internal',
  16: 'wrong-password',
  /** The password is in its waiting time. */
  17: 'password-locked',
  /** Nobody may guess at it until its owner says so at the host. */
  18: 'password-stopped',
  /** The host does not know this viewer's key, or not any more. */
  19: 'not-paired',
  /** Nobody was asked: the host's user wants to be left alone. */
  24: 'do-not-disturb',
  /** The viewer's address is in none of the networks that the host lets in. */
  25: 'network-refused',
  /** The password was right; the code of the authenticator app, or the recovery code, was not. */
  26: 'wrong-second-factor',
} as const satisfies Record<number, ErrorReason>;

export type RefusalReason = (typeof REFUSAL_REASONS)[keyof typeof REFUSAL_REASONS];

const BYTE_OF_REASON: ReadonlyMap<ErrorReason, number> = new Map(
  Object.entries(REFUSAL_REASONS).map(([byte, reason]) => [reason, Number(byte)]),
);
const REASON_OF_BYTE: ReadonlyMap<number, RefusalReason> = new Map(
  Object.entries(REFUSAL_REASONS).map(([byte, reason]) => [Number(byte), reason]),
);

export interface HandshakeErrorDetail extends ErrorDetail {
  /** How long to wait before another try is worth it; 0 = no wait. */
  retryAfterS?: number;
  /** Tries that the code has left, as the host claims; null when it does not apply. A hint: nobody has proved it. */
  triesLeft?: number | null;
}

/** A handshake that failed, with what the user can do about it. */
export class HandshakeError extends TarnetError {
  readonly retryAfterS: number;
  readonly triesLeft: number | null;

  constructor(reason: ErrorReason, message: string, detail: HandshakeErrorDetail = {}) {
    super(reason, message, detail);
    this.name = 'HandshakeError';
    this.retryAfterS = detail.retryAfterS ?? 0;
    this.triesLeft = detail.triesLeft ?? null;
  }
}

/** The byte of a reason; reasons that mean nothing to the other side become `internal`. */
export function refusalByte(reason: ErrorReason): number {
  return BYTE_OF_REASON.get(reason) ?? 15;
}

/** The reason of a byte; undefined when this version does not know it. */
export function refusalReason(byte: number): RefusalReason | undefined {
  return REASON_OF_BYTE.get(byte);
}
