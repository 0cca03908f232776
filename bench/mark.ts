// Owns the mark: a row of black and white cells that tells, wherever it is seen, which frame is being shown.
import type { Bgrx, Rect } from '../tests/displays/x-screen.ts';

/** Cells are as big as a macroblock, so that no codec blurs one into the next. */
const CELL_PX = 16;
const BITS = 12;
/** The bits, then the same bits inverted: a torn or blurred mark is recognised and not read. */
const CELLS = BITS * 2;
const READ_PX = 8;
const MIDDLE_GREY = 128;
const BYTES_PER_PIXEL = 4;

export const MARK = { width: CELLS * CELL_PX, height: CELL_PX, values: 1 << BITS } as const;

/** The cells of a mark that are white for a frame number, placed from 0, 0; the others are black. */
export function whiteCells(frame: number): Rect[] {
  const value = frame % MARK.values;
  const bits = value | ((~value & (MARK.values - 1)) << BITS);
  return Array.from({ length: CELLS }, (_, cell) => cell)
    .filter((cell) => (bits >> cell) & 1)
    .map((cell) => ({ x: cell * CELL_PX, y: 0, width: CELL_PX, height: CELL_PX }));
}

/** The one line of pixels that suffices to read a mark whose top left corner is at `x`, `y`. */
export function readingLine(x: number, y: number): Rect {
  return { x, y: y + CELL_PX / 2, width: MARK.width, height: 1 };
}

/** The frame number modulo `MARK.values` that a line of pixels shows, or null when it shows none. */
export function readMark(line: Bgrx): number | null {
  let bits = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    let green = 0;
    const first = cell * CELL_PX + (CELL_PX - READ_PX) / 2;
    for (let x = first; x < first + READ_PX; x++) green += line.bytes[x * BYTES_PER_PIXEL + 1] ?? 0;
    if (green / READ_PX > MIDDLE_GREY) bits |= 1 << cell;
  }
  const value = bits & (MARK.values - 1);
  return bits >>> BITS === (~value & (MARK.values - 1)) ? value : null;
}

/** The newest frame number at or below `newest` that a value stands for. */
export function frameOf(value: number, newest: number): number {
  return newest - ((((newest - value) % MARK.values) + MARK.values) % MARK.values);
}
