// Owns how an access code is typed: digits only, in three groups, whatever was pasted around them. Pure.

export const CODE_DIGITS = 9;

/** What the field shows after this was typed or pasted: "1234 56" becomes "123 456". */
export function groupCode(text: string): string {
  const digits = text.replace(/\D/g, '').slice(0, CODE_DIGITS);
  return digits.replace(/(\d{3})(?=\d)/g, '$1 ');
}

/** The digits alone. */
export function codeDigits(text: string): string {
  return text.replace(/\D/g, '');
}

export function isWholeCode(text: string): boolean {
  return codeDigits(text).length === CODE_DIGITS;
}

/**
 * Where the caret belongs after grouping: behind as many digits as were in front of it.
 * @param typed the text before grouping
 * @param caret its caret
 */
export function caretAfterGrouping(typed: string, caret: number): number {
  const digitsBefore = Math.min(CODE_DIGITS, codeDigits(typed.slice(0, caret)).length);
  const grouped = groupCode(typed);
  let seen = 0;
  for (let at = 0; at < grouped.length; at++) {
    if (seen === digitsBefore) return at;
    if (grouped[at] !== ' ') seen += 1;
  }
  return grouped.length;
}
