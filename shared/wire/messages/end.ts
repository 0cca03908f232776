// Owns the last word of a session, from either side.
import * as v from 'valibot';
import { ERROR_REASONS } from '../../base/errors.ts';
import { packedMessage } from '../packed.ts';

export const endMessage = packedMessage(
  'end',
  128,
  v.strictObject({ op: v.literal('end'), reason: v.picklist(ERROR_REASONS) }),
);
