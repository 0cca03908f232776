import { describe, expect, it } from 'vitest';
import { type PictureMode, UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import { dividedSize, VIDEO_SIZE_LIMITS, VideoSize } from './video-size.ts';

const SCREEN = { widthPx: 1920, heightPx: 1080 };
const budget = (bitsPerSecond: number, mode: PictureMode = 'automatic') => ({
  ...UNBOUNDED_PICTURE_BUDGET,
  bitsPerSecond,
  mode,
});
const divisorAt = (bitsPerSecond: number, mode?: PictureMode, part = SCREEN) =>
  new VideoSize().divisorFor(0, part, budget(bitsPerSecond, mode));

describe('the size of video', () => {
  it('is the part itself while nothing is known of the link, and on a fast one', () => {
    expect(divisorAt(UNBOUNDED_PICTURE_BUDGET.bitsPerSecond)).toBe(1);
    expect(divisorAt(8_000_000)).toBe(1);
  });

  it('becomes smaller with the link, of a large part sooner than of a small one', () => {
    expect([divisorAt(2_000_000), divisorAt(400_000)]).toEqual([2, 3]);
    expect(divisorAt(2_000_000, 'automatic', { widthPx: 640, heightPx: 360 })).toBe(1);
  });

  it('gives way later where sharpness was chosen, sooner where smoothness was', () => {
    expect([divisorAt(2_000_000, 'sharp'), divisorAt(300_000, 'sharp')]).toEqual([1, 2]);
    expect([divisorAt(3_000_000, 'automatic'), divisorAt(3_000_000, 'smooth')]).toEqual([1, 2]);
  });

  it('leaves small parts as they are', () => {
    expect(divisorAt(64_000, 'smooth', { widthPx: 600, heightPx: 200 })).toBe(1);
    expect(divisorAt(64_000, 'smooth', { widthPx: 600, heightPx: 300 })).toBe(2);
  });

  it('is smaller at once, and larger only when the link has carried much more for a while', () => {
    const { largerAfterMs } = VIDEO_SIZE_LIMITS;
    const size = new VideoSize();
    expect(size.divisorFor(0, SCREEN, budget(10_000_000))).toBe(1);
    expect(size.divisorFor(10, SCREEN, budget(2_000_000))).toBe(2);
    expect(size.divisorFor(20, SCREEN, budget(2_600_000))).toBe(2);
    expect(size.divisorFor(20 + 2 * largerAfterMs, SCREEN, budget(2_600_000))).toBe(2);
    const fasterAtMs = 30 + 2 * largerAfterMs;
    expect(size.divisorFor(fasterAtMs, SCREEN, budget(6_000_000))).toBe(2);
    // a guess that was too high begins the wait anew
    expect(size.divisorFor(fasterAtMs + largerAfterMs / 2, SCREEN, budget(2_000_000))).toBe(2);
    expect(size.divisorFor(fasterAtMs + largerAfterMs, SCREEN, budget(6_000_000))).toBe(2);
    expect(size.divisorFor(fasterAtMs + 2 * largerAfterMs, SCREEN, budget(6_000_000))).toBe(1);
  });

  it('has even sides where they are divided', () => {
    expect(dividedSize({ widthPx: 1366, heightPx: 767 }, 1)).toEqual({ widthPx: 1366, heightPx: 767 });
    for (const divisor of [2, 3]) {
      const { widthPx, heightPx } = dividedSize({ widthPx: 1366, heightPx: 767 }, divisor);
      expect([widthPx % 2, heightPx % 2]).toEqual([0, 0]);
      expect(Math.abs(widthPx * divisor - 1366)).toBeLessThanOrEqual(divisor);
    }
  });
});
