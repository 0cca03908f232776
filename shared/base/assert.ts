// Owns the assertion of our own invariants.
import { TarnetError } from './errors.ts';

/** Throws `internal` when an invariant of our own code is broken. Never for input: input is parsed. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TarnetError('internal', `assertion failed: ${message}`);
}
