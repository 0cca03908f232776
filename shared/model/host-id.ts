// Owns how nine digits are shown: the public ID of a host and the secret access code look alike, and are never the same.

/** "123456789" as people read it: "123 456 789". */
export function formatNineDigits(digits: string): string {
  return digits.replace(/^(\d{3})(\d{3})(\d{3})$/, '$1 $2 $3');
}
