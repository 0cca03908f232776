// Owns the order in which what video has left inexact is replaced: near the pointer first, where people look.
import type { TileRect } from '../../shared/model/tiles.ts';
import { DAMAGE_LIMITS, DamageRegion } from './damage-region.ts';

/** What is owed outside of `except`, nearest to the pointer's height first, up to `maxPixels` (but at least one band). */
export function nearestOwed(
  owed: DamageRegion,
  except: TileRect | null,
  pointer: { xPx: number; yPx: number },
  maxPixels: number,
): TileRect[] {
  const left = new DamageRegion(owed.widthPx, owed.heightPx);
  left.addRegion(owed);
  if (except) left.subtract(except);
  const away = (rect: TileRect) => Math.abs(rect.yPx + rect.heightPx / 2 - pointer.yPx);
  const bands = left.rects().flatMap(cutIntoBands);
  bands.sort((one, other) => away(one) - away(other));
  const chosen: TileRect[] = [];
  let pixels = 0;
  for (const band of bands) {
    pixels += band.widthPx * band.heightPx;
    if (chosen.length > 0 && pixels > maxPixels) break;
    chosen.push(band);
  }
  return chosen;
}

/** Bands of one cell's height: settling can stop after any of them. */
function cutIntoBands(rect: TileRect): TileRect[] {
  const bands: TileRect[] = [];
  for (let y = 0; y < rect.heightPx; y += DAMAGE_LIMITS.cellPx)
    bands.push({ ...rect, yPx: rect.yPx + y, heightPx: Math.min(DAMAGE_LIMITS.cellPx, rect.heightPx - y) });
  return bands;
}
