// Owns what the hidden capture page and the main process tell each other. The page is ours but it is a page: what it
// says is parsed. Channels: `capture.command` to the page, `capture.report` from it.
import * as v from 'valibot';
import { PICTURE_BUDGET_LIMITS, PICTURE_MODES, type PictureBudget } from '../model/picture-budget.ts';
import { MEDIA_CODECS, type MediaFrame, VIDEO_CODECS, VIDEO_LIMITS, type VideoCodec } from '../model/video.ts';

export const CAPTURE_COMMAND_CHANNEL = 'capture.command';
export const CAPTURE_REPORT_CHANNEL = 'capture.report';

export const CAPTURE_LIMITS = {
  maxFramesPerSecond: 120,
  maxDetailLength: 500,
  maxSourceIdLength: 128,
  /** Frames that the page may send before it hears from us again. */
  maxCredits: 2,
  /** Rectangles in one of the page's blocks of tiles. */
  maxRects: 256,
  /** Of a whole JPEG: in base64 it still fits into one message of protocol v1. */
  maxJpegBytes: 2_900 * 1024,
} as const;

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const run = count(Number.MAX_SAFE_INTEGER);

/** A part of the picture in pixels. */
export const pictureAreaSchema = v.strictObject({
  xPx: count(VIDEO_LIMITS.maxWidthPx),
  yPx: count(VIDEO_LIMITS.maxHeightPx),
  widthPx: v.pipe(count(VIDEO_LIMITS.maxWidthPx), v.minValue(1)),
  heightPx: v.pipe(count(VIDEO_LIMITS.maxHeightPx), v.minValue(1)),
});

const stageMs = v.pipe(v.number(), v.finite(), v.minValue(0));

const bytes = (max: number) =>
  v.pipe(
    v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes'),
    v.check((value) => value.byteLength <= max, `more than ${max} bytes`),
  );

/** A picture update as a process or a page of ours hands it over. */
export const mediaFrameSchema: v.GenericSchema<unknown, MediaFrame> = v.pipe(
  v.strictObject({
    codec: v.picklist(MEDIA_CODECS),
    key: v.boolean(),
    discardable: v.boolean(),
    configuration: v.nullable(
      v.strictObject({
        codecString: v.pipe(v.string(), v.minLength(1), v.maxLength(VIDEO_LIMITS.maxCodecStringLength)),
      }),
    ),
    placement: v.exactOptional(pictureAreaSchema),
    captureTimeUs: time,
    durationUs: time,
    widthPx: v.pipe(count(VIDEO_LIMITS.maxWidthPx), v.minValue(1)),
    heightPx: v.pipe(count(VIDEO_LIMITS.maxHeightPx), v.minValue(1)),
    layer: count(VIDEO_LIMITS.maxLayer),
    exact: v.boolean(),
    stages: v.exactOptional(
      v.strictObject({ captureMs: stageMs, compareMs: stageMs, encodeMs: stageMs, queueMs: stageMs }),
    ),
    discardableBefore: v.exactOptional(count(VIDEO_LIMITS.maxDiscardableBefore)),
    data: bytes(VIDEO_LIMITS.maxFrameBytes),
  }),
  v.check((frame) => !frame.key || frame.configuration !== null, 'a key frame has its configuration'),
);

/** The pointer as a process or a page of ours hands it over. */
export const cursorUpdateSchema = v.strictObject({
  xPx: v.pipe(v.number(), v.integer()),
  yPx: v.pipe(v.number(), v.integer()),
  visible: v.boolean(),
  shape: v.nullable(
    v.strictObject({
      widthPx: count(VIDEO_LIMITS.maxCursorSidePx),
      heightPx: count(VIDEO_LIMITS.maxCursorSidePx),
      hotXPx: count(0xffff),
      hotYPx: count(0xffff),
      rgba: bytes(VIDEO_LIMITS.maxCursorSidePx ** 2 * 4),
    }),
  ),
});

