// Owns what a viewer says of itself, sealed inside HS3 of the handshake.
import * as v from 'valibot';
import type { VideoCodec } from '../../model/video.ts';
import { count, displayText, packedMessage } from '../packed.ts';

const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const satisfies readonly VideoCodec[];

export const helloMessage = packedMessage(
  'hello',
  1024,
  v.strictObject({
    protocolVersion: count(255),
    name: displayText(128),
    /** Operating system, as people know it. */
    system: displayText(64),
    /** What the viewer can decode, best first. */
    decoders: v.pipe(v.array(v.picklist(VIDEO_CODECS)), v.maxLength(VIDEO_CODECS.length)),
    /** The viewer asks to watch only. */
    viewOnly: v.boolean(),
  }),
);
export type Hello = v.InferOutput<typeof helloMessage.schema>;
