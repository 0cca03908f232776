// Owns how large video is made: on a slow link its sides are a half or a third of the part's, and viewers scale it back.
import type { PictureBudget, PictureMode } from '../../../shared/model/picture-budget.ts';
import { referenceBitrate } from './video-budget.ts';

export const VIDEO_SIZE_LIMITS = {
  /** The rate has to be so much beyond what calls for a larger picture: another size costs a key frame. */
  largerAgain: 1.6,
  /** And for so long: what a link carries is guessed too high now and then. */
  largerAfterMs: 5_000,
  /** No side is made smaller than this. */
  minSidePx: 128,
} as const;

/**
 * Below these shares of the reference rate the sides are that small: of text that has moved far, no quantizer makes
 * frames that a slow link carries.
 */
const SHARES: Readonly<Record<PictureMode, { halve: number; third: number }>> = {
  automatic: { halve: 0.6, third: 0.12 },
  sharp: { halve: 0.1, third: 0 },
  smooth: { halve: 0.8, third: 0.2 },
  'low-data': { halve: 0.6, third: 0.12 },
};

interface Size {
  widthPx: number;
  heightPx: number;
}

/** Remembers the size in use. Times are monotonic milliseconds. */
export class VideoSize {
  #divisor = 1;
  #largerFromMs = Number.NEGATIVE_INFINITY;

  /** By how much the sides of a part of this size are divided now, 1 to 3: more at once, less only after a while. */
  divisorFor(nowMs: number, { widthPx, heightPx }: Size, budget: PictureBudget): number {
    const { largerAgain, largerAfterMs, minSidePx } = VIDEO_SIZE_LIMITS;
    const share = budget.bitsPerSecond / referenceBitrate(widthPx, heightPx);
    const wanted = Math.max(
      divisorAt(share, budget.mode),
      Math.min(this.#divisor, divisorAt(share / largerAgain, budget.mode)),
    );
    if (wanted >= this.#divisor) this.#largerFromMs = nowMs + largerAfterMs;
    if (wanted > this.#divisor || nowMs >= this.#largerFromMs) this.#divisor = wanted;
    return Math.max(1, Math.min(this.#divisor, Math.floor(Math.min(widthPx, heightPx) / minSidePx)));
  }
}

/** The size that an encoder is made for: even sides where they are divided. */
export function dividedSize({ widthPx, heightPx }: Size, divisor: number): Size {
  const divided = (sidePx: number) => (divisor === 1 ? sidePx : Math.max(2, 2 * Math.round(sidePx / divisor / 2)));
  return { widthPx: divided(widthPx), heightPx: divided(heightPx) };
}

function divisorAt(share: number, mode: PictureMode): number {
  const { halve, third } = SHARES[mode];
  return share < third ? 3 : share < halve ? 2 : 1;
}
