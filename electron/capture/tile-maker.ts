// Owns making tile blocks: pixels of the shadow, turned to RGBA and deflated.
import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync } from 'node:zlib';
import {
  encodeTileBlock,
  TILE_LIMITS,
  type TileMove,
  type TileRect,
  tilePixelCount,
} from '../../shared/model/tiles.ts';
import type { PictureShadow } from './picture-shadow.ts';

export const TILE_MAKER_LIMITS = {
  /**
   * Pixels in one block. A whole screen goes as several blocks, so that the viewer inflates one while the next is
   * deflated; and four bytes each, even uncompressed, stay below VIDEO_LIMITS.maxFrameBytes.
   */
  maxBlockPixels: 384 * 1024,
  /** Up to here pixels deflate in no time, and only bytes matter: letters, carets, buttons. */
  maxSmallPixels: 4 * 1024,
  /** Up to here a block is deflated at once, in less time than a trip to another thread takes. */
  maxImmediatePixels: 32 * 1024,
  /** Of how many pixels in a row, and how many times, a sample for an estimate consists. */
  samplePixels: 256,
  samples: 24,
} as const;

const deflate = promisify(deflateRaw);
const SMALL = { level: 9, memLevel: 8, windowBits: 13 };
const LARGE = { level: 1, memLevel: 9 };
const OPAQUE = 0xff00_0000;

/**
 * Splits rectangles into groups of at most so many pixels (at least a row of one rectangle), for one block each. Never
 * returns an empty group.
 */
export function splitIntoBlocks(
  rects: readonly TileRect[],
  maxPixels: number = TILE_MAKER_LIMITS.maxBlockPixels,
): TileRect[][] {
  const blocks: TileRect[][] = [];
  let block: TileRect[] = [];
  let room = maxPixels;
  for (const rect of rects.flatMap((each) => splitTall(each, maxPixels))) {
    const pixels = rect.widthPx * rect.heightPx;
    if (block.length > 0 && (pixels > room || block.length >= TILE_LIMITS.maxRects)) {
      blocks.push(block);
      block = [];
      room = maxPixels;
    }
    block.push(rect);
    room -= pixels;
  }
  if (block.length > 0) blocks.push(block);
  return blocks;
}

/** One coded block with the shadow's pixels of these rectangles, after these moves. At most VIDEO_LIMITS.maxFrameBytes. */
export async function makeTileBlock(
  shadow: PictureShadow,
  rects: TileRect[],
  moves: TileMove[] = [],
  grey = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = tilePixelCount(rects);
  const rgba = grey ? toGrey(shadow, rects, pixels) : toRgba(shadow, rects, pixels);
  const deflated =
    pixels === 0
      ? new Uint8Array(0)
      : pixels <= TILE_MAKER_LIMITS.maxImmediatePixels
        ? deflateRawSync(rgba, pixels <= TILE_MAKER_LIMITS.maxSmallPixels ? SMALL : LARGE)
        : await deflate(rgba, LARGE);
  return encodeTileBlock(moves.length === 0 ? { rects, deflated } : { moves, rects, deflated });
}

function toRgba(shadow: PictureShadow, rects: readonly TileRect[], pixels: number): Uint8Array {
  const rgba = new Uint32Array(pixels);
  let to = 0;
  for (const rect of rects)
    for (let y = 0; y < rect.heightPx; y++) {
      const from = (rect.yPx + y) * shadow.widthPx + rect.xPx;
      for (let at = from; at < from + rect.widthPx; at++) {
        const pixel = shadow.pixels[at] ?? 0;
        rgba[to++] = OPAQUE | (pixel & 0xff00) | ((pixel >>> 16) & 0xff) | ((pixel & 0xff) << 16);
      }
    }
  return new Uint8Array(rgba.buffer);
}

/** The same in shades of grey: full-range luma of ITU-R BT.601, in 8-bit fixed point. */
function toGrey(shadow: PictureShadow, rects: readonly TileRect[], pixels: number): Uint8Array {
  const rgba = new Uint32Array(pixels);
  let to = 0;
  for (const rect of rects)
    for (let y = 0; y < rect.heightPx; y++) {
      const from = (rect.yPx + y) * shadow.widthPx + rect.xPx;
      for (let at = from; at < from + rect.widthPx; at++) {
        const pixel = shadow.pixels[at] ?? 0;
        const luma = (((pixel >>> 16) & 0xff) * 77 + ((pixel >>> 8) & 0xff) * 150 + (pixel & 0xff) * 29 + 128) >>> 8;
        rgba[to++] = OPAQUE | (luma << 16) | (luma << 8) | luma;
      }
    }
  return new Uint8Array(rgba.buffer);
}

/** Cuts a rectangle that is larger than a block into bands. */
function splitTall(rect: TileRect, maxPixels: number): TileRect[] {
  const rows = Math.max(1, Math.floor(maxPixels / rect.widthPx));
  const bands: TileRect[] = [];
  for (let y = 0; y < rect.heightPx; y += rows)
    bands.push({ ...rect, yPx: rect.yPx + y, heightPx: Math.min(rows, rect.heightPx - y) });
  return bands;
}

/**
 * About how many bytes these rectangles' pixels will take, from a sample of them: in a fraction of a millisecond, where
 * coding a photograph takes hundreds.
 */
export function estimateTileBytes(shadow: PictureShadow, rects: readonly TileRect[], grey = false): number {
  const pixels = tilePixelCount(rects);
  const { samplePixels, samples } = TILE_MAKER_LIMITS;
  if (pixels <= samplePixels * samples) return pixels;
  const sampled: TileRect[] = [];
  const step = pixels / samples;
  let passed = 0;
  for (const rect of rects) {
    const size = rect.widthPx * rect.heightPx;
    while (sampled.length < samples && passed + size > (sampled.length + 0.5) * step) {
      const at = Math.floor((sampled.length + 0.5) * step - passed);
      const left = Math.max(0, Math.min(at % rect.widthPx, rect.widthPx - samplePixels));
      const widthPx = Math.min(samplePixels, rect.widthPx);
      sampled.push({ xPx: rect.xPx + left, yPx: rect.yPx + Math.floor(at / rect.widthPx), widthPx, heightPx: 1 });
    }
    passed += size;
  }
  const sampledPixels = tilePixelCount(sampled);
  const rgba = grey ? toGrey(shadow, sampled, sampledPixels) : toRgba(shadow, sampled, sampledPixels);
  const bytes = deflateRawSync(rgba, LARGE).length;
  return Math.round((bytes * pixels) / sampledPixels);
}
