// Owns the bounds of a permanent password, and how a viewer may prove itself.

export const PASSWORD_BOUNDS = {
  /** Characters (UTF-16 units). Fifty guesses are all that anybody gets from outside. */
  minLength: 10,
  maxLength: 256,
} as const;

/** How a viewer got in: what the host's user reads, and what the log says. */
export const PROOF_KINDS = ['code', 'password', 'paired'] as const;
export type ProofKind = (typeof PROOF_KINDS)[number];
