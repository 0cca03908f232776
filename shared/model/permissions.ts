// Owns what a viewer may do. The host enforces it; the viewer only shows it.
import * as v from 'valibot';

/** Everything that can be granted, in the order of the bits on the wire. */
export const PERMISSIONS = [
  'view',
  'control',
  'clipboard-to-host',
  'clipboard-from-host',
  'files-in',
  'files-out',
  'audio',
  'recording',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
export type Permissions = ReadonlySet<Permission>;

export const VIEW_ONLY: Permissions = new Set<Permission>(['view']);
export const VIEW_AND_CONTROL: Permissions = new Set<Permission>(['view', 'control']);

/** The set as bits, bit 0 being `view`. */
export function permissionsToBits(permissions: Permissions): number {
  return PERMISSIONS.reduce((bits, name, index) => (permissions.has(name) ? bits | (1 << index) : bits), 0);
}

/** The bits as a set; bits that this version does not know are ignored. */
export function permissionsFromBits(bits: number): Permissions {
  return new Set(PERMISSIONS.filter((_, index) => (bits & (1 << index)) !== 0));
}

export const permissionsSchema = v.pipe(
  v.array(v.picklist(PERMISSIONS)),
  v.maxLength(PERMISSIONS.length),
  v.transform((names): Permissions => new Set(names)),
);

/** How the host's user answered a request. */
export const CONSENT_DECISIONS = ['control', 'view', 'deny'] as const;
export type ConsentDecision = (typeof CONSENT_DECISIONS)[number];
