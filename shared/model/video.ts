// Owns what one picture update is, on its way from the capture page to the painter.

/** How a picture update is coded. `tiles` is our own lossless coding of rectangles (see tiles.ts). */
export const MEDIA_CODECS = ['h264', 'vp8', 'vp9', 'av1', 'tiles'] as const;
export type MediaCodec = (typeof MEDIA_CODECS)[number];
export const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** Needed to configure a decoder; travels with every key frame so that each is self-contained. */
export interface CodecConfiguration {
  /** WebCodecs codec string, for example `av01.0.08M.08`; `tiles` for tiles. At most 40 ASCII characters. */
  codecString: string;
}

/** Where in the picture a video frame belongs, in pixels of the captured source; even numbers. */
export interface FramePlacement {
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
}

/**
 * How long a picture update took on the host, milliseconds. One after the other they lead from its capture time to the
 * moment at which it left for the network.
 */
export interface FrameStages {
  /** Reading the pixels from the screen. */
  captureMs: number;
  /** Finding out what has changed. */
  compareMs: number;
  encodeMs: number;
  /** Everything else: waiting for the link, and going from process to process. Known when the update is sent. */
  queueMs: number;
}

/** One picture update. Sizes in pixels of the captured source, times in microseconds. */
export interface MediaFrame {
  codec: MediaCodec;
  /** True when the picture needs nothing before it. */
  key: boolean;
  /** True when nothing after it needs it (an upper temporal layer). */
  discardable: boolean;
  /**
   * Present on every key frame, and on a video frame that a decoder can start with but that covers only its placement
   * (which is not `key`: the rest of the picture comes from elsewhere). A video frame that no decoder is configured for
   * is skipped: a configuration follows.
   */
  configuration: CodecConfiguration | null;
  /**
   * Video only: the part of the picture that moves, when it is not all of it. The decoded frame is drawn there, 1:1;
   * tiles go on around it. Absent: the frame is the whole picture. Constant from one configuration to the next.
   */
  placement?: FramePlacement;
  /** Host clock, microseconds since the Unix epoch, when the pixels were read from the screen. */
  captureTimeUs: number;
  durationUs: number;
  widthPx: number;
  heightPx: number;
  /** Temporal layer, 0 to 3. */
  layer: number;
  /** True when after this update the viewer's picture equals the host's screen in every pixel. */
  exact: boolean;
  /** Absent where nobody has measured, or nobody wants to know. */
  stages?: FrameStages;
  /**
   * How many discardable updates came directly before this one, as far as its sender counts: a gap that is no longer
   * than that took nothing away. Absent: none.
   */
  discardableBefore?: number;
  data: Uint8Array;
}

/** The shape of the pointer as the host's system tells it; RGBA, straight alpha. */
export interface CursorShape {
  widthPx: number;
  heightPx: number;
  hotXPx: number;
  hotYPx: number;
  rgba: Uint8Array;
}

/** Bounds that every reader of a MediaFrame enforces. */
export const VIDEO_LIMITS = {
  maxWidthPx: 16_384,
  maxHeightPx: 16_384,
  maxFrameBytes: 4 * 1024 * 1024 - 1024,
  maxCodecStringLength: 40,
  maxLayer: 3,
  maxCursorSidePx: 256,
  /** What one stage of a frame can be told to have taken; longer ones are told as this. */
  maxStageMs: 6_553.5,
  maxDiscardableBefore: 15,
} as const;
