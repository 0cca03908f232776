// Owns the host's word that a viewer may now do more, or less.
import * as v from 'valibot';
import { count, packedMessage } from '../packed.ts';

export const permissionsUpdateMessage = packedMessage(
  'permissions',
  64,
  v.strictObject({
    /** permissionsToBits of shared/model/permissions.ts. */
    permissionBits: count(0xffffffff),
  }),
);
