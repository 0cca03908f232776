// Owns what pictures may cost: what the link carries and what the viewers wish, as one budget for whoever encodes.
import {
  PICTURE_BUDGET_LIMITS,
  type PictureBudget,
  type PictureMode,
  type PicturePreferences,
} from '../../../shared/model/picture-budget.ts';

/** Where frames give way to sharpness: with fewer bits than this for each, there are fewer frames, down to the floor. */
interface ModeLine {
  bitsPerFrame: number;
  minFramesPerSecond: number;
  maxFramesPerSecond: number;
  maxBitsPerSecond: number;
}

const { maxBitsPerSecond, maxFramesPerSecond } = PICTURE_BUDGET_LIMITS;

export const PICTURE_MODE_LINES: Readonly<Record<PictureMode, ModeLine>> = {
  automatic: { bitsPerFrame: 32_000, minFramesPerSecond: 5, maxFramesPerSecond, maxBitsPerSecond },
  sharp: { bitsPerFrame: 120_000, minFramesPerSecond: 2, maxFramesPerSecond, maxBitsPerSecond },
  smooth: { bitsPerFrame: 12_000, minFramesPerSecond: 12, maxFramesPerSecond, maxBitsPerSecond },
  'low-data': { bitsPerFrame: 32_000, minFramesPerSecond: 3, maxFramesPerSecond: 10, maxBitsPerSecond: 400_000 },
};

export const BUDGET_STEPS = {
  /** A budget that changed by less than these shares is not worth an encoder's trouble. */
  less: 0.05,
  more: 0.1,
} as const;

/**
 * @param linkBitsPerSecond what the link carries of pictures; null while nothing has shown its limit
 * @param layered some viewer can follow only if it may leave frames out
 */
export function budgetFor(
  preferences: PicturePreferences,
  linkBitsPerSecond: number | null,
  layered = false,
): PictureBudget {
  const { mode, greyscale } = preferences;
  const line = PICTURE_MODE_LINES[mode];
  const { minBitsPerSecond, minFramesPerSecond } = PICTURE_BUDGET_LIMITS;
  const bitsPerSecond = Math.floor(
    clamp(linkBitsPerSecond ?? maxBitsPerSecond, minBitsPerSecond, line.maxBitsPerSecond),
  );
  const mostFrames = Math.min(line.maxFramesPerSecond, preferences.maxFramesPerSecond ?? maxFramesPerSecond);
  const worthwhile = Math.max(line.minFramesPerSecond, Math.round(bitsPerSecond / line.bitsPerFrame));
  const framesPerSecond = clamp(worthwhile, minFramesPerSecond, mostFrames);
  return { bitsPerSecond, framesPerSecond, mode, greyscale, ...(layered ? { layered } : {}) };
}

/** A rate that the viewers do not want exceeded whatever the link carries; null: none. */
export function wishedBitsPerSecond({ mode }: PicturePreferences): number | null {
  const { maxBitsPerSecond: wished } = PICTURE_MODE_LINES[mode];
  return wished < maxBitsPerSecond ? wished : null;
}

/** Whether the encoder has to know. */
export function differsMuch(next: PictureBudget, last: PictureBudget): boolean {
  if (next.mode !== last.mode || next.greyscale !== last.greyscale || next.layered !== last.layered) return true;
  return changedMuch(next.bitsPerSecond, last.bitsPerSecond) || changedMuch(next.framesPerSecond, last.framesPerSecond);
}

function changedMuch(next: number, last: number): boolean {
  return next < last * (1 - BUDGET_STEPS.less) || next > last * (1 + BUDGET_STEPS.more);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
