// Owns what the main process and its worker for exact pixels tell each other.
import * as v from 'valibot';
import { ERROR_REASONS } from '../../../shared/base/errors.ts';
import {
  CAPTURE_LIMITS,
  mediaFrameSchema,
  pictureAreaSchema,
  pictureBudgetSchema,
} from '../../../shared/ipc/capture.ts';
import { VIDEO_LIMITS } from '../../../shared/model/video.ts';

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(VIDEO_LIMITS.maxWidthPx));
/** Counts what moved: what was made for an earlier one is old. */
const generation = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Main to worker. */
export const exactCommandSchema = v.variant('kind', [
  /** A new picture of this size, of which viewers have nothing exactly. */
  v.strictObject({ kind: v.literal('start'), widthPx: side, heightPx: side }),
  /** Viewers now have something else here, and not exactly. */
  v.strictObject({ kind: v.literal('covered'), rects: v.pipe(v.array(pictureAreaSchema), v.maxLength(1024)) }),
  /** The screen as it is: blue, green, red and one more byte to a pixel, row by row. */
  v.strictObject({
    kind: v.literal('snapshot'),
    generation,
    pixels: v.instance(Uint8Array),
    widthPx: side,
    heightPx: side,
    captureTimeUs: v.pipe(v.number(), v.minValue(0)),
    captureMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
    pointer: v.strictObject({ xPx: v.number(), yPx: v.number() }),
  }),
  v.strictObject({ kind: v.literal('credit') }),
  /** Something moves: what has not been sent yet waits for the next snapshot. */
  v.strictObject({ kind: v.literal('cut') }),
  v.strictObject({ kind: v.literal('budget'), budget: pictureBudgetSchema }),
]);
export type ExactCommand = v.InferOutput<typeof exactCommandSchema>;

/** Worker to main. */
export const exactReportSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('frame'), generation, frame: mediaFrameSchema }),
  /** All of a snapshot has been sent (`complete`), or was cut short; `changed` says whether anything differed. */
  v.strictObject({ kind: v.literal('settled'), generation, complete: v.boolean(), changed: v.boolean() }),
  v.strictObject({
    kind: v.literal('failed'),
    reason: v.picklist(ERROR_REASONS),
    message: v.pipe(v.string(), v.maxLength(CAPTURE_LIMITS.maxDetailLength)),
  }),
]);
export type ExactReport = v.InferOutput<typeof exactReportSchema>;
