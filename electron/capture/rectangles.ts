// Owns the arithmetic of rectangles in pixels.
import type { TileRect } from '../../shared/model/tiles.ts';

export function contains(outer: TileRect, inner: TileRect): boolean {
  return (
    inner.xPx >= outer.xPx &&
    inner.yPx >= outer.yPx &&
    inner.xPx + inner.widthPx <= outer.xPx + outer.widthPx &&
    inner.yPx + inner.heightPx <= outer.yPx + outer.heightPx
  );
}

export function unite(one: TileRect, other: TileRect): TileRect {
  const xPx = Math.min(one.xPx, other.xPx);
  const yPx = Math.min(one.yPx, other.yPx);
  return {
    xPx,
    yPx,
    widthPx: Math.max(one.xPx + one.widthPx, other.xPx + other.widthPx) - xPx,
    heightPx: Math.max(one.yPx + one.heightPx, other.yPx + other.heightPx) - yPx,
  };
}

/** The common part, or null. */
export function intersect(one: TileRect, other: TileRect): TileRect | null {
  const xPx = Math.max(one.xPx, other.xPx);
  const yPx = Math.max(one.yPx, other.yPx);
  const widthPx = Math.min(one.xPx + one.widthPx, other.xPx + other.widthPx) - xPx;
  const heightPx = Math.min(one.yPx + one.heightPx, other.yPx + other.heightPx) - yPx;
  return widthPx > 0 && heightPx > 0 ? { xPx, yPx, widthPx, heightPx } : null;
}
