// Owns the blocks of tiles: rectangles of pixels in one coding, and moves of pixels.
//
//   u16 head: bits 0 to 10 the number of rectangles, 11 to 12 the coding (its place in TILE_CODINGS), bit 13 set when the
//   coded pixels are raw-deflated, bit 14 set when more of the same picture follows at once, bit 15 set when there are moves; then per rectangle u16 x, y, width,
//   height (all little-endian), then the pixels of all rectangles, row by row, in order, coded as the files of the
//   codings say.
//
//   A block that moves pixels (scrolling) has after the head u16 moves, then per move u16 from x, from y, to x, to y,
//   width, height. Moves are done in order before the rectangles are drawn, each reading the
//   picture as the one before left it; source and target may overlap and then act as if the source were copied out
//   first. Such a block may have no rectangle, and then no pixels follow.
import { assert } from '../base/assert.ts';
import { TarnetError } from '../base/errors.ts';

export interface TileRect {
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
}

/** Pixels that are already on the viewer's picture and have moved. */
export interface TileMove {
  fromXPx: number;
  fromYPx: number;
  toXPx: number;
  toYPx: number;
  widthPx: number;
  heightPx: number;
}

/** `deltas` (tile-deltas.ts) and `palette` (tile-palette.ts) are exact, `coarse` (tile-coarse.ts) and `preview` (tile-preview.ts) are not. */
export const TILE_CODINGS = ['deltas', 'palette', 'coarse', 'preview'] as const;
export type TileCoding = (typeof TILE_CODINGS)[number];

/** Pixels as they are coded. */
export interface CodedTiles {
  coding: TileCoding;
  /** True when `data` is raw deflate of the coding. */
  deflated: boolean;
  data: Uint8Array;
}

export interface TileBlock {
  /** Done in order, before the rectangles are drawn; absent when there are none. */
  moves?: TileMove[];
  rects: TileRect[];
  /** Null without rectangles. */
  pixels: CodedTiles | null;
  /** True when more of the same picture follows at once: painting it bit by bit would be torn, and more work. */
  more?: true;
}

export const TILE_LIMITS = {
  /** Rectangles in one block. */
  maxRects: 1024,
  /** Moves in one block. */
  maxMoves: 64,
  /** Pixels in one block: a 4K screen. What is larger is sent as several blocks. */
  maxPixels: 3840 * 2160,
} as const;

const HEADER_BYTES = 2;
const RECT_BYTES = 8;
const MOVE_BYTES = 12;
const COUNT_MASK = 0x7ff;
const CODING_SHIFT = 11;
const CODING_MASK = 3;
const DEFLATED_FLAG = 0x2000;
const MORE_FLAG = 0x4000;
const MOVES_FLAG = 0x8000;

/** The number of pixels in the rectangles together. */
export function tilePixelCount(rects: readonly TileRect[]): number {
  return rects.reduce((sum, rect) => sum + rect.widthPx * rect.heightPx, 0);
}

