// Owns the hand-over of a picture key: one key for all viewers of an epoch.
import * as v from 'valibot';
import { count, exactBytes, packedMessage } from '../packed.ts';

const GROUP_KEY_BYTES = 32;

export const groupKeyMessage = packedMessage(
  'group-key',
  128,
  v.strictObject({
    op: v.literal('group-key'),
    epoch: count(0xffff),
    key: exactBytes(GROUP_KEY_BYTES),
    /** True when every picture record of the epoch carries the host's signature: more than one viewer has the key. */
    signed: v.boolean(),
    /** How many picture updates came before the epoch: record n of the epoch is update firstFrame + n. */
    firstFrame: count(0xffffffff),
  }),
);
export type GroupKey = v.InferOutput<typeof groupKeyMessage.schema>;
