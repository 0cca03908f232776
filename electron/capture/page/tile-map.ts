// Owns telling which cells of the picture differ between one captured frame and the next, brightness and colour alike.
import { DAMAGE_LIMITS, DamageRegion } from '../damage-region.ts';

const CELL = DAMAGE_LIMITS.cellPx;
const WORD_BYTES = 4;

/** One plane of a copied frame; its rows begin at multiples of four bytes. */
interface Plane {
  offsetWords: number;
  strideWords: number;
  rows: number;
  /** Words of one cell's row. */
  cellWords: number;
  /** Rows of one cell. */
  cellRows: number;
}

export interface PlaneShape {
  /** Bytes in a row for each pixel of the picture: 1 for luma, 0.5 for a chroma plane of its own, 4 for BGRA. */
  bytesPerPixel: number;
  /** Rows of the picture to one of the plane. */
  rowStep: 1 | 2;
}

const LUMA: PlaneShape = { bytesPerPixel: 1, rowStep: 1 };
const HALF: PlaneShape = { bytesPerPixel: 0.5, rowStep: 2 };
const PACKED: readonly PlaneShape[] = [{ bytesPerPixel: 4, rowStep: 1 }];
const PLANES: Readonly<Record<string, readonly PlaneShape[]>> = {
  I420: [LUMA, HALF, HALF],
  NV12: [LUMA, { bytesPerPixel: 1, rowStep: 2 }],
  I444: [LUMA, LUMA, LUMA],
  BGRA: PACKED,
  BGRX: PACKED,
  RGBA: PACKED,
  RGBX: PACKED,
};

/** The frames of one capture, each compared with the one before, in cells of DAMAGE_LIMITS.cellPx. */
export class TileMap {
  readonly widthPx: number;
  readonly heightPx: number;
  #format: string | null = null;
  #planes: Plane[] = [];
  #sizeBytes = 0;
  #last: Uint8Array<ArrayBuffer> | null = null;
  #next: Uint8Array<ArrayBuffer> | null = null;

  /** Even numbers. */
  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
  }

  /**
   * The cells in which the frame's area, which has this map's size, differs from the frame before; all of them for the
   * first frame and when it cannot be told. Throws when the frame's pixels cannot be had.
   */
  async changes(frame: VideoFrame, rect: DOMRectInit): Promise<DamageRegion> {
    const changed = new DamageRegion(this.widthPx, this.heightPx);
    const comparable = this.#prepare(frame.format);
    if (!comparable || !this.#next) {
      changed.addAll();
      return changed;
    }
    const layout = this.#planes.map((plane) => ({
      offset: plane.offsetWords * WORD_BYTES,
      stride: plane.strideWords * WORD_BYTES,
    }));
    await frame.copyTo(this.#next, { rect, layout });
    if (this.#last) this.#compare(this.#last, this.#next, changed);
    else changed.addAll();
    [this.#last, this.#next] = [this.#next, this.#last ?? new Uint8Array(this.#sizeBytes)];
    return changed;
  }

  /** Lays the planes out; false for a format that is not known. */
  #prepare(format: string | null): boolean {
    if (format === this.#format) return this.#next !== null;
    this.#format = format;
    this.#last = null;
    this.#next = null;
    const shapes = format === null ? undefined : PLANES[format];
    if (!shapes) return false;
    let offsetWords = 0;
    this.#planes = shapes.map(({ bytesPerPixel, rowStep }) => {
      const strideWords = Math.ceil((this.widthPx * bytesPerPixel) / WORD_BYTES);
      const plane = {
        offsetWords,
        strideWords,
        rows: Math.ceil(this.heightPx / rowStep),
        cellWords: (CELL * bytesPerPixel) / WORD_BYTES,
        cellRows: CELL / rowStep,
      };
      offsetWords += strideWords * plane.rows;
      return plane;
    });
    this.#sizeBytes = offsetWords * WORD_BYTES;
    this.#next = new Uint8Array(this.#sizeBytes);
    return true;
  }

  #compare(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>, changed: DamageRegion): void {
    const columns = Math.ceil(this.widthPx / CELL);
    const marks = new Uint8Array(columns * Math.ceil(this.heightPx / CELL));
    const a = new Uint32Array(one.buffer);
    const b = new Uint32Array(other.buffer);
    for (const plane of this.#planes) markDifferences(a, b, plane, marks, columns);
    for (let at = marks.indexOf(1); at >= 0; at = marks.indexOf(1, at + 1))
      changed.add({ xPx: (at % columns) * CELL, yPx: Math.floor(at / columns) * CELL, widthPx: CELL, heightPx: CELL });
  }
}

function markDifferences(a: Uint32Array, b: Uint32Array, plane: Plane, marks: Uint8Array, columns: number): void {
  const { offsetWords, strideWords, rows, cellWords, cellRows } = plane;
  for (let row = 0; row < rows; row++) {
    const start = offsetWords + row * strideWords;
    const firstMark = Math.floor(row / cellRows) * columns;
    for (let word = 0; word < strideWords; word++) {
      if (a[start + word] === b[start + word]) continue;
      const column = Math.floor(word / cellWords);
      marks[firstMark + column] = 1;
      // the rest of the cell's row says nothing new
      word = (column + 1) * cellWords - 1;
    }
  }
}
