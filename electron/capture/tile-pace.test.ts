import { describe, expect, it } from 'vitest';
import {
  PICTURE_BUDGET_LIMITS,
  type PictureBudget,
  type PictureMode,
  UNBOUNDED_PICTURE_BUDGET,
} from '../../shared/model/picture-budget.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { TILE_PACE_LIMITS, TilePace, videoBudget } from './tile-pace.ts';

const budgetOf = (bitsPerSecond: number, mode: PictureMode = 'automatic'): PictureBudget => ({
  ...UNBOUNDED_PICTURE_BUDGET,
  bitsPerSecond,
  mode,
});

function setUp(budget: PictureBudget) {
  const clock = new FakeClock();
  const pace = new TilePace(clock);
  pace.setBudget(budget);
  return { clock, pace };
}

/** Bytes that leave within a second when a block follows as soon as it may. */
function bytesInASecond(budget: PictureBudget, settling: boolean, besideVideo = false): number {
  const { clock, pace } = setUp(budget);
  pace.besideVideo = besideVideo;
  let bytes = 0;
  for (let ms = 0; ms < 1_000; ms++) {
    if (pace.waitMs === 0) {
      bytes += pace.blockBytes;
      pace.sent(pace.blockBytes, settling);
    }
    clock.advance(1);
  }
  return bytes;
}

describe('the pace of tiles', () => {
  it('never waits while nothing is known of the link', () => {
    const { pace } = setUp(UNBOUNDED_PICTURE_BUDGET);
    pace.sent(50_000_000, false);
    expect(pace.waitMs).toBe(0);
    expect(pace.byteCost).toBe(1);
    expect(pace.isHuge(50_000_000)).toBe(false);
  });

  it.each([512_000, 2_000_000, 10_000_000])('keeps within %i bit/s', (bitsPerSecond) => {
    const bytes = bytesInASecond(budgetOf(bitsPerSecond), false);
    expect(bytes).toBeGreaterThan((bitsPerSecond / 8) * 0.9);
    expect(bytes).toBeLessThan((bitsPerSecond / 8) * 1.1);
  });

  it('makes blocks that hold the link up for a moment only', () => {
    const { pace } = setUp(budgetOf(2_000_000));
    expect((pace.blockBytes * 8_000) / 2_000_000).toBeLessThanOrEqual(TILE_PACE_LIMITS.blockMs);
  });

  it('leaves room for what moves next while it refines, and for a video beside it', () => {
    const budget = budgetOf(2_000_000);
    const all = bytesInASecond(budget, false);
    expect(bytesInASecond(budget, true)).toBeLessThan(all * 0.8);
    expect(bytesInASecond({ ...budget, mode: 'low-data' }, true)).toBeLessThan(all * 0.45);
    const together = bytesInASecond(budget, false, true) * 8 + videoBudget(budget).bitsPerSecond;
    expect(together).toBeLessThan(2_000_000 * 1.1);
  });

  it('takes over what is on its way when the rate changes', () => {
    const { pace } = setUp(budgetOf(8_000_000));
    pace.sent(100_000, false);
    const before = pace.waitMs;
    pace.setBudget(budgetOf(4_000_000));
    expect(pace.waitMs).toBeGreaterThan(before * 1.9);
    pace.setBudget(UNBOUNDED_PICTURE_BUDGET);
    expect(pace.waitMs).toBe(0);
  });

  it('makes video the cheaper way sooner the slower the link is, and as people want it', () => {
    const cost = (bitsPerSecond: number, mode?: PictureMode) => setUp(budgetOf(bitsPerSecond, mode)).pace.byteCost;
    expect(cost(100_000_000)).toBe(1);
    expect(cost(512_000)).toBeGreaterThan(cost(2_000_000));
    expect(cost(2_000_000)).toBeGreaterThan(1);
    expect(cost(2_000_000, 'sharp')).toBeLessThan(cost(2_000_000));
    expect(cost(2_000_000, 'smooth')).toBeGreaterThan(cost(2_000_000));
    expect(cost(2_000_000, 'low-data')).toBeGreaterThan(cost(2_000_000));
    const huge = (mode: PictureMode) => setUp(budgetOf(2_000_000, mode)).pace.isHuge(80_000);
    expect([huge('automatic'), huge('sharp'), huge('smooth')]).toEqual([true, false, true]);
  });

  it('caps the frame rate', () => {
    expect(setUp({ ...UNBOUNDED_PICTURE_BUDGET, framesPerSecond: 5 }).pace.minIntervalMs).toBe(200);
  });
});

describe('the budget of a video beside tiles', () => {
  it('stays within the limits', () => {
    expect(videoBudget(UNBOUNDED_PICTURE_BUDGET)).toEqual(UNBOUNDED_PICTURE_BUDGET);
    const least = budgetOf(PICTURE_BUDGET_LIMITS.minBitsPerSecond);
    expect(videoBudget(least).bitsPerSecond).toBe(PICTURE_BUDGET_LIMITS.minBitsPerSecond);
  });
});
