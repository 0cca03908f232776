import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarseBytes, decodeCoarse, encodeCoarse } from './tile-coarse.ts';

const rectOf = (widthPx: number, heightPx: number) => ({ xPx: 0, yPx: 0, widthPx, heightPx });
const channels = (word: number) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255];

/** What comes back, as words of red, green, blue. */
function comeBack(words: Uint32Array, rects: ReturnType<typeof rectOf>[]): Uint32Array {
  const coded = encodeCoarse(words, rects);
  expect(coded.length).toBe(coarseBytes(rects));
  const rgba = new Uint32Array(words.length);
  decodeCoarse(coded, rects, rgba);
  return rgba.map((word) => ((word & 255) << 16) | (word & 0xff00) | ((word >>> 16) & 255));
}

function worst(one: Uint32Array, other: Uint32Array): number {
  let most = 0;
  for (const [at, word] of one.entries())
    for (const [channel, value] of channels(word).entries())
      most = Math.max(most, Math.abs(value - (channels(other[at] ?? 0)[channel] ?? 0)));
  return most;
}

describe('the coarse coding', () => {
  it('keeps blocks of one or two colours nearly as they are, whatever the size of the rectangles', () => {
    const side = fc.integer({ min: 1, max: 21 });
    const colour = fc.nat(0xff_ffff);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 3 }),
        colour,
        colour,
        fc.nat(),
        (all, a, b, seed) => {
          const rects = all.map(([width, height]) => rectOf(width, height));
          const size = rects.reduce((sum, { widthPx, heightPx }) => sum + widthPx * heightPx, 0);
          const luma = ([blue = 0, green = 0, red = 0]: number[]) => red * 2 + green * 5 + blue;
          fc.pre(luma(channels(a)) !== luma(channels(b)) || a === b);
          const words = Uint32Array.from({ length: size }, (_, at) => (Math.imul(at, seed) & 8 ? a : b));
          expect(worst(comeBack(words, rects), words)).toBeLessThanOrEqual(7);
        },
      ),
    );
  });

  it('keeps a gradient to within its steps', () => {
    const rect = rectOf(64, 64);
    const words = Uint32Array.from({ length: 64 * 64 }, (_, at) => ((at % 64) + (at >> 6)) * 0x1_0101);
    expect(worst(comeBack(words, [rect]), words)).toBeLessThanOrEqual(8);
  });

  it('refuses what has another length', () => {
    for (const length of [0, 7, 9, 16])
      expect(() => decodeCoarse(new Uint8Array(length), [rectOf(4, 4)], new Uint32Array(16))).toThrow(/tiles.coarse/);
  });

  it('reads bytes at any offset', () => {
    const rect = rectOf(8, 4);
    const words = new Uint32Array(32).fill(0x12_3456);
    const bytes = new Uint8Array([0, ...encodeCoarse(words, [rect])]).subarray(1);
    const rgba = new Uint32Array(32);
    decodeCoarse(bytes, [rect], rgba);
    expect(new Set(rgba).size).toBe(1);
  });
});
