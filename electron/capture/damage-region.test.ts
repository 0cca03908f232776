import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TileRect } from '../../shared/model/tiles.ts';
import { DAMAGE_LIMITS, DamageRegion } from './damage-region.ts';

const WIDTH = 333;
const HEIGHT = 250;
const CELL = DAMAGE_LIMITS.cellPx;

const rect: fc.Arbitrary<TileRect> = fc.record({
  xPx: fc.integer({ min: -40, max: WIDTH + 10 }),
  yPx: fc.integer({ min: -40, max: HEIGHT + 10 }),
  widthPx: fc.integer({ min: 1, max: 200 }),
  heightPx: fc.integer({ min: 1, max: 200 }),
});
const rects = fc.array(rect, { maxLength: 12 });

const inside = ({ xPx, yPx, widthPx, heightPx }: TileRect, x: number, y: number) =>
  x >= xPx && y >= yPx && x < xPx + widthPx && y < yPx + heightPx;

/** How many of the rectangles hold each pixel. */
function coverage(list: readonly TileRect[]): Uint8Array {
  const counts = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) counts[y * WIDTH + x] = list.filter((each) => inside(each, x, y)).length;
  return counts;
}

const regionOf = (list: readonly TileRect[]) => {
  const region = new DamageRegion(WIDTH, HEIGHT);
  for (const each of list) region.add(each);
  return region;
};

describe('a damage region', () => {
  it('covers all that was added, once, inside of the picture, and no cell more', () => {
    fc.assert(
      fc.property(rects, (added) => {
        const out = regionOf(added).rects();
        const wanted = coverage(added);
        const covered = coverage(out);
        expect(wanted.findIndex((count, at) => count > 0 && covered[at] !== 1)).toBe(-1);
        expect(covered.every((count) => count <= 1)).toBe(true);
        for (const { xPx, yPx, widthPx, heightPx } of out) {
          expect(xPx >= 0 && yPx >= 0 && xPx + widthPx <= WIDTH && yPx + heightPx <= HEIGHT).toBe(true);
          expect(xPx % CELL === 0 && yPx % CELL === 0).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps what only partly lies in what is taken out', () => {
    fc.assert(
      fc.property(rects, rect, (added, taken) => {
        const region = regionOf(added);
        const before = coverage(region.rects());
        region.subtract(taken);
        const after = coverage(region.rects());
        const lost = (at: number) => !inside(taken, at % WIDTH, Math.floor(at / WIDTH)) && before[at] !== after[at];
        expect(after.findIndex((count, at) => count > before[at]! || lost(at))).toBe(-1);
      }),
      { numRuns: 40 },
    );
  });

  it('is empty after its own rectangles are taken out', () => {
    fc.assert(
      fc.property(rects, (added) => {
        const region = regionOf(added);
        for (const each of region.rects()) region.subtract(each);
        expect(region.isEmpty).toBe(true);
        expect(region.bounds()).toBeNull();
        expect(region.pixelCount).toBe(0);
      }),
    );
  });

  it('knows its bounds and what it touches', () => {
    const region = regionOf([
      { xPx: 40, yPx: 40, widthPx: 1, heightPx: 1 },
      { xPx: 300, yPx: 240, widthPx: 100, heightPx: 100 },
    ]);
    expect(region.bounds()).toEqual({ xPx: 32, yPx: 32, widthPx: WIDTH - 32, heightPx: HEIGHT - 32 });
    expect(region.touches({ xPx: 63, yPx: 63, widthPx: 1, heightPx: 1 })).toBe(true);
    expect(region.touches({ xPx: 64, yPx: 64, widthPx: 1, heightPx: 1 })).toBe(false);
  });

  it('joins everything into one rectangle when all is damaged', () => {
    const region = new DamageRegion(WIDTH, HEIGHT);
    region.addAll();
    expect(region.rects()).toEqual([{ xPx: 0, yPx: 0, widthPx: WIDTH, heightPx: HEIGHT }]);
  });
});
