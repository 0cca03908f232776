import { describe, expect, it } from 'vitest';
import { DamageRegion } from './damage-region.ts';
import { nearestOwed } from './settle-order.ts';

const WIDTH = 320;
const HEIGHT = 320;

function owedAll(): DamageRegion {
  const owed = new DamageRegion(WIDTH, HEIGHT);
  owed.addAll();
  return owed;
}

describe('settling', () => {
  it('begins at the pointer and ends with everything', () => {
    const owed = owedAll();
    const order: number[] = [];
    while (!owed.isEmpty) {
      const rects = nearestOwed(owed, null, { xPx: 0, yPx: 150 }, WIDTH * 64);
      expect(rects.length).toBeGreaterThan(0);
      for (const rect of rects) {
        order.push(Math.abs(rect.yPx + rect.heightPx / 2 - 150));
        owed.subtract(rect);
      }
    }
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).toHaveLength(10);
  });

  it('leaves out what video still shows', () => {
    const video = { xPx: 64, yPx: 64, widthPx: 128, heightPx: 128 };
    const rects = nearestOwed(owedAll(), video, { xPx: 0, yPx: 0 }, WIDTH * HEIGHT);
    const region = new DamageRegion(WIDTH, HEIGHT);
    for (const rect of rects) region.add(rect);
    expect(region.touches(video)).toBe(false);
    expect(region.pixelCount).toBe(WIDTH * HEIGHT - 128 * 128);
  });

  it('gives at least one band, however small the budget', () => {
    expect(nearestOwed(owedAll(), null, { xPx: 0, yPx: 0 }, 1)).toHaveLength(1);
  });
});
