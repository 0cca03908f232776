// Owns finding what has only moved up or down: scrolling, seen by comparing what a viewer has with what is there now.
import { TILE_LIMITS, type TileMove, type TileRect } from '../../shared/model/tiles.ts';
import type { DamageRegion } from './damage-region.ts';
import type { PictureShadow } from './picture-shadow.ts';
import { intersect } from './rectangles.ts';

export const MOVE_LIMITS = {
  /** Smaller changes are sent as they are. */
  minChangedPixels: 48 * 1024,
  /** Width of the strips whose rows are compared. */
  stripPx: 32,
  /** Strips whose rows are hashed to guess the distance. */
  hashedStrips: 4,
  /** Rows that are told apart together. */
  windowRows: 8,
  /** Rows that have to agree on a distance. */
  minVotes: 12,
  /** Rows below each other that have to match for a move. */
  minRows: 12,
  /** Moved pixels below this are not worth it. */
  minMovedPixels: 24 * 1024,
  /** A distance that moves this much of a rectangle need not be looked for. */
  hintShare: 0.5,
} as const;

const STRIP = MOVE_LIMITS.stripPx;
const COLOUR = 0xff_ffff;
const AMBIGUOUS = -1;
const WORD = 4;

/**
 * Moves that turn much of what the viewers have into the fresh pixels of a rectangle, in an order in which none spoils
 * another's source; empty when there are none. Every moved pixel is checked. `fresh` holds the rectangle's rows without
 * gaps. `owed` is where the viewers do not have what the shadow says: nothing is moved from there. `hint` is a distance that
 * is tried first: what scrolls mostly goes on as it did.
 */
export function findMoves(
  shadow: PictureShadow,
  rect: TileRect,
  fresh: Uint32Array,
  owed: DamageRegion,
  hint = 0,
): TileMove[] {
  if (rect.widthPx * rect.heightPx < MOVE_LIMITS.minChangedPixels) return [];
  const hinted = hint === 0 ? [] : movesBy(shadow, rect, fresh, owed, hint);
  if (movedPixels(hinted) >= area(rect) * MOVE_LIMITS.hintShare) return inOrder(hinted, hint);
  const distance = guessDistance(shadow, rect, fresh);
  return distance === 0 ? [] : inOrder(movesBy(shadow, rect, fresh, owed, distance), distance);
}

/** The largest moves at this distance; none when they are not worth it. */
function movesBy(
  shadow: PictureShadow,
  rect: TileRect,
  fresh: Uint32Array,
  owed: DamageRegion,
  distance: number,
): TileMove[] {
  const moves = matchStrips(shadow, rect, fresh, owed, distance)
    .sort((one, other) => area(other) - area(one))
    .slice(0, TILE_LIMITS.maxMoves);
  return movedPixels(moves) < MOVE_LIMITS.minMovedPixels ? [] : moves;
}

function movedPixels(moves: readonly TileMove[]): number {
  return moves.reduce((sum, move) => sum + area(move), 0);
}

function inOrder(moves: TileMove[], distance: number): TileMove[] {
  // what moves up is taken from the top, what moves down from the bottom: no target covers a source still to be read
  return moves.sort((one, other) => (one.toYPx - other.toYPx) * -Math.sign(distance));
}

/** How far most rows that can be told apart have moved; positive is down, 0 when they do not agree. */
function guessDistance(shadow: PictureShadow, rect: TileRect, fresh: Uint32Array): number {
  const votes = new Map<number, number>();
  const strips = Math.min(MOVE_LIMITS.hashedStrips, Math.floor(rect.widthPx / STRIP));
  for (let strip = 0; strip < strips; strip++) {
    const x = Math.floor(((strip + 0.5) * rect.widthPx) / strips - STRIP / 2);
    const old = windowHashes(shadow.pixels, rect.yPx * shadow.widthPx + rect.xPx + x, shadow.widthPx, rect.heightPx);
    const now = windowHashes(fresh, x, rect.widthPx, rect.heightPx);
    const before = new Map<number, number>();
    for (const [y, hash] of old.entries()) before.set(hash, before.has(hash) ? AMBIGUOUS : y);
    for (const [y, hash] of now.entries()) {
      const from = hash === old[y] ? AMBIGUOUS : (before.get(hash) ?? AMBIGUOUS);
      if (from !== AMBIGUOUS) votes.set(y - from, (votes.get(y - from) ?? 0) + 1);
    }
  }
  let best = 0;
  let most: number = MOVE_LIMITS.minVotes - 1;
  for (const [distance, count] of votes)
    if (count > most) {
      best = distance;
      most = count;
    }
  return best;
}

