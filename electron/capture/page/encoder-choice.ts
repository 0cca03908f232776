// Owns which encoder is used: the candidates with their configurations, and the judgement by timing.
import type { VideoCodec } from '../../../shared/model/video.ts';

export const ENCODER_LIMITS = {
  /** An encoder is judged by this many of its last delta frames. */
  judgedFrames: 24,
  /** Too slow when their median passes this: below 22 frames a second. */
  slowMs: 45,
  /** A judgement holds this long, so that two encoders do not take turns. */
  holdMs: 20_000,
  /** With less no encoder makes a picture that anybody wants to see: then it makes fewer. */
  minBitsPerSecond: 100_000,
  /** A bit rate is given to the encoder again when it has changed by more than this share. */
  bitrateStep: 0.15,
} as const;

/** Key frames are coarser, because they are what costs; what refines a still picture is finer. */
export type FrameKind = 'key' | 'delta' | 'refinement';

export interface EncoderCandidate {
  codec: VideoCodec;
  config: VideoEncoderConfig;
  /** Given with every frame. */
  frameOptions(frame: FrameKind): VideoEncoderEncodeOptions;
}

/** Full HD at 4 Mbit/s; smaller pictures get more bits per pixel, larger ones fewer. */
const REFERENCE = { pixels: 1920 * 1080, bitsPerSecond: 4_000_000, exponent: 0.75 };
/** The rest is for what key frames take beyond their share, and for tiles. */
const VIDEO_SHARE = 0.8;
const QUANTIZER: Record<FrameKind, number> = { key: 40, delta: 28, refinement: 12 };

/** What H.264 and VP8 are told to spend on video of this size while the link carries this much, in bits per second. */
export function videoBitrate(width: number, height: number, budgetBitsPerSecond: number): number {
  const share = (width * height) / REFERENCE.pixels;
  const wanted = REFERENCE.bitsPerSecond * share ** REFERENCE.exponent;
  return Math.round(Math.max(ENCODER_LIMITS.minBitsPerSecond, Math.min(wanted, budgetBitsPerSecond * VIDEO_SHARE)));
}

/**
 * The encoders for a picture of this size, best first. H.264 leads because video is asked for only where things move:
 * its key frames take 50 ms where AV1's take 300 to 500 (docs/decisions). AV1 in screen mode is the smallest by far.
 */
export function encoderCandidates(
  codecs: readonly VideoCodec[],
  width: number,
  height: number,
  budgetBitsPerSecond: number,
): EncoderCandidate[] {
  const bitrate = videoBitrate(width, height, budgetBitsPerSecond);
  const base = { width, height, latencyMode: 'realtime', framerate: 60 } as const;
  const none = (frame: FrameKind): VideoEncoderEncodeOptions => ({ keyFrame: frame === 'key' });
  const all: Record<VideoCodec, EncoderCandidate> = {
    h264: {
      codec: 'h264',
      config: { ...base, codec: h264CodecString(width, height), bitrate, avc: { format: 'annexb' } },
      frameOptions: none,
    },
    av1: {
      codec: 'av1',
      config: { ...base, codec: av1CodecString(width, height), bitrateMode: 'quantizer', contentHint: 'text' },
      frameOptions: (frame) => ({ keyFrame: frame === 'key', av1: { quantizer: QUANTIZER[frame] } }),
    },
    vp8: { codec: 'vp8', config: { ...base, codec: 'vp8', bitrate }, frameOptions: none },
    vp9: { codec: 'vp9', config: { ...base, codec: 'vp09.00.51.08', bitrate }, frameOptions: none },
  };
  const order: readonly VideoCodec[] = ['h264', 'av1', 'vp8', 'vp9'];
  return order.filter((codec) => codecs.includes(codec)).map((codec) => all[codec]);
}

/** Constrained baseline, the lowest level that holds the picture (H.264, table A-1, by macroblocks). */
function h264CodecString(width: number, height: number): string {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const level = macroblocks <= 3_600 ? 0x1f : macroblocks <= 8_704 ? 0x2a : macroblocks <= 36_864 ? 0x34 : 0x3c;
  return `avc1.42e0${level.toString(16)}`;
}

/** Main profile, 8 bits, the lowest level that holds the picture. */
function av1CodecString(width: number, height: number): string {
  const pixels = width * height;
  const level = pixels <= 2_359_296 ? '08' : pixels <= 8_912_896 ? '12' : '16';
  return `av01.0.${level}M.08`;
}

/** Remembers how long the frames just encoded took. */
export class EncoderTimes {
  #times: number[] = [];

  add(encodeMs: number): void {
    this.#times.push(encodeMs);
    if (this.#times.length > ENCODER_LIMITS.judgedFrames) this.#times.shift();
  }

  get medianMs(): number | null {
    if (this.#times.length < ENCODER_LIMITS.judgedFrames) return null;
    return [...this.#times].sort((one, other) => one - other)[this.#times.length >> 1] ?? null;
  }

  get isSlow(): boolean {
    return (this.medianMs ?? 0) > ENCODER_LIMITS.slowMs;
  }
}
