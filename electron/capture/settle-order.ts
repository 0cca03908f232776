// Owns the order in which what video has left inexact is replaced: near the pointer first, where people look.
import type { TileRect } from '../../shared/model/tiles.ts';
import { DAMAGE_LIMITS, DamageRegion } from './damage-region.ts';

/** What is owed outside of `except`, nearest to the pointer first, up to `maxPixels` (but at least one piece). */
export function nearestOwed(
  owed: DamageRegion,
  except: TileRect | null,
  pointer: { xPx: number; yPx: number },
  maxPixels: number,
): TileRect[] {
  const left = new DamageRegion(owed.widthPx, owed.heightPx);
  left.addRegion(owed);
  if (except) left.subtract(except);
  const away = ({ xPx, yPx, widthPx, heightPx }: TileRect) =>
    Math.max(
      Math.abs(yPx + heightPx / 2 - pointer.yPx) - heightPx / 2,
      Math.abs(xPx + widthPx / 2 - pointer.xPx) - widthPx / 2,
    );
  const pieces = left.rects().flatMap((rect) => cutIntoPieces(rect, maxPixels));
  pieces.sort((one, other) => away(one) - away(other));
  const chosen: TileRect[] = [];
  let pixels = 0;
  for (const piece of pieces) {
    pixels += piece.widthPx * piece.heightPx;
    if (chosen.length > 0 && pixels > maxPixels) break;
    chosen.push(piece);
  }
  return chosen;
}

/** Bands of one cell's height, and for a slow link pieces of those: settling can stop after any of them. */
function cutIntoPieces(rect: TileRect, maxPixels: number): TileRect[] {
  const { cellPx } = DAMAGE_LIMITS;
  const widthPx = Math.max(1, Math.floor(maxPixels / cellPx / cellPx)) * cellPx;
  const pieces: TileRect[] = [];
  for (let y = 0; y < rect.heightPx; y += cellPx)
    for (let x = 0; x < rect.widthPx; x += widthPx)
      pieces.push({
        xPx: rect.xPx + x,
        yPx: rect.yPx + y,
        widthPx: Math.min(widthPx, rect.widthPx - x),
        heightPx: Math.min(cellPx, rect.heightPx - y),
      });
  return pieces;
}