/** Per strip of columns the runs of rows that match at this distance; equal runs beside each other are joined. */
function matchStrips(
  shadow: PictureShadow,
  rect: TileRect,
  fresh: Uint32Array,
  owed: DamageRegion,
  distance: number,
): TileMove[] {
  const strips = Math.ceil(rect.widthPx / STRIP);
  const matching = matchingRows(shadow, rect, fresh, distance, strips);
  if (!owed.isEmpty) leaveOut(owed, matching, rect, distance, strips);
  const moves: TileMove[] = [];
  let open: TileMove[] = [];
  for (let strip = 0; strip < strips; strip++) {
    const x = strip * STRIP;
    const width = Math.min(STRIP, rect.widthPx - x);
    const next: TileMove[] = [];
    for (const { top, bottom } of runsOf(matching, strips, strip)) {
      const beside = open.find((move) => move.toYPx === rect.yPx + top && move.heightPx === bottom - top);
      if (beside) beside.widthPx += width;
      const move = beside ?? {
        fromXPx: rect.xPx + x,
        fromYPx: rect.yPx + top - distance,
        toXPx: rect.xPx + x,
        toYPx: rect.yPx + top,
        widthPx: width,
        heightPx: bottom - top,
      };
      if (!beside) moves.push(move);
      next.push(move);
    }
    open = next;
  }
  return moves;
}

/** Row by row and strip by strip 1 where the fresh pixels are the ones that were `distance` rows above. */
function matchingRows(
  shadow: PictureShadow,
  rect: TileRect,
  fresh: Uint32Array,
  distance: number,
  strips: number,
): Uint8Array {
  const matching = new Uint8Array(strips * rect.heightPx);
  const now = Buffer.from(fresh.buffer, fresh.byteOffset, fresh.byteLength);
  const old = Buffer.from(shadow.pixels.buffer);
  const first = Math.max(0, distance - rect.yPx);
  const end = Math.min(rect.heightPx, shadow.heightPx + distance - rect.yPx);
  for (let y = first; y < end; y++) {
    const nowAt = y * rect.widthPx * WORD;
    const oldAt = ((rect.yPx + y - distance) * shadow.widthPx + rect.xPx) * WORD;
    const same = (from: number, to: number) =>
      now.compare(old, oldAt + from * WORD, oldAt + to * WORD, nowAt + from * WORD, nowAt + to * WORD) === 0;
    const row = matching.subarray(y * strips, (y + 1) * strips);
    // mostly whole rows match, and comparing them is one call
    if (same(0, rect.widthPx)) row.fill(1);
    else
      for (let strip = 0; strip < strips; strip++)
        row[strip] = Number(same(strip * STRIP, Math.min(rect.widthPx, (strip + 1) * STRIP)));
  }
  return matching;
}

/** Rows of strips that the viewers do not have match nothing. */
function leaveOut(owed: DamageRegion, matching: Uint8Array, rect: TileRect, distance: number, strips: number): void {
  const source = { ...rect, yPx: rect.yPx - distance };
  for (const owing of owed.rects()) {
    const common = intersect(owing, source);
    if (!common) continue;
    const left = Math.floor((common.xPx - rect.xPx) / STRIP);
    const right = Math.ceil((common.xPx + common.widthPx - rect.xPx) / STRIP);
    const top = common.yPx - source.yPx;
    for (let y = top; y < top + common.heightPx; y++) matching.fill(0, y * strips + left, y * strips + right);
  }
}

function runsOf(matching: Uint8Array, strips: number, strip: number): { top: number; bottom: number }[] {
  const runs: { top: number; bottom: number }[] = [];
  const rows = matching.length / strips;
  let top = 0;
  for (let y = 0; y <= rows; y++) {
    if (y < rows && matching[y * strips + strip] === 1) continue;
    if (y - top >= MOVE_LIMITS.minRows) runs.push({ top, bottom: y });
    top = y + 1;
  }
  return runs;
}

/** One hash per row, over the strip's pixels in it and in the rows below: lines of pages often repeat, sequences not. */
function windowHashes(pixels: Uint32Array, from: number, stride: number, rows: number): Int32Array {
  const hashes = new Int32Array(rows);
  for (let y = 0; y < rows; y++) hashes[y] = hashRow(pixels, from + y * stride);
  const last = rows - MOVE_LIMITS.windowRows;
  for (let y = 0; y < last; y++) {
    let hash = hashes[y] ?? 0;
    for (let below = 1; below < MOVE_LIMITS.windowRows; below++)
      hash = Math.imul(hash ^ (hashes[y + below] ?? 0), 0x0100_0193);
    hashes[y] = hash;
  }
  return hashes.subarray(0, Math.max(0, last));
}

/** FNV-1a over the colours of one strip's row. */
function hashRow(pixels: Uint32Array, from: number): number {
  let hash = 0x811c_9dc5;
  for (let at = from; at < from + STRIP; at++) hash = Math.imul(hash ^ ((pixels[at] ?? 0) & COLOUR), 0x0100_0193);
  return hash;
}

function area({ widthPx, heightPx }: Pick<TileMove, 'widthPx' | 'heightPx'>): number {
  return widthPx * heightPx;
}
