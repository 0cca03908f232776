// Owns how an error is shown to a window: what our own errors say, and nothing of what others say.
import { TarnetError } from '../base/errors.ts';
import type { ErrorView } from './kit.ts';

/** The view of whatever was thrown. Unexpected errors become `internal` without their text, which may hold secrets. */
export function errorView(error: unknown): ErrorView {
  if (!(error instanceof TarnetError) || error.reason === 'internal')
    return { reason: 'internal', message: 'unexpected error, see the log', field: null, limit: null };
  return {
    reason: error.reason,
    message: error.message,
    field: error.field ?? null,
    limit: error.limit ?? null,
  };
}
