import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeDeltas } from '../../shared/model/tile-deltas.ts';
import { encodePalette } from '../../shared/model/tile-palette.ts';
import { encodeTileBlock, type TileCoding, type TileRect, tilePixelCount } from '../../shared/model/tiles.ts';
import { decodeTiles } from './tile-decoder.ts';

const rect = (xPx: number, yPx: number, widthPx: number, heightPx: number): TileRect => ({
  xPx,
  yPx,
  widthPx,
  heightPx,
});
const block = (rects: TileRect[], coding: TileCoding, data: Uint8Array, deflated = true) =>
  encodeTileBlock({ rects, pixels: { coding, deflated, data: deflated ? deflateSync(data) : data } });
const deltas = (rects: TileRect[], data: Uint8Array) => block(rects, 'deltas', data);
const palette = (rects: TileRect[], data: number[]) => block(rects, 'palette', Uint8Array.from(data), false);
const one = [rect(0, 0, 4, 4)];

function rgbaOf(words: Uint32Array): Uint8Array {
  return Uint8Array.from([...words].flatMap((word) => [(word >>> 16) & 255, (word >>> 8) & 255, word & 255, 255]));
}

describe('decodeTiles', () => {
  it('gives back every pixel of every coding', async () => {
    const side = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 4 }),
        fc.integer(),
        fc.constantFrom(0, 1, 2, 5, 11, 100, 0xffff_ffff),
        fc.boolean(),
        async (sides, seed, variety, deflated) => {
          const rects = sides.map(([width, height]) => rect(0, 0, width, height));
          const words = Uint32Array.from(
            { length: tilePixelCount(rects) },
            (_, at) => Math.imul(seed, (Math.imul(at, 2_654_435_761) >>> 0) % (variety + 1)) >>> 0,
          );
          const wanted = rgbaOf(words);
          const table = encodePalette(words);
          const blocks = [block(rects, 'deltas', encodeDeltas(words, rects), deflated)];
          if (table) blocks.push(block(rects, 'palette', table, deflated));
          else expect(new Set(words).size).toBeGreaterThan(256);
          for (const bytes of blocks) {
            const decoded = await decodeTiles(bytes, 100, 100);
            expect(decoded.rects).toEqual(rects);
            expect(Buffer.from(decoded.pixels.buffer).equals(wanted)).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives the moves of a block, with or without pixels', async () => {
    const moves = [{ fromXPx: 0, fromYPx: 8, toXPx: 0, toYPx: 0, widthPx: 100, heightPx: 92 }];
    const alone = encodeTileBlock({ moves, rects: [], pixels: null });
    expect(await decodeTiles(alone, 100, 100)).toEqual({
      moves,
      rects: [],
      pixels: new Uint8ClampedArray(0),
      more: false,
    });
    const rects = [rect(0, 92, 100, 8)];
    const pixels = { coding: 'palette', deflated: false, data: Uint8Array.of(0, 1, 2, 3) } as const;
    const both = encodeTileBlock({ moves, rects, pixels });
    expect(await decodeTiles(both, 100, 100)).toMatchObject({ moves, rects });
  });

  it.each([
    ['too few differences', deltas(one, new Uint8Array(47)), 'malformed'],
    ['too many differences', deltas(one, new Uint8Array(49)), 'too-large'],
    ['a deflate bomb', deltas(one, new Uint8Array(50_000_000)), 'too-large'],
    ['a deflate bomb of colours', block(one, 'palette', new Uint8Array(50_000_000)), 'too-large'],
    ['differences that are not deflated and too few', block(one, 'deltas', new Uint8Array(47), false), 'malformed'],
    ['nothing at all', palette(one, []), 'malformed'],
    ['a table without its colours', palette(one, [255, 1, 2, 3]), 'malformed'],
    ['too few places in a table', palette(one, [1, 1, 2, 3, 4, 5, 6, 0]), 'malformed'],
    ['too many places in a table', palette(one, [0, 1, 2, 3, 0]), 'malformed'],
    [
      'no deflate stream',
      encodeTileBlock({ rects: one, pixels: { coding: 'deltas', deflated: true, data: Uint8Array.of(7, 7, 7) } }),
      'malformed',
    ],
    [
      'a truncated stream',
      encodeTileBlock({
        rects: [rect(0, 0, 99, 99)],
        pixels: { coding: 'deltas', deflated: true, data: deflateSync(Buffer.alloc(99 * 99 * 3)).subarray(0, 9) },
      }),
      'malformed',
    ],
    ['a rectangle outside of the picture', palette([rect(98, 0, 4, 4)], [0, 1, 2, 3]), 'malformed'],
  ])('refuses %s', async (_, bytes, reason) => {
    await expect(decodeTiles(bytes, 100, 100)).rejects.toMatchObject({ reason });
  });

  it('shows places beyond the table as black rather than anything else', async () => {
    const { pixels } = await decodeTiles(palette([rect(0, 0, 2, 1)], [2, 9, 9, 9, 8, 8, 8, 7, 7, 7, 0b1100]), 8, 8);
    expect([...pixels]).toEqual([9, 9, 9, 255, 0, 0, 0, 255]);
  });
});
