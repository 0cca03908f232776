// Owns what a viewer's painter reports of itself, so that a host can fit its rate to what is really seen.
import * as v from 'valibot';
import { count, packedMessage } from '../packed.ts';

export const paintFeedbackMessage = packedMessage(
  'paint-feedback',
  128,
  v.strictObject({
    op: v.literal('paint-feedback'),
    /** Number of the newest update on the viewer's screen. */
    paintedSeq: count(0xffffffff),
    queuedFrames: count(0xffff),
    /** Capture to paint, milliseconds; null while the clocks do not know each other. */
    ageMs: v.nullable(v.pipe(v.number(), v.finite())),
  }),
);
