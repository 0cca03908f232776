// Owns the copy of what the viewers' picture shows, and finds what really differs from it.
import type { TileMove, TileRect } from '../../shared/model/tiles.ts';
import { DAMAGE_LIMITS, type DamageRegion } from './damage-region.ts';
import { contains } from './rectangles.ts';

const CELL = DAMAGE_LIMITS.cellPx;
/** The fourth byte of a pixel means nothing. */
const COLOUR = 0xff_ffff;
/** Two changed boxes become one while the pixels between them stay below this: a rectangle costs 8 bytes itself. */
const MERGE_WASTE_PX = 48;

/** Pixels are 32-bit words, blue in the lowest byte, then green, then red, as X servers and Windows keep them. */
export class PictureShadow {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint32Array<ArrayBuffer>;

  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.pixels = new Uint32Array(widthPx * heightPx);
  }

  /**
   * Compares fresh pixels of a rectangle with the copy, cell by cell, and returns what differs as few tight
   * rectangles. Does not change the copy. `fresh` holds the rectangle's rows without gaps. `xPx` and `yPx` are
   * multiples of DAMAGE_LIMITS.cellPx. Cells in `owed` count as changed, whatever they hold; cells inside of `equal` are
   * known not to differ.
   */
  differences(rect: TileRect, fresh: Uint32Array, owed: DamageRegion, equal: readonly TileRect[] = []): TileRect[] {
    const done: TileRect[] = [];
    let above: TileRect[] = [];
    for (let y = 0; y < rect.heightPx; y += CELL) {
      const row: TileRect[] = [];
      const height = Math.min(CELL, rect.heightPx - y);
      if (this.#isEqual(rect, fresh, y, height) && !owed.touches({ ...rect, yPx: rect.yPx + y, heightPx: height })) {
        done.push(...above);
        above = [];
        continue;
      }
      for (let x = 0; x < rect.widthPx; x += CELL) {
        const width = Math.min(CELL, rect.widthPx - x);
        const cell = { xPx: rect.xPx + x, yPx: rect.yPx + y, widthPx: width, heightPx: height };
        if (equal.some((other) => contains(other, cell))) continue;
        const box = owed.touches(cell) ? cell : this.#changedBox(rect, fresh, x, y, width, height);
        if (!box) continue;
        const left = row.at(-1);
        if (!left || !joins(left, box)) row.push(box);
      }
      const open: TileRect[] = [];
      for (const box of row) {
        const at = above.findIndex(
          (other) => other.xPx === box.xPx && other.widthPx === box.widthPx && joins(other, box),
        );
        const joined = above[at];
        if (joined) open.push(...above.splice(at, 1));
        else open.push(box);
      }
      done.push(...above);
      above = open;
    }
    return [...done, ...above];
  }

  /** Does what a viewer does with a move. */
  move({ fromXPx, fromYPx, toXPx, toYPx, widthPx, heightPx }: TileMove): void {
    const up = toYPx < fromYPx;
    for (let step = 0; step < heightPx; step++) {
      const row = up ? step : heightPx - 1 - step;
      const from = (fromYPx + row) * this.widthPx + fromXPx;
      this.pixels.copyWithin((toYPx + row) * this.widthPx + toXPx, from, from + widthPx);
    }
  }

  /** Takes over the fresh pixels of a rectangle. */
  update(rect: TileRect, fresh: Uint32Array): void {
    for (let y = 0; y < rect.heightPx; y++)
      this.pixels.set(
        fresh.subarray(y * rect.widthPx, (y + 1) * rect.widthPx),
        (rect.yPx + y) * this.widthPx + rect.xPx,
      );
  }

  /** Whether so many whole rows are the same bytes; much faster than looking at pixels, and mostly it is so. */
  #isEqual(rect: TileRect, fresh: Uint32Array, y0: number, rows: number): boolean {
    const now = Buffer.from(fresh.buffer, fresh.byteOffset, fresh.byteLength);
    const old = Buffer.from(this.pixels.buffer);
    const rowBytes = rect.widthPx * Uint32Array.BYTES_PER_ELEMENT;
    for (let y = y0; y < y0 + rows; y++) {
      const nowAt = y * rowBytes;
      const oldAt = ((rect.yPx + y) * this.widthPx + rect.xPx) * Uint32Array.BYTES_PER_ELEMENT;
      if (now.compare(old, oldAt, oldAt + rowBytes, nowAt, nowAt + rowBytes) !== 0) return false;
    }
    return true;
  }

  #changedBox(rect: TileRect, fresh: Uint32Array, x0: number, y0: number, width: number, height: number) {
    const old = this.pixels;
    let left = width;
    let right = -1;
    let top = -1;
    let bottom = -1;
    for (let y = 0; y < height; y++) {
      const freshAt = (y0 + y) * rect.widthPx + x0;
      const oldAt = (rect.yPx + y0 + y) * this.widthPx + rect.xPx + x0;
      let first = 0;
      while (first < width && (((fresh[freshAt + first] ?? 0) ^ (old[oldAt + first] ?? 0)) & COLOUR) === 0) first++;
      if (first === width) continue;
      let last = width - 1;
      while ((((fresh[freshAt + last] ?? 0) ^ (old[oldAt + last] ?? 0)) & COLOUR) === 0) last--;
      if (first < left) left = first;
      if (last > right) right = last;
      if (top < 0) top = y;
      bottom = y;
    }
    if (top < 0) return null;
    return {
      xPx: rect.xPx + x0 + left,
      yPx: rect.yPx + y0 + top,
      widthPx: right - left + 1,
      heightPx: bottom - top + 1,
    };
  }
}

/** Grows `box` over `other` when little is wasted by it. */
function joins(box: TileRect, other: TileRect): boolean {
  const left = Math.min(box.xPx, other.xPx);
  const top = Math.min(box.yPx, other.yPx);
  const right = Math.max(box.xPx + box.widthPx, other.xPx + other.widthPx);
  const bottom = Math.max(box.yPx + box.heightPx, other.yPx + other.heightPx);
  const waste = (right - left) * (bottom - top) - box.widthPx * box.heightPx - other.widthPx * other.heightPx;
  if (waste > MERGE_WASTE_PX) return false;
  box.xPx = left;
  box.yPx = top;
  box.widthPx = right - left;
  box.heightPx = bottom - top;
  return true;
}
