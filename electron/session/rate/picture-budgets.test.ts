import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_PICTURE_PREFERENCES,
  PICTURE_BUDGET_LIMITS,
  PICTURE_MODES,
  type PictureMode,
  UNBOUNDED_PICTURE_BUDGET,
} from '../../../shared/model/picture-budget.ts';
import { budgetFor, differsMuch, PICTURE_MODE_LINES } from './picture-budgets.ts';

const SLOW = 400_000;
const inMode = (mode: PictureMode, bitsPerSecond: number | null = SLOW) =>
  budgetFor({ ...DEFAULT_PICTURE_PREFERENCES, mode }, bitsPerSecond);

describe('a budget', () => {
  it('is without bounds while nothing is known and nothing wished', () => {
    expect(budgetFor(DEFAULT_PICTURE_PREFERENCES, null)).toEqual(UNBOUNDED_PICTURE_BUDGET);
  });

  it('gives up frames first where sharpness is wished, and sharpness first where motion is', () => {
    const [sharp, automatic, smooth] = [inMode('sharp'), inMode('automatic'), inMode('smooth')];
    expect(sharp.framesPerSecond).toBeLessThan(automatic.framesPerSecond / 2);
    expect(smooth.framesPerSecond).toBeGreaterThan(2 * automatic.framesPerSecond);
    for (const { bitsPerSecond } of [sharp, automatic, smooth]) expect(bitsPerSecond).toBe(SLOW);
  });

  it('of low data is bounded however much the link carries', () => {
    const { maxBitsPerSecond, maxFramesPerSecond } = PICTURE_MODE_LINES['low-data'];
    expect(inMode('low-data', null)).toMatchObject({
      bitsPerSecond: maxBitsPerSecond,
      framesPerSecond: maxFramesPerSecond,
    });
    expect(inMode('low-data', 128_000).bitsPerSecond).toBe(128_000);
  });

  it('keeps to the cap on frames and to its limits', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PICTURE_MODES),
        fc.option(fc.integer({ min: 1, max: 120 })),
        fc.option(fc.double({ min: 1, max: 1e10, noNaN: true })),
        fc.boolean(),
        (mode, cap, link, greyscale) => {
          const { bitsPerSecond, framesPerSecond } = budgetFor({ mode, maxFramesPerSecond: cap, greyscale }, link);
          expect(framesPerSecond).toBeLessThanOrEqual(cap ?? PICTURE_BUDGET_LIMITS.maxFramesPerSecond);
          expect(framesPerSecond).toBeGreaterThanOrEqual(PICTURE_BUDGET_LIMITS.minFramesPerSecond);
          expect(bitsPerSecond).toBeGreaterThanOrEqual(PICTURE_BUDGET_LIMITS.minBitsPerSecond);
          expect(bitsPerSecond).toBeLessThanOrEqual(Math.max(link ?? Infinity, PICTURE_BUDGET_LIMITS.minBitsPerSecond));
          expect(Number.isInteger(bitsPerSecond) && Number.isInteger(framesPerSecond)).toBe(true);
        },
      ),
    );
  });

  it('is worth a message when it falls a little or rises more', () => {
    const base = inMode('automatic', 1_000_000);
    const at = (bitsPerSecond: number) => differsMuch({ ...base, bitsPerSecond }, base);
    expect([at(940_000), at(960_000), at(1_090_000), at(1_110_000)]).toEqual([true, false, false, true]);
    expect(differsMuch({ ...base, greyscale: true }, base)).toBe(true);
    expect(differsMuch({ ...base, mode: 'sharp' }, base)).toBe(true);
  });
});
