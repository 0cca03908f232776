// Owns which parts of a picture have changed: a grid of cells, so that any flood of rectangles costs the same.
import type { TileRect } from '../../shared/model/tiles.ts';

export const DAMAGE_LIMITS = {
  /** Side of a cell. Small enough that a typed letter reads little, large enough that a screen is some 2,000 cells. */
  cellPx: 32,
  /** Cells of the largest picture that VIDEO_LIMITS allows. */
  maxCells: (16_384 / 32) ** 2,
} as const;

const CELL = DAMAGE_LIMITS.cellPx;

/** A set of cells of one picture. All rectangles that go in are clipped to the picture. */
export class DamageRegion {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #cells: Uint8Array;
  #count = 0;

  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.#columns = Math.ceil(widthPx / CELL);
    this.#rows = Math.ceil(heightPx / CELL);
    this.#cells = new Uint8Array(this.#columns * this.#rows);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Pixels of the cells in the set; cells at the edges count as whole ones. */
  get pixelCount(): number {
    return this.#count * CELL * CELL;
  }

  /** Every cell that the rectangle touches. */
  add(rect: TileRect): void {
    this.#each(rect, Math.floor, Math.ceil, 1);
  }

  addAll(): void {
    this.#cells.fill(1);
    this.#count = this.#cells.length;
  }

  addRegion(other: DamageRegion): void {
    for (const rect of other.rects()) this.add(rect);
  }

  /** Takes out the cells that lie wholly inside of the rectangle. */
  subtract(rect: TileRect): void {
    const right = rect.xPx + rect.widthPx >= this.widthPx ? this.#columns * CELL : rect.xPx + rect.widthPx;
    const bottom = rect.yPx + rect.heightPx >= this.heightPx ? this.#rows * CELL : rect.yPx + rect.heightPx;
    const whole = { xPx: rect.xPx, yPx: rect.yPx, widthPx: right - rect.xPx, heightPx: bottom - rect.yPx };
    this.#each(whole, Math.ceil, Math.floor, 0);
  }

  clear(): void {
    this.#cells.fill(0);
    this.#count = 0;
  }

  /** Whether the rectangle touches a cell of the set. */
  touches(rect: TileRect): boolean {
    if (this.#count === 0) return false;
    const { left, top, right, bottom } = this.#span(rect, Math.floor, Math.ceil);
    for (let row = top; row < bottom; row++)
      if (this.#cells.subarray(row * this.#columns + left, row * this.#columns + right).includes(1)) return true;
    return false;
  }

  /** The smallest rectangle around the set, or null when it is empty. */
  bounds(): TileRect | null {
    let left = this.#columns;
    let top = this.#rows;
    let right = 0;
    let bottom = 0;
    for (let row = 0; row < this.#rows; row++) {
      const cells = this.#cells.subarray(row * this.#columns, (row + 1) * this.#columns);
      const first = cells.indexOf(1);
      if (first < 0) continue;
      left = Math.min(left, first);
      right = Math.max(right, cells.lastIndexOf(1) + 1);
      top = Math.min(top, row);
      bottom = row + 1;
    }
    return right === 0 ? null : this.#toPixels(left, top, right, bottom);
  }

  /** The set as rectangles that do not overlap, from top to bottom; equal runs of cells below each other are joined. */
  rects(): TileRect[] {
    const done: TileRect[] = [];
    let open: { left: number; right: number; top: number }[] = [];
    for (let row = 0; row <= this.#rows; row++) {
      const runs = row < this.#rows ? this.#runs(row) : [];
      const next: typeof open = [];
      for (const run of runs) {
        const above = open.find((other) => other.left === run.left && other.right === run.right);
        next.push(above ?? { ...run, top: row });
      }
      for (const run of open) if (!next.includes(run)) done.push(this.#toPixels(run.left, run.top, run.right, row));
      open = next;
    }
    return done;
  }

  #runs(row: number): { left: number; right: number }[] {
    const cells = this.#cells.subarray(row * this.#columns, (row + 1) * this.#columns);
    const runs = [];
    for (let left = cells.indexOf(1); left >= 0; ) {
      const end = cells.indexOf(0, left);
      const right = end < 0 ? this.#columns : end;
      runs.push({ left, right });
      left = cells.indexOf(1, right);
    }
    return runs;
  }

  #each(rect: TileRect, start: (n: number) => number, end: (n: number) => number, value: 0 | 1): void {
    const { left, top, right, bottom } = this.#span(rect, start, end);
    for (let row = top; row < bottom; row++)
      for (let at = row * this.#columns + left; at < row * this.#columns + right; at++) {
        if (this.#cells[at] !== value) this.#count += value === 1 ? 1 : -1;
        this.#cells[at] = value;
      }
  }

  #span(rect: TileRect, start: (n: number) => number, end: (n: number) => number) {
    return {
      left: Math.max(0, start(rect.xPx / CELL)),
      top: Math.max(0, start(rect.yPx / CELL)),
      right: Math.min(this.#columns, end((rect.xPx + rect.widthPx) / CELL)),
      bottom: Math.min(this.#rows, end((rect.yPx + rect.heightPx) / CELL)),
    };
  }

  #toPixels(left: number, top: number, right: number, bottom: number): TileRect {
    return {
      xPx: left * CELL,
      yPx: top * CELL,
      widthPx: Math.min(this.widthPx, right * CELL) - left * CELL,
      heightPx: Math.min(this.heightPx, bottom * CELL) - top * CELL,
    };
  }
}
