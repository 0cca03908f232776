// Owns the coding of pixels by a table of their colours: what text, carets and buttons need.
//
//   u8 colours - 1, then red, green, blue of each, then per pixel its place in that table, in 0, 1, 2, 4 or 8 bits (as few
//   as reach), lowest bits first, without gaps between rows and rectangles.
import { TarnetError } from '../base/errors.ts';

export const PALETTE_LIMITS = { maxColours: 256 } as const;

const HEAD_BYTES = 1;
const COLOUR_BYTES = 3;
const COLOUR = 0xff_ffff;
const TABLE_SIZE = 1024;
const EMPTY = 0xffff_ffff;
const OPAQUE = 0xff00_0000;

/** Codes words of red, green, blue (blue lowest; the highest byte is ignored). Null when there are too many colours. */
export function encodePalette(words: Uint32Array): Uint8Array<ArrayBuffer> | null {
  // open addressing; at most a quarter of the table is ever taken
  const keys = new Uint32Array(TABLE_SIZE).fill(EMPTY);
  const places = new Uint8Array(TABLE_SIZE);
  const colours: number[] = [];
  const indexes = new Uint8Array(words.length);
  let last = EMPTY;
  let place = 0;
  for (let at = 0; at < words.length; at++) {
    const colour = (words[at] ?? 0) & COLOUR;
    if (colour !== last) {
      last = colour;
      let slot = (Math.imul(colour, 0x9e37_79b1) >>> 22) & (TABLE_SIZE - 1);
      while (keys[slot] !== colour && keys[slot] !== EMPTY) slot = (slot + 1) & (TABLE_SIZE - 1);
      if (keys[slot] === EMPTY) {
        if (colours.length === PALETTE_LIMITS.maxColours) return null;
        keys[slot] = colour;
        places[slot] = colours.length;
        colours.push(colour);
      }
      place = places[slot] ?? 0;
    }
    indexes[at] = place;
  }
  const bits = bitsFor(colours.length);
  const bytes = new Uint8Array(HEAD_BYTES + colours.length * COLOUR_BYTES + Math.ceil((words.length * bits) / 8));
  bytes[0] = colours.length - 1;
  for (const [index, colour] of colours.entries())
    bytes.set([colour >>> 16, (colour >>> 8) & 0xff, colour & 0xff], HEAD_BYTES + index * COLOUR_BYTES);
  const from = HEAD_BYTES + colours.length * COLOUR_BYTES;
  if (bits === 8) bytes.set(indexes, from);
  else if (bits > 0) {
    const perByte = 8 / bits;
    for (let at = 0; at < indexes.length; at++) {
      const to = from + Math.floor(at / perByte);
      bytes[to] = (bytes[to] ?? 0) | ((indexes[at] ?? 0) << ((at % perByte) * bits));
    }
  }
  return bytes;
}

/** The same backwards, as RGBA words (red lowest). Throws `malformed`. */
export function decodePalette(bytes: Uint8Array, rgba: Uint32Array): void {
  const count = (bytes[0] ?? 0) + 1;
  const bits = bitsFor(count);
  const from = HEAD_BYTES + count * COLOUR_BYTES;
  const expected = from + Math.ceil((rgba.length * bits) / 8);
  if (bytes.length !== expected)
    throw TarnetError.malformed('tiles.palette', `${bytes.length} bytes instead of ${expected}`);
  const colours = new Uint32Array(PALETTE_LIMITS.maxColours).fill(OPAQUE);
  for (let index = 0; index < count; index++) {
    const at = HEAD_BYTES + index * COLOUR_BYTES;
    colours[index] = OPAQUE | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0);
  }
  if (bits === 0) {
    rgba.fill(colours[0] ?? OPAQUE);
    return;
  }
  const mask = (1 << bits) - 1;
  const perByte = 8 / bits;
  for (let at = 0; at < rgba.length; at++) {
    const byte = bytes[from + Math.floor(at / perByte)] ?? 0;
    rgba[at] = colours[(byte >>> ((at % perByte) * bits)) & mask] ?? OPAQUE;
  }
}

/** The most bytes that the coding of so many pixels can have. */
export function maxPaletteBytes(pixels: number): number {
  return HEAD_BYTES + PALETTE_LIMITS.maxColours * COLOUR_BYTES + pixels;
}

function bitsFor(colours: number): number {
  if (colours <= 1) return 0;
  if (colours <= 2) return 1;
  if (colours <= 4) return 2;
  return colours <= 16 ? 4 : 8;
}
