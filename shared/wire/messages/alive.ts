// Owns the host's sign of life while the screen is still: tells `nothing changed` from `nothing arrives`.
import * as v from 'valibot';
import { count, packedMessage } from '../packed.ts';

export const aliveMessage = packedMessage(
  'alive',
  64,
  v.strictObject({
    op: v.literal('alive'),
    /** Number of the newest update that is not discardable; null before the first. A viewer that stays below it lost some. */
    newestSeq: v.nullable(count(0xffffffff)),
  }),
);
export type Alive = v.InferOutput<typeof aliveMessage.schema>;
