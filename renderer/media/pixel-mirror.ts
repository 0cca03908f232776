// Owns what tiles do to pixels in memory: moving them and drawing over them.
import type { TileMove, TileRect } from '../../shared/model/tiles.ts';

/** RGBA pixels, row by row. */
export interface Pixels {
  readonly width: number;
  readonly data: Uint8ClampedArray;
}

const BYTES_PER_PIXEL = 4;

/** Moves pixels as if they were copied out first. */
export function movePixels({ width, data }: Pixels, move: TileMove): void {
  const { fromXPx, fromYPx, toXPx, toYPx, widthPx, heightPx } = move;
  const stride = width * BYTES_PER_PIXEL;
  if (widthPx === width) {
    data.copyWithin(toYPx * stride, fromYPx * stride, (fromYPx + heightPx) * stride);
    return;
  }
  const up = toYPx <= fromYPx;
  for (let step = 0; step < heightPx; step++) {
    const row = up ? step : heightPx - 1 - step;
    const from = (fromYPx + row) * stride + fromXPx * BYTES_PER_PIXEL;
    data.copyWithin((toYPx + row) * stride + toXPx * BYTES_PER_PIXEL, from, from + widthPx * BYTES_PER_PIXEL);
  }
}

/** Draws the rectangles' pixels, which lie one after another. */
export function drawTiles({ width, data }: Pixels, rects: readonly TileRect[], pixels: Uint8ClampedArray): void {
  let at = 0;
  for (const { xPx, yPx, widthPx, heightPx } of rects)
    for (let row = 0; row < heightPx; row++) {
      data.set(pixels.subarray(at, at + widthPx * BYTES_PER_PIXEL), ((yPx + row) * width + xPx) * BYTES_PER_PIXEL);
      at += widthPx * BYTES_PER_PIXEL;
    }
}

/** The smallest rectangle around all of them; there has to be one. */
export function boundsOf(rects: readonly TileRect[]): TileRect {
  const xPx = Math.min(...rects.map((rect) => rect.xPx));
  const yPx = Math.min(...rects.map((rect) => rect.yPx));
  return {
    xPx,
    yPx,
    widthPx: Math.max(...rects.map((rect) => rect.xPx + rect.widthPx)) - xPx,
    heightPx: Math.max(...rects.map((rect) => rect.yPx + rect.heightPx)) - yPx,
  };
}
