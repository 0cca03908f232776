import { describe, expect, it } from 'vitest';
import { PICTURE_MODES, type PictureMode, UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import { VIDEO_BUDGET_LIMITS, VideoPace, videoBitrate } from './video-budget.ts';

const budget = (bitsPerSecond: number, mode: PictureMode = 'automatic') => ({
  ...UNBOUNDED_PICTURE_BUDGET,
  bitsPerSecond,
  framesPerSecond: 30,
  mode,
});

/** Frames of a size that falls with the quantizer, offered 60 times a second for ten seconds. */
function run(pace: VideoPace, bytesAt: (quantizer: number) => number, fromMs = 0): { frames: number; bytes: number } {
  let frames = 0;
  let bytes = 0;
  for (let atMs = fromMs; atMs < fromMs + 10_000; atMs += 1000 / 60) {
    if (!pace.mayEncode(atMs)) continue;
    const size = bytesAt(pace.quantizerFor(false));
    pace.sent(atMs, size, false);
    frames++;
    bytes += size;
  }
  return { frames, bytes };
}

const motion = (quantizer: number) => 60_000 * 0.93 ** quantizer;

describe('the budget of video', () => {
  it('is never overdrawn, in any mode', () => {
    for (const mode of PICTURE_MODES)
      for (const bitsPerSecond of [100_000, 512_000, 2_000_000, 10_000_000]) {
        const pace = new VideoPace(budget(bitsPerSecond, mode));
        const { bytes } = run(pace, motion);
        expect(bytes * 8).toBeLessThan(bitsPerSecond * 10 + bitsPerSecond * 0.1 + 60_000 * 8);
      }
  });

  it('gives up frames for sharpness, or sharpness for frames, as was chosen', () => {
    const sharp = new VideoPace(budget(512_000, 'sharp'));
    const smooth = new VideoPace(budget(512_000, 'smooth'));
    const slideShow = run(sharp, motion);
    const film = run(smooth, motion);
    expect(film.frames).toBeGreaterThan(slideShow.frames * 1.5);
    expect(sharp.quantizerFor(false)).toBeLessThan(smooth.quantizerFor(false));
  });

  it('makes frames finer again when they have become small', () => {
    const pace = new VideoPace(budget(512_000));
    run(pace, motion);
    const coarse = pace.quantizerFor(false);
    run(pace, () => 100, 10_000);
    expect(pace.quantizerFor(false)).toBeLessThan(coarse);
  });

  it('makes key frames coarser than what follows them', () => {
    const pace = new VideoPace(budget(2_000_000));
    expect(pace.quantizerFor(true)).toBeGreaterThan(pace.quantizerFor(false));
  });

  it('begins coarser with a picture that is smaller because the link is slow', () => {
    const pace = new VideoPace(budget(512_000));
    pace.begin(false);
    const own = pace.quantizerFor(false);
    pace.begin(true);
    expect(pace.quantizerFor(false)).toBeGreaterThan(own);
  });

  it('forgets a debt when the rate changes', () => {
    const pace = new VideoPace(budget(100_000));
    pace.sent(0, 1_000_000, true);
    expect(pace.mayEncode(1_000)).toBe(false);
    pace.setBudget(budget(10_000_000));
    expect(pace.mayEncode(1_000)).toBe(true);
  });

  it('bounds bit rates, which modes spend differently', () => {
    const rate = (bitsPerSecond: number, mode: PictureMode) => videoBitrate(1920, 1080, budget(bitsPerSecond, mode));
    expect(rate(400_000_000, 'automatic')).toBe(4_000_000);
    expect(rate(2_000_000, 'smooth')).toBe(2_000_000);
    expect(rate(2_000_000, 'sharp')).toBeGreaterThan(2_000_000);
    expect(rate(400_000_000, 'low-data')).toBeLessThan(2_000_000);
    expect(rate(1, 'smooth')).toBe(VIDEO_BUDGET_LIMITS.minBitsPerSecond);
    expect(videoBitrate(64, 64, budget(400_000_000))).toBe(VIDEO_BUDGET_LIMITS.minBitsPerSecond);
  });
});
