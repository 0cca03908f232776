// Owns the 9-digit public ID of a host and the 9-digit secret access code: same look, never the same number.
import { TarnetError } from '../base/errors.ts';

const NINE_DIGITS = /^\d{9}$/;

/** "123456789" as people read it: "123 456 789". */
export function formatNineDigits(digits: string): string {
  return digits.replace(/^(\d{3})(\d{3})(\d{3})$/, '$1 $2 $3');
}

/** Nine digits, as typed: spaces, dots and dashes between them are ignored. Throws `malformed` naming the field. */
export function parseNineDigits(field: string, text: unknown): string {
  const digits = typeof text === 'string' && text.length <= 32 ? text.replace(/[\s.\-\u2013]/g, '') : '';
  if (!NINE_DIGITS.test(digits)) throw TarnetError.malformed(field, 'expected nine digits', '9 digits');
  return digits;
}
