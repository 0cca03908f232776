// Owns the host's list of what it can show, and which of it it shows.
import * as v from 'valibot';
import { displayText, packedMessage } from '../packed.ts';

export const DISPLAY_LIMITS = { maxSources: 64, maxIdLength: 128 } as const;

export const sourceId = v.pipe(v.string(), v.minLength(1), v.maxLength(DISPLAY_LIMITS.maxIdLength));

/** A source as a viewer knows it: where it lies on the host's desktop is none of the viewer's business. */
export const sourcesSchema = v.pipe(
  v.array(v.strictObject({ id: sourceId, name: displayText(128) })),
  v.maxLength(DISPLAY_LIMITS.maxSources),
);
export type SharedSource = v.InferOutput<typeof sourcesSchema>[number];

export const displayListMessage = packedMessage(
  'display-list',
  48 * 1024,
  v.strictObject({
    op: v.literal('display-list'),
    sources: sourcesSchema,
    /** Null while nothing is shown. */
    selectedId: v.nullable(sourceId),
  }),
);
export type DisplayList = v.InferOutput<typeof displayListMessage.schema>;
