// Owns panning a picture that is larger than its window: near an edge the view moves there. Pure.

export const EDGE_PAN = { zoneCss: 28, maxCssPerSecond: 1_400 } as const;

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** How far to scroll within the time, in CSS pixels: the nearer to the edge, the faster. */
export function edgePanStep(box: Box, x: number, y: number, elapsedMs: number): { dx: number; dy: number } {
  const outside = x < box.left || y < box.top || x > box.left + box.width || y > box.top + box.height;
  if (outside) return { dx: 0, dy: 0 };
  return {
    dx: axisStep(x - box.left, box.width, elapsedMs),
    dy: axisStep(y - box.top, box.height, elapsedMs),
  };
}

function axisStep(at: number, size: number, elapsedMs: number): number {
  const zone = Math.min(EDGE_PAN.zoneCss, size / 4);
  const near = at < zone ? at / zone - 1 : at > size - zone ? 1 - (size - at) / zone : 0;
  return (near * EDGE_PAN.maxCssPerSecond * elapsedMs) / 1000;
}
