// Owns where windows go: remembered bounds brought back onto the displays that there are now.
import * as v from 'valibot';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

const coordinate = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const length = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000));

/** What is remembered of a window. */
export const windowPlaceSchema = v.object({
  bounds: v.object({ x: coordinate, y: coordinate, width: length, height: length }),
  maximized: v.boolean(),
});
export type WindowPlace = v.InferOutput<typeof windowPlaceSchema>;

/** How much of a window has to be on a display for its user to get hold of it. */
const GRIP_PX = { width: 96, height: 48 } as const;

/**
 * Remembered bounds, made to fit: no larger than the work area of the display they are on, and wholly inside it. When
 * the display has gone, centred on the first of those there are (the primary one).
 * @param workAreas in the displays' own coordinates (device-independent pixels), the primary display first
 */
export function placeWindow(
  wanted: Rectangle,
  workAreas: readonly Rectangle[],
  minimum: { width: number; height: number },
) {
  const primary = workAreas[0];
  if (!primary) return wanted;
  const home = workAreas.find((area) => overlaps(wanted, area));
  const area = home ?? primary;
  const width = Math.min(Math.max(wanted.width, minimum.width), area.width);
  const height = Math.min(Math.max(wanted.height, minimum.height), area.height);
  const at = home ? wanted : centred({ width, height }, area);
  return {
    x: clamp(at.x, area.x, area.x + area.width - width),
    y: clamp(at.y, area.y, area.y + area.height - height),
    width,
    height,
  };
}

/** Bounds of the given size in the middle of an area. */
export function centred(size: { width: number; height: number }, area: Rectangle): Rectangle {
  return {
    x: Math.round(area.x + (area.width - size.width) / 2),
    y: Math.round(area.y + (area.height - size.height) / 2),
    ...size,
  };
}

/** Bounds of the given size at the top of an area, in the middle of its width. */
export function topCentre(size: { width: number; height: number }, area: Rectangle): Rectangle {
  return { ...centred(size, area), y: area.y };
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width >= GRIP_PX.width && height >= GRIP_PX.height;
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(value, high));
