// Owns which encoder is used: the candidates with their configurations, and the judgement by what is known of their speed.
import type { EncoderTiming } from '../../../shared/ipc/capture.ts';
import { PICTURE_BUDGET_LIMITS, type PictureBudget } from '../../../shared/model/picture-budget.ts';
import type { VideoCodec } from '../../../shared/model/video.ts';
import { videoBitrate } from './video-budget.ts';

export const ENCODER_LIMITS = {
  /** An encoder is judged by this many of its last delta frames. */
  judgedFrames: 24,
  /** Too slow when their median passes this: below 22 frames a second. */
  slowMs: 45,
  /** Hardware is kept only where it is really faster: it may hold frames back, and drivers differ. */
  hardwareAdvantage: 0.7,
  /** Delta frames for which the choice weighs an encoder, beside its key frame. */
  weighedDeltas: 8,
  /** What a delta frame may take for nothing. */
  freeDeltaMs: 10,
} as const;

export interface EncoderCandidate {
  codec: VideoCodec;
  hardware: boolean;
  config: VideoEncoderConfig;
  /** True when the frames' quantizers decide how large they are, false when the bit rate does. */
  quantized: boolean;
}

/** Before anything is measured on this machine: at 1920x1080 on two cores without a GPU (docs/decisions). */
const EXPECTED: Record<VideoCodec, { keyMs: number; deltaMs: number; keyBytes: number; deltaBytes: number }> = {
  h264: { keyMs: 53, deltaMs: 14, keyBytes: 300_000, deltaBytes: 40_000 },
  av1: { keyMs: 400, deltaMs: 20, keyBytes: 180_000, deltaBytes: 8_000 },
  vp8: { keyMs: 128, deltaMs: 24, keyBytes: 540_000, deltaBytes: 60_000 },
  vp9: { keyMs: 222, deltaMs: 54, keyBytes: 425_000, deltaBytes: 40_000 },
};
const EXPECTED_PIXELS = 1920 * 1080;

/** Pictures of about the same size take about as long: half steps of powers of two. */
export function sizeClassOf(width: number, height: number): number {
  return Math.round(Math.log2(Math.max(1, width * height)) * 2);
}

/** The encoders for a picture of this size, best first; what has failed here before comes last. */
export function encoderCandidates(
  codecs: readonly VideoCodec[],
  width: number,
  height: number,
  budget: PictureBudget,
  known: readonly EncoderTiming[],
): EncoderCandidate[] {
  const software = codecs.map((codec) => candidate(codec, width, height, budget, false));
  const hardware = codecs.map((codec) => candidate(codec, width, height, budget, true));
  const timing = (each: EncoderCandidate) => timingOf(each, width, height, known);
  const faster = hardware.filter((each) => {
    const own = timing(each);
    const other = timing({ ...each, hardware: false }) ?? expected(each.codec, width, height);
    return own && !own.failed && own.deltaMs <= other.deltaMs * ENCODER_LIMITS.hardwareAdvantage;
  });
  const cost = (each: EncoderCandidate) => {
    const usual = expected(each.codec, width, height);
    return costMs(timing(each) ?? usual, usual.deltaBytes, budget);
  };
  const failed = (each: EncoderCandidate) => timing(each)?.failed === true;
  const all = [...faster, ...software].sort((one, other) => cost(one) - cost(other));
  return [...all.filter((each) => !failed(each)), ...all.filter(failed)];
}

/** What is not known of this machine yet, hardware first: worth a trial while nothing moves. */
export function untriedCandidates(
  codecs: readonly VideoCodec[],
  width: number,
  height: number,
  budget: PictureBudget,
  known: readonly EncoderTiming[],
): EncoderCandidate[] {
  return [true, false]
    .flatMap((hardware) => codecs.map((codec) => candidate(codec, width, height, budget, hardware)))
    .filter((each) => timingOf(each, width, height, known) === undefined);
}

function timingOf(
  { codec, hardware }: EncoderCandidate,
  width: number,
  height: number,
  known: readonly EncoderTiming[],
): EncoderTiming | undefined {
  const sizeClass = sizeClassOf(width, height);
  return known.find((each) => each.codec === codec && each.hardware === hardware && each.sizeClass === sizeClass);
}

function expected(codec: VideoCodec, width: number, height: number) {
  const share = (width * height) / EXPECTED_PIXELS;
  const { keyMs, deltaMs, keyBytes, deltaBytes } = EXPECTED[codec];
  return {
    keyMs: keyMs * share,
    deltaMs: deltaMs * share,
    keyBytes: keyBytes * share,
    deltaBytes: deltaBytes * share,
  };
}

/** How long it takes until the first picture is there, and by how much those after it are late. */
function costMs(
  { keyMs, deltaMs, keyBytes }: Pick<EncoderTiming, 'keyMs' | 'deltaMs' | 'keyBytes'>,
  deltaBytes: number,
  { bitsPerSecond }: PictureBudget,
): number {
  const unknown = bitsPerSecond >= PICTURE_BUDGET_LIMITS.maxBitsPerSecond;
  const { weighedDeltas, freeDeltaMs } = ENCODER_LIMITS;
  const late = weighedDeltas * Math.max(0, deltaMs - freeDeltaMs);
  return keyMs + late + (unknown ? 0 : ((keyBytes + weighedDeltas * deltaBytes) * 8_000) / bitsPerSecond);
}

function candidate(
  codec: VideoCodec,
  width: number,
  height: number,
  budget: PictureBudget,
  hardware: boolean,
): EncoderCandidate {
  const bitrate = videoBitrate(width, height, budget);
  const base: Omit<VideoEncoderConfig, 'codec'> = {
    width,
    height,
    latencyMode: 'realtime',
    framerate: 60,
    ...(budget.layered ? { scalabilityMode: LAYERED } : {}),
    ...(hardware ? { hardwareAcceleration: 'prefer-hardware' } : {}),
  };
  switch (codec) {
    case 'h264': {
      const own = { codec: h264CodecString(width, height), bitrate, avc: { format: 'annexb' } } as const;
      return { codec, hardware, quantized: false, config: { ...base, ...own } };
    }
    case 'av1': {
      // hardware has no screen content tools, and takes bit rates only
      const rate = hardware ? { bitrate } : ({ bitrateMode: 'quantizer', contentHint: 'text' } as const);
      const config: VideoEncoderConfig = { ...base, codec: av1CodecString(width, height), ...rate };
      return { codec, hardware, quantized: !hardware, config };
    }
    case 'vp8':
      return { codec, hardware, quantized: false, config: { ...base, codec: 'vp8', bitrate } };
    case 'vp9':
      return { codec, hardware, quantized: false, config: { ...base, codec: 'vp09.00.51.08', bitrate } };
  }
}

/** One spatial layer, two temporal ones: https://www.w3.org/TR/webrtc-svc/#scalabilitymodes* */
const LAYERED = 'L1T2';

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
