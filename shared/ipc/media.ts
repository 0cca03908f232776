// Owns what a session window and the main process tell each other about pictures, many times a second.
import * as v from 'valibot';
import { inputBatchSchema } from '../model/input-event.ts';
import type { PlainPictureHeader } from '../model/plain-picture.ts';
import type { CursorShape, MediaFrame } from '../model/video.ts';
import { MEDIA_CODECS } from '../model/video.ts';

/** One picture update for the painter. */
export interface MediaDelivery {
  frame: MediaFrame;
  seq: number;
  /** This machine's clock, milliseconds since the epoch, when the last byte had arrived and been opened. */
  receivedAtMs: number;
  /** Bytes on the wire. */
  sizeBytes: number;
}

/** A whole picture of a host without encryption; never mixed with the updates of an encrypted session. */
export interface PlainPictureDelivery {
  header: PlainPictureHeader;
  data: Uint8Array;
  seq: number;
  /** This machine's clock, milliseconds since the epoch. */
  receivedAtMs: number;
}

export interface CursorDelivery {
  xPx: number;
  yPx: number;
  visible: boolean;
  /** Null while the shape has not changed. */
  shape: CursorShape | null;
}

/** The host's injector has carried out what the user did: its effect is in what is captured from then on. */
export interface InputInjected {
  /** When the page sent it; this machine's clock, milliseconds since the epoch. */
  inputAtMs: number;
  /** When carrying it out began; the host's clock. */
  injectedAtMs: number;
}

/** Input on its way out. */
export const inputDeliverySchema = v.strictObject({
  events: inputBatchSchema,
  /** This machine's clock, milliseconds since the epoch. */
  atMs: v.pipe(v.number(), v.finite()),
});

/** What main knows of the link, about once a second. */
export interface LinkStatistics {
  roundTripMs: number | null;
  /** Add to this machine's clock to get the host's. */
  clockOffsetMs: number | null;
  receivedBitsPerSecond: number;
  receivedBytes: number;
  sentBytes: number;
  /** Picture updates that never came, by the gaps in their numbers. */
  lostFrames: number;
  /** Since the last picture update or sign of life of the picture, milliseconds; what makes a picture stale. */
  silentMs: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What the painter did, a few times a second. */
export const paintReportSchema = v.strictObject({
  /** Number of the newest update that is on the screen. */
  seq: count,
  paintedFrames: count,
  droppedFrames: count,
  /** Capture to paint of the last frame, milliseconds, when the clocks are known to each other. */
  ageMs: v.nullable(v.number()),
  decodeMs: v.number(),
  paintMs: v.number(),
  queuedFrames: count,
});
export type PaintReport = v.InferOutput<typeof paintReportSchema>;

/** The painter cannot go on: it needs a key frame, or another codec. */
export const pictureTroubleSchema = v.strictObject({
  kind: v.picklist(['need-key-frame', 'codec-failed']),
  codec: v.picklist(MEDIA_CODECS),
  detail: v.pipe(v.string(), v.maxLength(500)),
});
export type PictureTrouble = v.InferOutput<typeof pictureTroubleSchema>;
