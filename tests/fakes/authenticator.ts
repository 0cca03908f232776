// Owns an authenticator app: it reads the secret from the QR code's text and shows codes for a time that a test sets.
import { systemClock } from '../../electron/app/system-clock.ts';
import { TOTP_PARAMETERS, totpCode } from '../../electron/pairing/totp.ts';
import type { Clock } from '../../shared/base/clock.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The bytes of the secret in an otpauth:// text. */
export function secretIn(uri: string): Uint8Array {
  const text = new URL(uri).searchParams.get('secret') ?? '';
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** What the app shows at a moment. @param nowMs milliseconds since the Unix epoch */
export function shownAt(uri: string, nowMs: number): string {
  return totpCode(secretIn(uri), Math.floor(nowMs / TOTP_PARAMETERS.stepMs));
}

/** A wall clock for the codes alone: a test goes on to the next code without waiting for it. */
export function steppingClock(): Clock & { nextCode(): void } {
  let aheadMs = 0;
  return {
    nowMs: () => systemClock.nowMs() + aheadMs,
    monotonicMs: () => systemClock.monotonicMs(),
    after: (delayMs, callback) => systemClock.after(delayMs, callback),
    nextCode: () => {
      aheadMs += TOTP_PARAMETERS.stepMs;
    },
  };
}
