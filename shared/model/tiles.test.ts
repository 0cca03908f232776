import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../base/errors.ts';
import { decodeTileBlock, encodeTileBlock, TILE_CODINGS, TILE_LIMITS, type TileBlock } from './tiles.ts';

const WIDTH = 1920;
const HEIGHT = 1080;

const rect = fc
  .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.nat(), fc.nat())
  .map(([xPx, yPx, w, h]) => ({ xPx, yPx, widthPx: 1 + (w % (WIDTH - xPx)), heightPx: 1 + (h % (HEIGHT - yPx)) }))
  .filter((r) => r.widthPx * r.heightPx < TILE_LIMITS.maxPixels / 8);
const move = fc.tuple(rect, fc.nat(), fc.nat()).map(([r, x, y]) => ({
  fromXPx: r.xPx,
  fromYPx: r.yPx,
  toXPx: x % (WIDTH - r.widthPx + 1),
  toYPx: y % (HEIGHT - r.heightPx + 1),
  widthPx: r.widthPx,
  heightPx: r.heightPx,
}));
const block: fc.Arbitrary<TileBlock> = fc
  .tuple(
    fc.array(move, { maxLength: 5 }),
    fc.array(rect, { minLength: 1, maxLength: 8 }),
    fc.record({
      coding: fc.constantFrom(...TILE_CODINGS),
      deflated: fc.boolean(),
      data: fc.uint8Array({ maxLength: 64 }),
    }),
  )
  .map(([moves, rects, pixels]) => ({
    ...(moves.length > 0 && { moves }),
    rects,
    pixels,
    ...(rects.length % 2 === 0 && { more: true as const }),
  }));

describe('tile blocks', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(block, (original) => {
        expect(decodeTileBlock(encodeTileBlock(original), WIDTH, HEIGHT)).toEqual(original);
      }),
    );
  });

  it('have the bytes that are written down', () => {
    const rects = [{ xPx: 1, yPx: 2, widthPx: 3, heightPx: 4 }];
    const pixels = { coding: 'palette', deflated: true, data: Uint8Array.of(0xaa) } as const;
    expect([...encodeTileBlock({ rects, pixels })]).toEqual([1, 0x28, 1, 0, 2, 0, 3, 0, 4, 0, 0xaa]);
    const moves = [{ fromXPx: 5, fromYPx: 6, toXPx: 7, toYPx: 8, widthPx: 9, heightPx: 10 }];
    expect([...encodeTileBlock({ moves, rects: [], pixels: null })]).toEqual([
      0, 0x80, 1, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0,
    ]);
  });

  it('never throw anything but a named error on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          const { moves = [], rects } = decodeTileBlock(bytes, 64, 64);
          for (const r of rects) expect(r.xPx + r.widthPx <= 64 && r.yPx + r.heightPx <= 64).toBe(true);
          for (const m of moves) expect(m.toXPx + m.widthPx <= 64 && m.fromYPx + m.heightPx <= 64).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(TarnetError);
        }
      }),
    );
  });

  it('refuse too many rectangles and pixels without a rectangle', () => {
    const one = { xPx: 0, yPx: 0, widthPx: 1, heightPx: 1 };
    const many = Array.from({ length: TILE_LIMITS.maxRects + 1 }, () => one);
    const pixels = { coding: 'deltas', deflated: false, data: new Uint8Array(3) } as const;
    expect(() => encodeTileBlock({ rects: many, pixels })).toThrow(/tiles.rects/);
    const moves = [{ fromXPx: 0, fromYPx: 0, toXPx: 1, toYPx: 1, widthPx: 1, heightPx: 1 }];
    const bytes = encodeTileBlock({ moves, rects: [], pixels: null });
    expect(() => decodeTileBlock(Uint8Array.of(...bytes, 1), 8, 8)).toThrow(/without rectangles/);
  });
});
