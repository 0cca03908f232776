// Owns the coding of pixels as differences: what a photograph and noise need.
//
//   Three planes of one byte per pixel: green, then red, then blue. Each is the difference (modulo 256) to the pixel on its
//   left, in the first column to the one above, in the first pixel of a rectangle to black; red and blue less the
//   difference of green. It is deflated after.
import type { TileRect } from './tiles.ts';

export const DELTA_BYTES_PER_PIXEL = 3;

/** Codes words of red, green, blue (blue lowest; the highest byte is ignored), rectangle after rectangle. */
export function encodeDeltas(words: Uint32Array, rects: readonly TileRect[]): Uint8Array<ArrayBuffer> {
  const count = words.length;
  const bytes = new Uint8Array(count * DELTA_BYTES_PER_PIXEL);
  let at = 0;
  for (const { widthPx, heightPx } of rects)
    for (let y = 0; y < heightPx; y++) {
      const before = y === 0 ? 0 : (words[at - widthPx] ?? 0);
      let red = (before >>> 16) & 0xff;
      let green = (before >>> 8) & 0xff;
      let blue = before & 0xff;
      for (const end = at + widthPx; at < end; at++) {
        const word = words[at] ?? 0;
        const nextRed = (word >>> 16) & 0xff;
        const nextGreen = (word >>> 8) & 0xff;
        const nextBlue = word & 0xff;
        const difference = nextGreen - green;
        bytes[at] = difference;
        bytes[count + at] = nextRed - red - difference;
        bytes[2 * count + at] = nextBlue - blue - difference;
        red = nextRed;
        green = nextGreen;
        blue = nextBlue;
      }
    }
  return bytes;
}

/** The same backwards, as RGBA words (red lowest). `bytes` has three bytes per pixel of the rectangles. */
export function decodeDeltas(bytes: Uint8Array, rects: readonly TileRect[], rgba: Uint32Array): void {
  const count = rgba.length;
  let at = 0;
  for (const { widthPx, heightPx } of rects)
    for (let y = 0; y < heightPx; y++) {
      const before = y === 0 ? 0 : (rgba[at - widthPx] ?? 0);
      let red = before & 0xff;
      let green = (before >>> 8) & 0xff;
      let blue = (before >>> 16) & 0xff;
      for (const end = at + widthPx; at < end; at++) {
        const difference = bytes[at] ?? 0;
        green = (green + difference) & 0xff;
        red = (red + (bytes[count + at] ?? 0) + difference) & 0xff;
        blue = (blue + (bytes[2 * count + at] ?? 0) + difference) & 0xff;
        rgba[at] = 0xff00_0000 | (blue << 16) | (green << 8) | red;
      }
    }
}
