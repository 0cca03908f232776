// Owns the file of saved and recent hosts: its shape and bounds.
import * as v from 'valibot';
import { formatHostPlace, parseHostPlace } from './host-place.ts';

export const HOST_LIST_LIMITS = {
  maxSaved: 200,
  maxRecent: 20,
  maxNameLength: 128,
} as const;

const known = v.strictObject({
  address: v.pipe(
    v.string(),
    v.maxLength(280),
    v.check((address) => isCanonical(address), 'expected HOST[:PORT] or an ID'),
  ),
  name: v.pipe(v.string(), v.maxLength(HOST_LIST_LIMITS.maxNameLength)),
  system: v.pipe(v.string(), v.maxLength(64)),
  saved: v.boolean(),
  usedAtMs: v.nullable(v.pipe(v.number(), v.finite())),
});
export type KnownHost = v.InferOutput<typeof known>;

/** The file's contents. */
export const hostListSchema = v.strictObject({
  version: v.literal(1),
  hosts: v.pipe(v.array(known), v.maxLength(HOST_LIST_LIMITS.maxSaved + HOST_LIST_LIMITS.maxRecent)),
});
export type HostListFile = v.InferOutput<typeof hostListSchema>;

function isCanonical(address: string): boolean {
  try {
    return formatHostPlace(parseHostPlace(address)) === address;
  } catch {
    return false;
  }
}
