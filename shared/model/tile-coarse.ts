// Owns the coarse coding of pixels, for a first sight of a picture that has changed as a whole: fast at both ends, exact
// nowhere. Two colours and two between them per block of 4 by 4 pixels (block truncation coding, Delp and Mitchell 1979,
// with colour end points as in S3TC, chosen by a luma of two parts of red, five of green and one of blue).
//
//   Per rectangle, block by block, row by row: first for all blocks u16 of the lighter colour, then for all u16 of the darker
//   one (5 bits of red, 6 of green, 5 of blue, little-endian), then for all u32 with 2 bits per pixel: 0 is the darker, 3
//   the lighter. Blocks at the right and lower edge are cut off. It is deflated after.
import { TarnetError } from '../base/errors.ts';
import type { TileRect } from './tiles.ts';

const SIDE = 4;
const BLOCK_BYTES = 8;
const OPAQUE = 0xff00_0000;

/** How many bytes the coding of these rectangles has. */
export function coarseBytes(rects: readonly TileRect[]): number {
  return blockCount(rects) * BLOCK_BYTES;
}

/** Codes words of red, green, blue (blue lowest; the highest byte is ignored), rectangle after rectangle. */
export function encodeCoarse(words: Uint32Array, rects: readonly TileRect[]): Uint8Array<ArrayBuffer> {
  const blocks = blockCount(rects);
  const bytes = new Uint8Array(blocks * BLOCK_BYTES);
  const light = new Uint16Array(bytes.buffer, 0, blocks);
  const dark = new Uint16Array(bytes.buffer, blocks * 2, blocks);
  const picks = new Uint32Array(bytes.buffer, blocks * 4, blocks);
  const lumas = new Int32Array(SIDE * SIDE);
  let block = 0;
  let from = 0;
  for (const { widthPx, heightPx } of rects) {
    for (let y = 0; y < heightPx; y += SIDE)
      for (let x = 0; x < widthPx; x += SIDE, block++) {
        let least = 0x7fff_ffff;
        let most = -1;
        let darkest = 0;
        let lightest = 0;
        for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
          // at the edges the last pixels are taken again: always the same number is what makes this fast
          const row = Math.min(y + (pixel >>> 2), heightPx - 1);
          const column = Math.min(x + (pixel & 3), widthPx - 1);
          const word = words[from + row * widthPx + column] ?? 0;
          const luma = ((word >>> 15) & 0x1fe) + ((word >>> 8) & 0xff) * 5 + (word & 0xff);
          lumas[pixel] = luma;
          if (luma > most) {
            most = luma;
            lightest = word;
          }
          if (luma < least) {
            least = luma;
            darkest = word;
          }
        }
        light[block] = to565(lightest);
        dark[block] = to565(darkest);
        if (most === least) continue;
        const scale = (3 << 16) / (most - least);
        let bits = 0;
        for (let pixel = SIDE * SIDE - 1; pixel >= 0; pixel--)
          bits = (bits << 2) | ((((lumas[pixel] ?? 0) - least) * scale + 0x8000) >>> 16);
        picks[block] = bits;
      }
    from += widthPx * heightPx;
  }
  return bytes;
}

/** The same backwards, as RGBA words (red lowest). Throws `malformed`. */
export function decodeCoarse(bytes: Uint8Array, rects: readonly TileRect[], rgba: Uint32Array): void {
  const blocks = blockCount(rects);
  if (bytes.length !== blocks * BLOCK_BYTES)
    throw TarnetError.malformed('tiles.coarse', `${bytes.length} bytes instead of ${blocks * BLOCK_BYTES}`);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const light = new Uint16Array(aligned.buffer, aligned.byteOffset, blocks);
  const dark = new Uint16Array(aligned.buffer, aligned.byteOffset + blocks * 2, blocks);
  const picks = new Uint32Array(aligned.buffer, aligned.byteOffset + blocks * 4, blocks);
  const colours = new Uint32Array(SIDE);
  let block = 0;
  let from = 0;
  for (const { widthPx, heightPx } of rects) {
    for (let y = 0; y < heightPx; y += SIDE)
      for (let x = 0; x < widthPx; x += SIDE, block++) {
        fillColours(colours, dark[block] ?? 0, light[block] ?? 0);
        const bits = picks[block] ?? 0;
        const wide = Math.min(SIDE, widthPx - x);
        const high = Math.min(SIDE, heightPx - y);
        for (let row = 0; row < high; row++)
          for (let column = 0, at = from + (y + row) * widthPx + x; column < wide; column++, at++)
            rgba[at] = colours[(bits >>> ((row * SIDE + column) * 2)) & 3] ?? OPAQUE;
      }
    from += widthPx * heightPx;
  }
}

function blockCount(rects: readonly TileRect[]): number {
  return rects.reduce((sum, { widthPx, heightPx }) => sum + Math.ceil(widthPx / SIDE) * Math.ceil(heightPx / SIDE), 0);
}

function to565(word: number): number {
  return ((word >>> 8) & 0xf800) | ((word >>> 5) & 0x7e0) | ((word >>> 3) & 0x1f);
}

function fillColours(colours: Uint32Array, dark: number, light: number): void {
  const r0 = expand5(dark >>> 11);
  const g0 = expand6((dark >>> 5) & 63);
  const b0 = expand5(dark & 31);
  colours[0] = OPAQUE | (b0 << 16) | (g0 << 8) | r0;
  if (light === dark) {
    colours.fill(colours[0] ?? OPAQUE);
    return;
  }
  const r3 = expand5(light >>> 11);
  const g3 = expand6((light >>> 5) & 63);
  const b3 = expand5(light & 31);
  colours[1] = OPAQUE | (third(b0, b3) << 16) | (third(g0, g3) << 8) | third(r0, r3);
  colours[2] = OPAQUE | (third(b3, b0) << 16) | (third(g3, g0) << 8) | third(r3, r0);
  colours[3] = OPAQUE | (b3 << 16) | (g3 << 8) | r3;
}

/** A third of the way from one value to another. */
function third(from: number, to: number): number {
  return ((2 * from + to + 1) / 3) | 0;
}

function expand5(value: number): number {
  return (value << 3) | (value >>> 2);
}

function expand6(value: number): number {
  return (value << 2) | (value >>> 4);
}
