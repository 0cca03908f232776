// Owns where the pointer was lately: Chromium draws it into captured frames, and what only it has changed is not sent.
import type { TileRect } from '../../../shared/model/tiles.ts';
import { DAMAGE_LIMITS, DamageRegion } from '../damage-region.ts';
import { contains, unite } from '../rectangles.ts';

export const POINTER_MASK_LIMITS = {
  /** A frame may be this much older than what is known of the pointer. */
  memoryMs: 150,
  /** Room around the hot spot: a pointer of 32 pixels, and the whole cells that it touches. */
  marginPx: 64,
  maxPositions: 32,
} as const;

interface Position {
  atMs: number;
  xPx: number;
  yPx: number;
}

export class PointerMask {
  #positions: Position[] = [];

  /** The pointer is here now, in pixels of the picture. */
  moved(atMs: number, xPx: number, yPx: number): void {
    this.#positions.push({ atMs, xPx, yPx });
    if (this.#positions.length > POINTER_MASK_LIMITS.maxPositions) this.#positions.shift();
  }

  /**
   * Takes out of `changed` what the moving pointer may have changed, and returns it. A pointer that rests masks nothing:
   * what changes under it is real.
   */
  takeFrom(changed: DamageRegion, nowMs: number): DamageRegion {
    const doubtful = new DamageRegion(changed.widthPx, changed.heightPx);
    const boxes = this.#boxes(nowMs);
    if (boxes.length === 0 || changed.isEmpty) return doubtful;
    for (const cell of cellsOf(changed)) if (boxes.some((box) => contains(box, cell))) doubtful.add(cell);
    for (const rect of doubtful.rects()) changed.subtract(rect);
    return doubtful;
  }

  /** Around each step of its way, because a frame shows it anywhere between. */
  #boxes(nowMs: number): TileRect[] {
    const since = nowMs - POINTER_MASK_LIMITS.memoryMs;
    if ((this.#positions.at(-1)?.atMs ?? 0) < since) return [];
    // one step more than is remembered: where it came from
    const first = Math.max(0, this.#positions.findIndex(({ atMs }) => atMs >= since) - 1);
    const recent = this.#positions.slice(first);
    return recent.map((position, index) => unite(around(position), around(recent[index - 1] ?? position)));
  }
}

function cellsOf(region: DamageRegion): TileRect[] {
  const side = DAMAGE_LIMITS.cellPx;
  const cells: TileRect[] = [];
  for (const { xPx, yPx, widthPx, heightPx } of region.rects())
    for (let y = 0; y < heightPx; y += side)
      for (let x = 0; x < widthPx; x += side) cells.push({ xPx: xPx + x, yPx: yPx + y, widthPx: side, heightPx: side });
  return cells;
}

function around({ xPx, yPx }: Position): TileRect {
  const { marginPx } = POINTER_MASK_LIMITS;
  return { xPx: xPx - marginPx, yPx: yPx - marginPx, widthPx: 2 * marginPx, heightPx: 2 * marginPx };
}
