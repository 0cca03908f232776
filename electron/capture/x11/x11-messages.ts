// Owns what the X11 capture process and the main process tell each other.
import * as v from 'valibot';
import { ERROR_REASONS } from '../../../shared/base/errors.ts';
import {
  cursorUpdateSchema,
  mediaFrameSchema,
  pictureAreaSchema,
  pictureBudgetSchema,
} from '../../../shared/ipc/capture.ts';

const text = v.pipe(v.string(), v.maxLength(500));

/** Main to process. */
export const x11CommandSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('start'),
    display: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
    /** In pixels of the whole screen. */
    area: pictureAreaSchema,
    videoAllowed: v.boolean(),
  }),
  v.strictObject({ kind: v.literal('credit') }),
  v.strictObject({ kind: v.literal('key') }),
  v.strictObject({ kind: v.literal('acted') }),
  v.strictObject({ kind: v.literal('budget'), budget: pictureBudgetSchema }),
  v.strictObject({ kind: v.literal('video-allowed'), allowed: v.boolean() }),
  v.strictObject({ kind: v.literal('video-running') }),
  v.strictObject({ kind: v.literal('video-ended') }),
  v.strictObject({ kind: v.literal('video-failed') }),
]);
export type X11Command = v.InferOutput<typeof x11CommandSchema>;

/** Process to main. */
export const x11ReportSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('started'), area: pictureAreaSchema }),
  v.strictObject({ kind: v.literal('frame'), frame: mediaFrameSchema }),
  v.strictObject({ kind: v.literal('cursor'), update: cursorUpdateSchema }),
  v.strictObject({ kind: v.literal('video'), area: v.nullable(pictureAreaSchema) }),
  v.strictObject({ kind: v.literal('geometry') }),
  v.strictObject({ kind: v.literal('failed'), reason: v.picklist(ERROR_REASONS), message: text }),
  v.strictObject({
    kind: v.literal('log'),
    level: v.picklist(['debug', 'info', 'warn', 'error']),
    message: text,
    fields: v.record(text, v.union([text, v.number(), v.boolean(), v.null(), v.undefined()])),
  }),
]);
export type X11Report = v.InferOutput<typeof x11ReportSchema>;
