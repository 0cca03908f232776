// Owns what a budget means for video: bit rate, quantizer, and when the next frame may follow.
import { PICTURE_BUDGET_LIMITS, type PictureBudget, type PictureMode } from '../../../shared/model/picture-budget.ts';

export const VIDEO_BUDGET_LIMITS = {
  /** With less no encoder makes a picture that anybody wants to see: then it makes fewer. */
  minBitsPerSecond: 100_000,
  /** A bit rate is given to the encoder again when it has changed by more than this share. */
  bitrateStep: 0.15,
  /** The link may be behind by so much before a frame waits. */
  slackMs: 40,
  /** A frame that is so many times too large makes the next one coarser, and one so many times too small finer. */
  tooLarge: 1.25,
  tooSmall: 0.6,
  quantizerStep: 4,
} as const;

/** Full HD at 4 Mbit/s; smaller pictures get more bits per pixel, larger ones fewer. */
const REFERENCE = { pixels: 1920 * 1080, bitsPerSecond: 4_000_000, exponent: 0.75 };

interface ModeLine {
  share: number;
  floor: number;
  begin: number;
  finest: number;
  coarsest: number;
}

/**
 * How each mode gives way. `share` of the reference rate is wanted; below it, quality follows the budget down to `floor` of
 * that, and then frames become fewer. AV1 quantizers, 0 to 63: where to begin, the finest and the coarsest.
 */
const MODES: Record<PictureMode, ModeLine> = {
  automatic: { share: 1, floor: 0.3, begin: 28, finest: 22, coarsest: 48 },
  sharp: { share: 1, floor: 0.8, begin: 24, finest: 18, coarsest: 34 },
  smooth: { share: 1, floor: 0, begin: 30, finest: 24, coarsest: 60 },
  'low-data': { share: 0.35, floor: 0.15, begin: 38, finest: 34, coarsest: 56 },
};
/** A link that calls for a smaller picture begins coarser: what fits at once becomes finer with the next frames. */
const SMALLER_QUANTIZER = 10;
/** Key frames are coarser, because they are what costs. */
const KEY_QUANTIZER = { added: 12, max: 60 } as const;

/** What is spent on video of this size, in bits per second, where the bit rate decides and not a quantizer. */
export function videoBitrate(width: number, height: number, { bitsPerSecond, mode }: PictureBudget): number {
  const wanted = referenceBitrate(width, height);
  const { share, floor } = MODES[mode];
  const given = Math.max(wanted * share * floor, Math.min(wanted * share, bitsPerSecond));
  return Math.round(Math.max(VIDEO_BUDGET_LIMITS.minBitsPerSecond, given));
}

/** What video of this size is worth, in bits per second, where the link takes all that anybody wants. */
export function referenceBitrate(width: number, height: number): number {
  return REFERENCE.bitsPerSecond * ((width * height) / REFERENCE.pixels) ** REFERENCE.exponent;
}

/** Spends a budget frame by frame. Times are monotonic milliseconds. */
export class VideoPace {
  #budget: PictureBudget;
  #quantizer: number;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(budget: PictureBudget) {
    this.#budget = budget;
    this.#quantizer = MODES[budget.mode].begin;
  }

  setBudget(budget: PictureBudget): void {
    const { begin } = MODES[budget.mode];
    if (budget.mode !== this.#budget.mode) this.#quantizer = begin;
    this.#budget = budget;
    // what was reckoned with another rate is no debt of this one
    this.#freeAtMs = Number.NEGATIVE_INFINITY;
  }

  /** The picture has another size from now on: quantizers begin anew. */
  begin(smaller: boolean): void {
    const { begin, coarsest } = MODES[this.#budget.mode];
    this.#quantizer = Math.min(coarsest, begin + (smaller ? SMALLER_QUANTIZER : 0));
  }

  /** Whether the link has room for another frame. */
  mayEncode(nowMs: number): boolean {
    return this.#freeAtMs - nowMs <= VIDEO_BUDGET_LIMITS.slackMs;
  }

  quantizerFor(key: boolean): number {
    return key ? Math.min(KEY_QUANTIZER.max, this.#quantizer + KEY_QUANTIZER.added) : this.#quantizer;
  }

  /** A frame of so many bytes was sent. */
  sent(nowMs: number, sizeBytes: number, key: boolean): void {
    const { bitsPerSecond, framesPerSecond, mode } = this.#budget;
    if (bitsPerSecond >= PICTURE_BUDGET_LIMITS.maxBitsPerSecond) return;
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (sizeBytes * 8_000) / bitsPerSecond;
    if (key) return;
    const { tooLarge, tooSmall, quantizerStep } = VIDEO_BUDGET_LIMITS;
    const { finest, coarsest } = MODES[mode];
    const share = (sizeBytes * 8 * Math.min(30, framesPerSecond)) / bitsPerSecond;
    if (share > tooLarge) this.#quantizer = Math.min(coarsest, this.#quantizer + quantizerStep);
    else if (share < tooSmall) this.#quantizer = Math.max(finest, this.#quantizer - 1);
  }
}
