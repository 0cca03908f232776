// Owns time-based one-time passwords (RFC 6238) and the recovery codes that stand in for them.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { bareFactor, SECOND_FACTOR_BOUNDS } from '../../shared/model/second-factor.ts';

export const TOTP_PARAMETERS = {
  stepMs: 30_000,
  /** 160 bits, as RFC 4226 recommends. */
  secretBytes: 20,
  /** Steps by which the other clock may be off, either way. */
  driftSteps: 1,
  /** 80 bits: nothing to guess, offline either. */
  recoveryBytes: 10,
} as const;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 without padding (RFC 4648), as authenticator apps want it. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** The code of a step, counted from the Unix epoch: HOTP with HMAC-SHA-1 (RFC 4226). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** SECOND_FACTOR_BOUNDS.digits).padStart(SECOND_FACTOR_BOUNDS.digits, '0');
}

/**
 * The step that a code is of; null when it is of none that counts now. A step that was used, or is older than one, is no
 * more: `afterStep` is the newest used one, -1 for none.
 */
export function matchTotp(secret: Uint8Array, code: string, nowMs: number, afterStep: number): number | null {
  const now = Math.floor(nowMs / TOTP_PARAMETERS.stepMs);
  let matched: number | null = null;
  for (let step = now - TOTP_PARAMETERS.driftSteps; step <= now + TOTP_PARAMETERS.driftSteps; step += 1)
    if (step > afterStep && step >= 0 && sameText(totpCode(secret, step), code)) matched = step;
  return matched;
}

/** otpauth:// as authenticator apps read it from a QR code. */
export function otpauthUri(secret: Uint8Array, account: string): string {
  const { stepMs } = TOTP_PARAMETERS;
  const parameters = new URLSearchParams({
    secret: base32(secret),
    issuer: 'TARNet',
    algorithm: 'SHA1',
    digits: String(SECOND_FACTOR_BOUNDS.digits),
    period: String(stepMs / 1000),
  });
  return `otpauth://totp/TARNet:${encodeURIComponent(account)}?${parameters}`;
}

/** Ten codes such as ABCD-EFGH-IJKL-MNOP, to be written down; only their hashes are kept. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: SECOND_FACTOR_BOUNDS.recoveryCodes }, () => {
    const text = base32(randomBytes(TOTP_PARAMETERS.recoveryBytes));
    return grouped(text);
  });
}

/** SHA-256 of a recovery code however it is typed, as hexadecimal. */
export function recoveryHash(code: string): string {
  return createHash('sha256').update('tarnet recovery ').update(bareFactor(code)).digest('hex');
}

/** A secret in groups of four, as people type it. */
export function grouped(base32Text: string): string {
  return (base32Text.match(/.{1,4}/g) ?? []).join('-');
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
