// Owns a viewer's request for a key frame, when it cannot go on from what it has.
import * as v from 'valibot';
import { count, packedMessage } from '../packed.ts';

export const keyframeRequestMessage = packedMessage(
  'keyframe-request',
  64,
  v.strictObject({
    op: v.literal('keyframe-request'),
    /** Number of the last picture update that the viewer could use; null when there was none. */
    lastSeq: v.nullable(count(0xffffffff)),
  }),
);
