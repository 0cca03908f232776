// Owns the host's word that it cannot show a picture, and why: a viewer never looks at silent black.
import * as v from 'valibot';
import { ERROR_REASONS } from '../../base/errors.ts';
import { packedMessage } from '../packed.ts';

export const pictureProblemMessage = packedMessage(
  'picture-problem',
  128,
  v.strictObject({
    op: v.literal('picture-problem'),
    /** Null when the picture works again. */
    reason: v.nullable(v.picklist(ERROR_REASONS)),
  }),
);
