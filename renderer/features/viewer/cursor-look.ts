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

/**
 * How the host's pointer is drawn where it is: not at all while ours stands for it, as it is when nothing else does, or
 * apart, so that it is not taken for ours, when somebody else moves it while we control.
 */
export type OverlayLook = 'none' | 'pointer' | 'apart';

export function overlayLook(situation: CursorSituation): OverlayLook {
  const { controlling, inside, hostVisible, apartPx, sinceOurMoveMs } = situation;
  if (!hostVisible) return 'none';
  if (!controlling || !inside) return 'pointer';
  return sinceOurMoveMs > CURSOR_LOOK.settleMs && apartPx > CURSOR_LOOK.apartPx ? 'apart' : 'none';
}

/** How large the host's pointer is drawn, in device pixels of this screen to one pixel of its shape. */
export function cursorScale(pictureScale: number, devicePixelRatio: number, largestSidePx: number): number {
  const wanted = Math.min(CURSOR_LOOK.maxScale, Math.max(CURSOR_LOOK.minScale, pictureScale)) * devicePixelRatio;
  return Math.min(wanted, CURSOR_LOOK.maxSideDevicePx / Math.max(1, largestSidePx));
}
