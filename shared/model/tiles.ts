// Owns the lossless tile coding: rectangles of exact pixels in one compressed block.
//
//   u16 count, then per rectangle u16 x, y, width, height (all little-endian), then one raw-deflate stream of the
//   rectangles' pixels, row by row, in order, 4 bytes each: red, green, blue, 255. What comes out has to have exactly
//   the size that the rectangles say.
//
//   A block that moves pixels (scrolling) has bit 15 of the count set, and after the count u16 moves, then per move u16
//   from x, from y, to x, to y, width, height. Moves are done in order before the rectangles are drawn, each reading the
//   picture as the one before left it; source and target may overlap and then act as if the source were copied out
//   first. Such a block may have no rectangle, and then no pixels follow.
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

export interface TileBlock {
  /** Done in order, before the rectangles are drawn; absent when there are none. */
  moves?: TileMove[];
  rects: TileRect[];
  /** Raw deflate of the pixels. */
  deflated: Uint8Array;
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
const MOVES_FLAG = 0x8000;

/** The number of pixels in the rectangles together. */
export function tilePixelCount(rects: readonly TileRect[]): number {
  return rects.reduce((sum, rect) => sum + rect.widthPx * rect.heightPx, 0);
}

/** Writes a block. Throws `too-large` beyond TILE_LIMITS. */
export function encodeTileBlock(block: TileBlock): Uint8Array<ArrayBuffer> {
  const { moves = [], rects, deflated } = block;
  if (rects.length > TILE_LIMITS.maxRects)
    throw TarnetError.tooLarge('tiles.rects', rects.length, TILE_LIMITS.maxRects);
  if (moves.length > TILE_LIMITS.maxMoves)
    throw TarnetError.tooLarge('tiles.moves', moves.length, TILE_LIMITS.maxMoves);
  const movesBytes = moves.length === 0 ? 0 : HEADER_BYTES + moves.length * MOVE_BYTES;
  const bytes = new Uint8Array(HEADER_BYTES + movesBytes + rects.length * RECT_BYTES + deflated.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (value: number) => {
    view.setUint16(at, value, true);
    at += 2;
  };
  put(moves.length === 0 ? rects.length : rects.length | MOVES_FLAG);
  if (moves.length > 0) put(moves.length);
  for (const move of moves)
    for (const value of [move.fromXPx, move.fromYPx, move.toXPx, move.toYPx, move.widthPx, move.heightPx]) put(value);
  for (const rect of rects) for (const value of [rect.xPx, rect.yPx, rect.widthPx, rect.heightPx]) put(value);
  bytes.set(deflated, at);
  return bytes;
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
  const count = head & ~MOVES_FLAG;
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
  const pixels = tilePixelCount(rects);
  if (pixels > TILE_LIMITS.maxPixels) throw TarnetError.tooLarge('tiles.pixels', pixels * 4, TILE_LIMITS.maxPixels * 4);
  const deflated = bytes.subarray(at);
  if (count === 0 && deflated.length > 0) throw TarnetError.malformed('tiles', 'pixels without rectangles');
  return moves.length === 0 ? { rects, deflated } : { moves, rects, deflated };
}
