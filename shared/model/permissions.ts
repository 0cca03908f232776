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

/** What a viewer may be given besides seeing and controlling. Audio is reserved: nothing carries sound yet. */
export const EXTRA_PERMISSIONS = [
  'clipboard-to-host',
  'clipboard-from-host',
  'files-in',
  'files-out',
  'recording',
] as const satisfies readonly Permission[];
export type ExtraPermission = (typeof EXTRA_PERMISSIONS)[number];

/** `ask` puts it to the host's user with each request; where nobody is asked it means no. */
export const PERMISSION_DEFAULTS = ['allow', 'ask', 'deny'] as const;
export type PermissionDefault = (typeof PERMISSION_DEFAULTS)[number];
export type PermissionDefaults = Readonly<Record<ExtraPermission, PermissionDefault>>;

const permissionDefault = v.optional(v.picklist(PERMISSION_DEFAULTS), 'ask');
export const permissionDefaultsSchema = v.object({
  'clipboard-to-host': permissionDefault,
  'clipboard-from-host': permissionDefault,
  'files-in': permissionDefault,
  'files-out': permissionDefault,
  recording: permissionDefault,
});

/** What a viewer may do whom nobody is asked about: to look or to control, and whatever is always allowed. */
export function unattendedPermissions(level: 'control' | 'view', defaults: PermissionDefaults): Permissions {
  return permissionsWith(
    level,
    EXTRA_PERMISSIONS.filter((permission) => defaults[permission] === 'allow'),
  );
}

/** To look or to control, and these besides. */
export function permissionsWith(level: 'control' | 'view', extra: Iterable<ExtraPermission>): Permissions {
  return new Set<Permission>([...(level === 'control' ? VIEW_AND_CONTROL : VIEW_ONLY), ...extra]);
}

/** How the host's user answered a request. */
export const CONSENT_DECISIONS = ['control', 'view', 'deny'] as const;
export type ConsentDecision = (typeof CONSENT_DECISIONS)[number];
