// Owns the lossless tile coding: rectangles of exact pixels in one compressed block.
//
//   u16 count, then per rectangle u16 x, y, width, height (all little-endian), then one raw-deflate stream of the
//   rectangles' pixels, row by row, in order, 4 bytes each: red, green, blue, 255. What comes out has to have exactly
//   the size that the rectangles say.
import { TarnetError } from '../base/errors.ts';

export interface TileRect {
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
}

export interface TileBlock {
  rects: TileRect[];
  /** Raw deflate of the pixels. */
  deflated: Uint8Array;
}

export const TILE_LIMITS = {
  /** Rectangles in one block. */
  maxRects: 1024,
  /** Pixels in one block: a 4K screen. What is larger is sent as several blocks. */
  maxPixels: 3840 * 2160,
} as const;

const HEADER_BYTES = 2;
const RECT_BYTES = 8;

/** The number of pixels in the rectangles together. */
export function tilePixelCount(rects: readonly TileRect[]): number {
  return rects.reduce((sum, rect) => sum + rect.widthPx * rect.heightPx, 0);
}

/** Writes a block. Throws `too-large` beyond TILE_LIMITS. */
export function encodeTileBlock(block: TileBlock): Uint8Array<ArrayBuffer> {
  if (block.rects.length > TILE_LIMITS.maxRects)
    throw TarnetError.tooLarge('tiles.rects', block.rects.length, TILE_LIMITS.maxRects);
  const bytes = new Uint8Array(HEADER_BYTES + block.rects.length * RECT_BYTES + block.deflated.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, block.rects.length, true);
  let at = HEADER_BYTES;
  for (const rect of block.rects) {
    view.setUint16(at, rect.xPx, true);
    view.setUint16(at + 2, rect.yPx, true);
    view.setUint16(at + 4, rect.widthPx, true);
    view.setUint16(at + 6, rect.heightPx, true);
    at += RECT_BYTES;
  }
  bytes.set(block.deflated, at);
  return bytes;
}

/** Reads a block for a picture of the given size. Throws `malformed` or `too-large`, naming the field. */
export function decodeTileBlock(bytes: Uint8Array, widthPx: number, heightPx: number): TileBlock {
  if (bytes.length < HEADER_BYTES) throw TarnetError.malformed('tiles', 'shorter than its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(0, true);
  if (count === 0 || count > TILE_LIMITS.maxRects)
    throw TarnetError.malformed('tiles.count', `${count}`, `1 to ${TILE_LIMITS.maxRects}`);
  const pixelsAt = HEADER_BYTES + count * RECT_BYTES;
  if (bytes.length < pixelsAt) throw TarnetError.malformed('tiles.rects', 'truncated');
  const rects: TileRect[] = [];
  for (let at = HEADER_BYTES; at < pixelsAt; at += RECT_BYTES) {
    const rect = {
      xPx: view.getUint16(at, true),
      yPx: view.getUint16(at + 2, true),
      widthPx: view.getUint16(at + 4, true),
      heightPx: view.getUint16(at + 6, true),
    };
    if (rect.widthPx === 0 || rect.heightPx === 0) throw TarnetError.malformed('tiles.rect', 'empty');
    if (rect.xPx + rect.widthPx > widthPx || rect.yPx + rect.heightPx > heightPx)
      throw TarnetError.malformed('tiles.rect', 'outside of the picture');
    rects.push(rect);
  }
  const pixels = tilePixelCount(rects);
  if (pixels > TILE_LIMITS.maxPixels) throw TarnetError.tooLarge('tiles.pixels', pixels * 4, TILE_LIMITS.maxPixels * 4);
  return { rects, deflated: bytes.subarray(pixelsAt) };
}