/** Writes a block. Throws `too-large` beyond TILE_LIMITS. */
export function encodeTileBlock(block: TileBlock): Uint8Array<ArrayBuffer> {
  const { moves = [], rects, pixels } = block;
  assert((rects.length === 0) === (pixels === null), 'pixels belong to rectangles');
  if (rects.length > TILE_LIMITS.maxRects)
    throw TarnetError.tooLarge('tiles.rects', rects.length, TILE_LIMITS.maxRects);
  if (moves.length > TILE_LIMITS.maxMoves)
    throw TarnetError.tooLarge('tiles.moves', moves.length, TILE_LIMITS.maxMoves);
  const movesBytes = moves.length === 0 ? 0 : HEADER_BYTES + moves.length * MOVE_BYTES;
  const bytes = new Uint8Array(HEADER_BYTES + movesBytes + rects.length * RECT_BYTES + (pixels?.data.length ?? 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (value: number) => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const coding = pixels ? TILE_CODINGS.indexOf(pixels.coding) << CODING_SHIFT : 0;
  const packing = (pixels?.deflated ? DEFLATED_FLAG : 0) | (block.more ? MORE_FLAG : 0);
  put(rects.length | coding | packing | (moves.length === 0 ? 0 : MOVES_FLAG));
  if (moves.length > 0) put(moves.length);
  for (const move of moves)
    for (const value of [move.fromXPx, move.fromYPx, move.toXPx, move.toYPx, move.widthPx, move.heightPx]) put(value);
  for (const rect of rects) for (const value of [rect.xPx, rect.yPx, rect.widthPx, rect.heightPx]) put(value);
  if (pixels) bytes.set(pixels.data, at);
  return bytes;
}

/** Whether a block says that more of the same picture follows at once; it need not be a valid one. */
export function isPart(bytes: Uint8Array): boolean {
  return ((bytes[1] ?? 0) & (MORE_FLAG >>> 8)) !== 0;
}

/** Reads a block for a picture of the given size. Throws `malformed` or `too-large`, naming the field. */
export function decodeTileBlock(bytes: Uint8Array, widthPx: number, heightPx: number): TileBlock {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (field: string): number => {
    if (at + 2 > bytes.length) throw TarnetError.malformed(field, 'truncated');
    at += 2;
    return view.getUint16(at - 2, true);
  };
  const head = take('tiles');
  const moveCount = (head & MOVES_FLAG) === 0 ? 0 : take('tiles.moves');
  const count = head & COUNT_MASK;
  const coding = TILE_CODINGS[(head >>> CODING_SHIFT) & CODING_MASK];
  const deflated = (head & DEFLATED_FLAG) !== 0;
  if (coding === undefined) throw TarnetError.malformed('tiles.coding', 'unknown');
  if ((head & MOVES_FLAG) !== 0 && (moveCount === 0 || moveCount > TILE_LIMITS.maxMoves))
    throw TarnetError.malformed('tiles.moves', `${moveCount}`, `1 to ${TILE_LIMITS.maxMoves}`);
  if ((count === 0 && moveCount === 0) || count > TILE_LIMITS.maxRects)
    throw TarnetError.malformed('tiles.count', `${count}`, `1 to ${TILE_LIMITS.maxRects}`);
  const inside = (field: string, xPx: number, yPx: number, width: number, height: number) => {
    if (width === 0 || height === 0) throw TarnetError.malformed(field, 'empty');
    if (xPx + width > widthPx || yPx + height > heightPx) throw TarnetError.malformed(field, 'outside of the picture');
  };
  const moves: TileMove[] = [];
  for (let index = 0; index < moveCount; index++) {
    const [fromXPx, fromYPx] = [take('tiles.moves'), take('tiles.moves')];
    const [toXPx, toYPx] = [take('tiles.moves'), take('tiles.moves')];
    const move = { fromXPx, fromYPx, toXPx, toYPx, widthPx: take('tiles.moves'), heightPx: take('tiles.moves') };
    inside('tiles.move', fromXPx, fromYPx, move.widthPx, move.heightPx);
    inside('tiles.move', toXPx, toYPx, move.widthPx, move.heightPx);
    moves.push(move);
  }
  const rects: TileRect[] = [];
  for (let index = 0; index < count; index++) {
    const [xPx, yPx] = [take('tiles.rects'), take('tiles.rects')];
    const rect = { xPx, yPx, widthPx: take('tiles.rects'), heightPx: take('tiles.rects') };
    inside('tiles.rect', xPx, yPx, rect.widthPx, rect.heightPx);
    rects.push(rect);
  }
  const size = tilePixelCount(rects);
  if (size > TILE_LIMITS.maxPixels) throw TarnetError.tooLarge('tiles.pixels', size * 4, TILE_LIMITS.maxPixels * 4);
  const data = bytes.subarray(at);
  if (count === 0 && data.length > 0) throw TarnetError.malformed('tiles', 'pixels without rectangles');
  const pixels = count === 0 ? null : { coding, deflated, data };
  return {
    ...(moves.length > 0 && { moves }),
    rects,
    pixels,
    ...((head & MORE_FLAG) !== 0 && { more: true as const }),
  };
}
