// Owns what another try needs after an error. Pure.
import type { ErrorReason } from '../../shared/base/errors.ts';

/** `new-code`: the old one was wrong or is used up. `none`: another try would end the same way. */
export type NextTry = 'same-code' | 'new-code' | 'none';

const NEEDS_CODE: ReadonlySet<ErrorReason> = new Set([
  'wrong-code',
  'code-locked',
  'denied',
  'consent-timeout',
  'ended-by-host',
  'ended-by-viewer',
  'share-stopped',
]);
const NO_WAY_ON: ReadonlySet<ErrorReason> = new Set(['identity-changed', 'version-too-old', 'not-supported']);

export function nextTry(reason: ErrorReason): NextTry {
  if (NEEDS_CODE.has(reason)) return 'new-code';
  return NO_WAY_ON.has(reason) ? 'none' : 'same-code';
}
