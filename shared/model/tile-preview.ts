// Owns the coding of a first sight: a whole screen in so few bytes that a slow link shows it within half a second.
//
//   Per rectangle a picture of an eighth of its sides (rounded up), one pixel for the mean of each block of 8 by 8 (cut off at
//   the right and lower edge, and seen at every other pixel of every other row), coded as differences (tile-deltas.ts), rectangle after rectangle; of each channel the two
//   lowest bits are 0. Between the middles of the blocks viewers interpolate linearly. It is deflated after.
import { TarnetError } from '../base/errors.ts';
import { DELTA_BYTES_PER_PIXEL, decodeDeltas, encodeDeltas } from './tile-deltas.ts';
import { type TileRect, tilePixelCount } from './tiles.ts';

const SIDE = 8;
const KEPT_BITS = 0xfc;
/** Places between two middles: half a pixel each, so that they are whole numbers. */
const STEPS = 2 * SIDE;

/** How many bytes the coding of these rectangles has. */
export function previewBytes(rects: readonly TileRect[]): number {
  return tilePixelCount(rects.map(smallOf)) * DELTA_BYTES_PER_PIXEL;
}

/** Codes words of red, green, blue (blue lowest; the highest byte is ignored), rectangle after rectangle. */
export function encodePreview(words: Uint32Array, rects: readonly TileRect[]): Uint8Array<ArrayBuffer> {
  const smalls = rects.map(smallOf);
  const means = new Uint32Array(tilePixelCount(smalls));
  let from = 0;
  let to = 0;
  for (const { widthPx, heightPx } of rects) {
    for (let y = 0; y < heightPx; y += SIDE)
      for (let x = 0; x < widthPx; x += SIDE)
        means[to++] = meanOf(words, from + y * widthPx + x, widthPx, widthPx - x, heightPx - y);
    from += widthPx * heightPx;
  }
  return encodeDeltas(means, smalls);
}

/** The same backwards, as RGBA words (red lowest). Throws `malformed`. */
export function decodePreview(bytes: Uint8Array, rects: readonly TileRect[], rgba: Uint32Array): void {
  const expected = previewBytes(rects);
  if (bytes.length !== expected)
    throw TarnetError.malformed('tiles.preview', `${bytes.length} bytes instead of ${expected}`);
  const smalls = rects.map(smallOf);
  const means = new Uint32Array(tilePixelCount(smalls));
  decodeDeltas(bytes, smalls, means);
  let from = 0;
  let to = 0;
  for (const [index, { widthPx, heightPx }] of rects.entries()) {
    const small = smalls[index] ?? { widthPx: 0, heightPx: 0 };
    const columns = betweenAll(widthPx, small.widthPx);
    const rows = betweenAll(heightPx, small.heightPx);
    const row = new Uint32Array(small.widthPx + 1);
    for (let y = 0; y < heightPx; y++) {
      const above = from + (rows.firsts[y] ?? 0) * small.widthPx;
      const below = above + ((rows.firsts[y] ?? 0) + 1 < small.heightPx ? small.widthPx : 0);
      const weight = rows.weights[y] ?? 0;
      for (let at = 0; at < small.widthPx; at++)
        row[at] = blend(means[above + at] ?? 0, means[below + at] ?? 0, weight);
      row[small.widthPx] = row[small.widthPx - 1] ?? 0;
      for (let x = 0; x < widthPx; x++) {
        const first = columns.firsts[x] ?? 0;
        rgba[to++] = blend(row[first] ?? 0, row[first + 1] ?? 0, columns.weights[x] ?? 0);
      }
    }
    from += small.widthPx * small.heightPx;
  }
}

function smallOf({ widthPx, heightPx }: TileRect): TileRect {
  return { xPx: 0, yPx: 0, widthPx: Math.ceil(widthPx / SIDE), heightPx: Math.ceil(heightPx / SIDE) };
}

/** Of every other pixel of every other row: four times as fast, and as good as all of them for the eye. */
function meanOf(words: Uint32Array, from: number, stride: number, roomX: number, roomY: number): number {
  const width = Math.min(SIDE, roomX);
  const height = Math.min(SIDE, roomY);
  let count = 0;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let row = 0; row < height; row += 2)
    for (let at = from + row * stride, end = at + width; at < end; at += 2) {
      const word = words[at] ?? 0;
      red += (word >>> 16) & 0xff;
      green += (word >>> 8) & 0xff;
      blue += word & 0xff;
      count++;
    }
  return (kept(red, count) << 16) | (kept(green, count) << 8) | kept(blue, count);
}

function kept(sum: number, count: number): number {
  return ((sum / count + 0.5) | 0) & KEPT_BITS;
}

/** Of each place the first of the two means that it lies between, and how much of the second there is in it, in STEPS. */
function betweenAll(places: number, count: number): { firsts: Uint16Array; weights: Uint8Array } {
  const firsts = new Uint16Array(places);
  const weights = new Uint8Array(places);
  for (let place = 0; place < places; place++) {
    const halves = Math.max(0, 2 * place + 1 - SIDE);
    firsts[place] = Math.min(count - 1, Math.floor(halves / STEPS));
    weights[place] = halves % STEPS;
  }
  return { firsts, weights };
}

/** Two channels at a time: eight bits of room lie between them. */
function blend(one: number, other: number, weight: number): number {
  const outer = ((one & 0xff_00ff) * (STEPS - weight) + (other & 0xff_00ff) * weight) >>> 4;
  const inner = (((one >>> 8) & 0xff) * (STEPS - weight) + ((other >>> 8) & 0xff) * weight) >>> 4;
  return (0xff00_0000 | (outer & 0xff_00ff) | (inner << 8)) >>> 0;
}
