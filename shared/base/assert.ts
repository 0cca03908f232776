// Owns the two assertions: a broken invariant, and a case that the types rule out.
import { TarnetError } from './errors.ts';

/** Throws `internal` when an invariant of our own code is broken. Never for input: input is parsed. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TarnetError('internal', `assertion failed: ${message}`);
}

/** For the default branch of a switch over a union: compiles only while every case is handled. */
export function unreachable(value: never): never {
  throw new TarnetError('internal', `unreachable: ${JSON.stringify(value)}`);
}
