// Owns what another try needs after an error. Pure.
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { ProofKind } from '../../shared/model/password.ts';

/**
 * `ask`: for a code or a password, because the old one was wrong or is used up. `factor`: for the second factor alone.
 * `none`: it would end the same way.
 */
export type NextTry = 'same' | 'ask' | 'factor' | 'none';

const WRONG: ReadonlySet<ErrorReason> = new Set([
  'wrong-code',
  'code-locked',
  'wrong-password',
  'password-locked',
  'password-stopped',
  'not-paired',
]);
/** A code dies with its first use; a password does not. */
const USES_UP_CODE: ReadonlySet<ErrorReason> = new Set([
  'denied',
  'consent-timeout',
  'ended-by-host',
  'ended-by-viewer',
  'share-stopped',
]);
const NO_WAY_ON: ReadonlySet<ErrorReason> = new Set([
  'identity-changed',
  'other-host',
  'version-too-old',
  'not-supported',
]);

/**
 * @param how what was proved, or tried to be; a session without encryption is agreed to anew each time, where it began
 */
export function nextTry(reason: ErrorReason, how: ProofKind | 'none'): NextTry {
  if (how === 'none') return 'none';
  if (reason === 'wrong-second-factor') return 'factor';
  if (WRONG.has(reason) || (how === 'code' && USES_UP_CODE.has(reason))) return 'ask';
  return NO_WAY_ON.has(reason) ? 'none' : 'same';
}
