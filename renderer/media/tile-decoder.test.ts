import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeTileBlock, type TileRect, tilePixelCount } from '../../shared/model/tiles.ts';
import { decodeTiles } from './tile-decoder.ts';

const rect = (xPx: number, yPx: number, widthPx: number, heightPx: number): TileRect => ({
  xPx,
  yPx,
  widthPx,
  heightPx,
});
const block = (rects: TileRect[], pixels: Uint8Array) => encodeTileBlock({ rects, deflated: deflateSync(pixels) });

describe('decodeTiles', () => {
  it('gives back every pixel', async () => {
    const side = fc.integer({ min: 1, max: 70 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 5 }),
        fc.integer(),
        async (sides, seed) => {
          const rects = sides.map(([width, height]) => rect(0, 0, width, height));
          const pixels = Uint8Array.from({ length: tilePixelCount(rects) * 4 }, (_, i) => (i * seed) >> 3);
          const decoded = await decodeTiles(block(rects, pixels), 100, 100);
          expect(decoded.rects).toEqual(rects);
          expect(Buffer.from(decoded.pixels.buffer).equals(pixels)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('gives the moves of a block, with or without pixels', async () => {
    const moves = [{ fromXPx: 0, fromYPx: 8, toXPx: 0, toYPx: 0, widthPx: 100, heightPx: 92 }];
    const alone = encodeTileBlock({ moves, rects: [], deflated: new Uint8Array(0) });
    expect(await decodeTiles(alone, 100, 100)).toEqual({ moves, rects: [], pixels: new Uint8ClampedArray(0) });
    const rects = [rect(0, 92, 100, 8)];
    const both = encodeTileBlock({ moves, rects, deflated: deflateSync(new Uint8Array(3200)) });
    expect(await decodeTiles(both, 100, 100)).toMatchObject({ moves, rects });
  });

  it.each([
    ['too few pixels', block([rect(0, 0, 4, 4)], new Uint8Array(63)), 'malformed'],
    ['too many pixels', block([rect(0, 0, 4, 4)], new Uint8Array(65)), 'too-large'],
    ['a deflate bomb', block([rect(0, 0, 4, 4)], new Uint8Array(50_000_000)), 'too-large'],
    [
      'no deflate stream',
      encodeTileBlock({ rects: [rect(0, 0, 4, 4)], deflated: Uint8Array.of(7, 7, 7) }),
      'malformed',
    ],
    [
      'a truncated stream',
      encodeTileBlock({
        rects: [rect(0, 0, 99, 99)],
        deflated: deflateSync(Buffer.alloc(99 * 99 * 4)).subarray(0, 9),
      }),
      'malformed',
    ],
    ['a rectangle outside of the picture', block([rect(98, 0, 4, 4)], new Uint8Array(64)), 'malformed'],
  ])('refuses %s', async (_, bytes, reason) => {
    await expect(decodeTiles(bytes, 100, 100)).rejects.toMatchObject({ reason });
  });
});
