// Owns which words belong to an error: what happened, and what to do about it.
import type { TFunction } from 'i18next';
import type { ErrorReason } from '../../shared/base/errors.ts';

export interface ErrorText {
  title: string;
  help: string;
}

/** Both lines, for any reason. */
export function errorText(t: TFunction, reason: ErrorReason): ErrorText {
  return { title: t(`errors.${reason}.title`), help: t(`errors.${reason}.help`) };
}
