// Owns what a viewer's hand can do to a host: the input event, and the table of physical keys.
import * as v from 'valibot';
import { KEY_CODES, type KeyCode } from './key-codes.ts';

export const MOUSE_BUTTONS = ['left', 'middle', 'right', 'back', 'forward'] as const;
export type MouseButton = (typeof MOUSE_BUTTONS)[number];

/** One wheel notch, in the unit of `wheel` events (the same as Windows' WHEEL_DELTA). */
export const WHEEL_NOTCH = 120;

/**
 * One act of input. `xPx`, `yPx` are pixels of the shared source, from its upper left corner. `key` events name the
 * physical key (UI Events `code`); `text` is one Unicode code point for which no key of the host may exist.
 */
export type InputEvent =
  | { kind: 'move'; xPx: number; yPx: number }
  | { kind: 'button'; button: MouseButton; down: boolean; xPx: number; yPx: number }
  | { kind: 'wheel'; dx: number; dy: number; xPx: number; yPx: number }
  | { kind: 'key'; code: KeyCode; down: boolean }
  | { kind: 'text'; codePoint: number }
  | { kind: 'release-all' };

/** Whether the time from this input to the picture is measured: acts that programs answer by drawing something. */
export function isMeasuredInput(event: InputEvent): boolean {
  return (
    event.kind === 'text' || event.kind === 'wheel' || ((event.kind === 'key' || event.kind === 'button') && event.down)
  );
}

export const INPUT_LIMITS = {
  maxCoordinatePx: 65_535,
  /** 30 notches in one event. */
  maxWheelDelta: 30 * WHEEL_NOTCH,
  maxCodePoint: 0x10ffff,
  /** Events in one IPC batch. */
  maxBatch: 256,
} as const;

const coordinate = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(INPUT_LIMITS.maxCoordinatePx));
const wheelDelta = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(-INPUT_LIMITS.maxWheelDelta),
  v.maxValue(INPUT_LIMITS.maxWheelDelta),
);

/** Surrogates and the null character are no text; everything else up to U+10FFFF is. */
export function isTypableCodePoint(codePoint: number): boolean {
  return (
    Number.isInteger(codePoint) &&
    codePoint > 0 &&
    codePoint <= INPUT_LIMITS.maxCodePoint &&
    !(codePoint >= 0xd800 && codePoint <= 0xdfff)
  );
}

export const inputEventSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('move'), xPx: coordinate, yPx: coordinate }),
  v.strictObject({
    kind: v.literal('button'),
    button: v.picklist(MOUSE_BUTTONS),
    down: v.boolean(),
    xPx: coordinate,
    yPx: coordinate,
  }),
  v.strictObject({ kind: v.literal('wheel'), dx: wheelDelta, dy: wheelDelta, xPx: coordinate, yPx: coordinate }),
  v.strictObject({ kind: v.literal('key'), code: v.picklist(KEY_CODES), down: v.boolean() }),
  v.strictObject({ kind: v.literal('text'), codePoint: v.pipe(v.number(), v.check(isTypableCodePoint)) }),
  v.strictObject({ kind: v.literal('release-all') }),
]);

export const inputBatchSchema = v.pipe(v.array(inputEventSchema), v.maxLength(INPUT_LIMITS.maxBatch));
