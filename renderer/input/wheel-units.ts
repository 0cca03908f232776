// Owns how far a wheel turned: events of the browser become units of WHEEL_NOTCH, in whole numbers, without loss. Pure.
import { INPUT_LIMITS, WHEEL_NOTCH } from '../../shared/model/input-event.ts';

/** The parts of a WheelEvent that matter. */
export interface WheelTurn {
  deltaX: number;
  deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  deltaMode: number;
  /** Notches times -120 where the browser says so (Chromium does, for touchpads too); else undefined. */
  wheelDeltaX: number | undefined;
  wheelDeltaY: number | undefined;
  shiftKey: boolean;
}

/** Units of one pixel, line and page: a notch is 100 pixels or 3 lines, a page 3 notches. */
const UNITS_PER_DELTA: readonly number[] = [WHEEL_NOTCH / 100, WHEEL_NOTCH / 3, WHEEL_NOTCH * 3];

/** Adds up parts of units. */
export class WheelUnits {
  #restX = 0;
  #restY = 0;
  readonly #swapsWithShift: boolean;

  /** `swapsWithShift`: this system turns Shift + wheel sideways itself (all but macOS do not ask the program). */
  constructor(swapsWithShift: boolean) {
    this.#swapsWithShift = swapsWithShift;
  }

  /** Right and down are positive. */
  add(turn: WheelTurn): { dx: number; dy: number } {
    let x = unitsOf(turn.deltaX, turn.deltaMode, turn.wheelDeltaX);
    let y = unitsOf(turn.deltaY, turn.deltaMode, turn.wheelDeltaY);
    // The host has Shift down as well and would turn it a second time.
    if (this.#swapsWithShift && turn.shiftKey && y === 0) [x, y] = [0, x];
    this.#restX += x;
    this.#restY += y;
    const dx = bounded(this.#restX);
    const dy = bounded(this.#restY);
    this.#restX -= dx;
    this.#restY -= dy;
    return { dx, dy };
  }

  clear(): void {
    this.#restX = 0;
    this.#restY = 0;
  }
}

function unitsOf(delta: number, mode: number, wheelDelta: number | undefined): number {
  if (!Number.isFinite(delta)) return 0;
  if (wheelDelta !== undefined && Number.isFinite(wheelDelta) && wheelDelta !== 0) return -wheelDelta;
  return delta * (UNITS_PER_DELTA[mode] ?? 0);
}

function bounded(units: number): number {
  const whole = Math.trunc(units);
  const result = Math.min(INPUT_LIMITS.maxWheelDelta, Math.max(-INPUT_LIMITS.maxWheelDelta, whole));
  return result === 0 ? 0 : result;
}
