// Owns what has been typed to get in, and what it comes to. Pure.
import type { AccessInput } from '../../shared/ipc/contract.ts';
import { codeDigits, isWholeCode } from '../ui/code-input.ts';

export interface AccessDraft {
  kind: 'code' | 'password';
  text: string;
}

/** What to send; null while it is not whole. Of a password every character counts, spaces too. */
export function accessInputOf({ kind, text }: AccessDraft): AccessInput | null {
  if (kind === 'password') return text === '' ? null : { kind, secret: text };
  return isWholeCode(text) ? { kind, secret: codeDigits(text) } : null;
}
