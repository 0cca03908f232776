// Owns how the host's pointer is shown: as this machine's own pointer, as one drawn over the picture, or not. Pure.

export const CURSOR_LOOK = {
  /** The host's pointer is where ours has sent it, give or take the time this takes. */
  settleMs: 400,
  apartPx: 6,
  /** A picture that is shown small keeps a pointer that can be seen. */
  minScale: 0.6,
  maxScale: 3,
  /** Chromium shows no larger ones. */
  maxSideDevicePx: 128,
} as const;

export interface CursorSituation {
  /** Our input goes to the host. */
  controlling: boolean;
  /** Our pointer is over the picture. */
  inside: boolean;
  /** The host has a pointer and shows it. */
  hostVisible: boolean;
  /** Source pixels between the host's pointer and where ours says it should be. */
  apartPx: number;
  sinceOurMoveMs: number;
}

/** True when the host's pointer has to be drawn where it is, because ours does not stand for it. */
export function needsOverlay(situation: CursorSituation): boolean {
  const { controlling, inside, hostVisible, apartPx, sinceOurMoveMs } = situation;
  if (!hostVisible) return false;
  if (!controlling || !inside) return true;
  return sinceOurMoveMs > CURSOR_LOOK.settleMs && apartPx > CURSOR_LOOK.apartPx;
}

/** How large the host's pointer is drawn, in device pixels of this screen to one pixel of its shape. */
export function cursorScale(pictureScale: number, devicePixelRatio: number, largestSidePx: number): number {
  const wanted = Math.min(CURSOR_LOOK.maxScale, Math.max(CURSOR_LOOK.minScale, pictureScale)) * devicePixelRatio;
  return Math.min(wanted, CURSOR_LOOK.maxSideDevicePx / Math.max(1, largestSidePx));
}
