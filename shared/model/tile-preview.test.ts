import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePreview, encodePreview, previewBytes } from './tile-preview.ts';

const rectOf = (widthPx: number, heightPx: number) => ({ xPx: 0, yPx: 0, widthPx, heightPx });
const channelsOf = (word: number) => [(word >>> 16) & 255, (word >>> 8) & 255, word & 255];

/** What comes back, as words of red, green, blue. */
function comeBack(words: Uint32Array, rects: ReturnType<typeof rectOf>[]): Uint32Array {
  const coded = encodePreview(words, rects);
  expect(coded.length).toBe(previewBytes(rects));
  const rgba = new Uint32Array(words.length);
  decodePreview(coded, rects, rgba);
  expect(rgba.every((word) => word >>> 24 === 255)).toBe(true);
  return rgba.map((word) => ((word & 255) << 16) | (word & 0xff00) | ((word >>> 16) & 255));
}

function worst(one: Uint32Array, other: Uint32Array): number {
  let most = 0;
  for (const [at, word] of one.entries())
    for (const [channel, value] of channelsOf(word).entries())
      most = Math.max(most, Math.abs(value - (channelsOf(other[at] ?? 0)[channel] ?? 0)));
  return most;
}

describe('the coding of a first sight', () => {
  it('keeps even colours to within its steps, whatever the size of the rectangles', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(side, side, fc.nat(0xff_ffff)), { minLength: 1, maxLength: 3 }), (all) => {
        const rects = all.map(([width, height]) => rectOf(width, height));
        const words = Uint32Array.from(
          all.flatMap(([width, height, colour]) => new Array<number>(width * height).fill(colour)),
        );
        expect(worst(comeBack(words, rects), words)).toBeLessThan(4);
      }),
    );
  });

  it('shows a gradient as a gradient, not as steps', () => {
    const rect = rectOf(128, 128);
    const words = Uint32Array.from({ length: 128 * 128 }, (_, at) => ((at % 128) + (at >> 7)) * 0x1_0101);
    const seen = comeBack(words, [rect]);
    // at the edges nothing lies outside to go on to
    for (let y = 8; y < 120; y++)
      for (let x = 8; x < 120; x++) {
        const at = y * 128 + x;
        expect(Math.abs(((seen[at] ?? 0) & 255) - ((words[at] ?? 0) & 255))).toBeLessThan(8);
      }
  });

  it('refuses what is too short or too long', () => {
    const rects = [rectOf(20, 9)];
    for (const size of [0, previewBytes(rects) - 1, previewBytes(rects) + 1])
      expect(() => decodePreview(new Uint8Array(size), rects, new Uint32Array(180))).toThrow(/preview/);
  });
});