/** What the pictures may take, as a process of ours hears it. */
export const pictureBudgetSchema: v.GenericSchema<unknown, PictureBudget> = v.strictObject({
  bitsPerSecond: v.pipe(v.number(), v.minValue(1)),
  framesPerSecond: v.pipe(v.number(), v.minValue(PICTURE_BUDGET_LIMITS.minFramesPerSecond)),
  mode: v.picklist(PICTURE_MODES),
  greyscale: v.boolean(),
  layered: v.exactOptional(v.boolean()),
});

/** What is known of an encoder on this machine. */
export const encoderTimingSchema = v.strictObject({
  codec: v.picklist(VIDEO_CODECS),
  hardware: v.boolean(),
  /** Twice the logarithm (base 2) of the picture's pixels, rounded. */
  sizeClass: count(64),
  keyMs: time,
  deltaMs: time,
  keyBytes: time,
  /** It does not work here, whatever the system says. */
  failed: v.boolean(),
});
export type EncoderTiming = v.InferOutput<typeof encoderTimingSchema>;

/** What main tells the page. Main is trusted, so this is typed and not parsed. `run` tells one start from the next. */
export type CaptureCommand =
  | {
      kind: 'start';
      run: number;
      sourceId: string;
      /** The part to encode as video; null for all of a source: small changes as tiles, video where it moves. */
      area: { xPx: number; yPx: number; widthPx: number; heightPx: number } | null;
      /** True when the area is the whole picture. */
      whole: boolean;
      /** Whole JPEG pictures, one at a time, in place of picture updates: all that protocol v1 knows. */
      jpeg: boolean;
      framesPerSecond: number;
      /** Unix epoch minus the clock that video frames are stamped with (the system's monotonic one), microseconds. */
      epochOffsetUs: number;
      /** What every viewer decodes, best first. */
      codecs: VideoCodec[];
      /** What earlier captures have found out about the encoders. */
      encoders: readonly EncoderTiming[];
    }
  /** One more frame may be encoded. */
  | { kind: 'credit'; run: number }
  | { kind: 'key'; run: number }
  /** A viewer's input was injected: look at once, and often for a while. */
  | { kind: 'acted'; run: number }
  /** Where the pointer is now, in pixels of the source: what only it has changed is not sent. */
  | { kind: 'pointer'; run: number; xPx: number; yPx: number }
  /** What the pictures may take from now on. */
  | { kind: 'budget'; run: number; budget: PictureBudget }
  | { kind: 'stop'; run: number };

const detail = v.pipe(v.string(), v.maxLength(CAPTURE_LIMITS.maxDetailLength));

export const captureReportSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('loaded') }),
  /** The first frame has been captured, or one of another size; the source's size. */
  v.strictObject({
    kind: v.literal('running'),
    run,
    widthPx: count(VIDEO_LIMITS.maxWidthPx),
    heightPx: count(VIDEO_LIMITS.maxHeightPx),
    /** With the odd column and row that the picture leaves out. */
    fullWidthPx: count(VIDEO_LIMITS.maxWidthPx),
    fullHeightPx: count(VIDEO_LIMITS.maxHeightPx),
  }),
  v.strictObject({ kind: v.literal('frame'), run, frame: mediaFrameSchema }),
  v.strictObject({ kind: v.literal('jpeg'), run, data: bytes(CAPTURE_LIMITS.maxJpegBytes) }),
  /** Which encoder is used from now on, and what led to it. */
  v.strictObject({ kind: v.literal('encoder'), run, codec: v.picklist(MEDIA_CODECS), detail }),
  /** What was found out about an encoder. */
  v.strictObject({ kind: v.literal('timing'), run, timing: encoderTimingSchema }),
  /** Nothing at all has changed for a while, or something has again. */
  v.strictObject({ kind: v.literal('still'), run, still: v.boolean() }),
  /** Nothing of this run follows. */
  v.strictObject({ kind: v.literal('ended'), run }),
  v.strictObject({
    kind: v.literal('failed'),
    run,
    reason: v.picklist(['capture-failed', 'encoder-failed']),
    detail,
  }),
]);
export type CaptureReport = v.InferOutput<typeof captureReportSchema>;

/** What the page's preload exposes as `window.tarnetCapture`. */
export interface CaptureBridge {
  report(report: CaptureReport): void;
  onCommand(listener: (command: CaptureCommand) => void): void;
}
