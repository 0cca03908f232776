// Owns what is typed as a second factor: the six digits of an authenticator app, or a recovery code.

export const SECOND_FACTOR_BOUNDS = {
  digits: 6,
  /** Characters of a recovery code, without what stands between its groups. */
  recoveryLength: 16,
  recoveryGroup: 4,
  recoveryCodes: 10,
  /** Characters that somebody may type, spaces and hyphens included. */
  maxTypedLength: 64,
  /** From the host's question to the answer of the viewer's user, who may have to find a telephone. */
  answerTimeoutMs: 120_000,
} as const;

const DIGITS = new RegExp(`^\\d{${SECOND_FACTOR_BOUNDS.digits}}$`);
const RECOVERY = new RegExp(`^[A-Z2-7]{${SECOND_FACTOR_BOUNDS.recoveryLength}}$`);

/** Without what people type between groups, and in capitals. */
export function bareFactor(typed: string): string {
  return typed.replace(/[\s\-\u2010-\u2015]/g, '').toUpperCase();
}

/** Which of the two has been typed; null while it is neither. */
export function factorKind(typed: string): 'authenticator' | 'recovery' | null {
  const bare = bareFactor(typed);
  if (DIGITS.test(bare)) return 'authenticator';
  return RECOVERY.test(bare) ? 'recovery' : null;
}
