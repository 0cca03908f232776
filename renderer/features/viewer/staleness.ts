// Owns when the picture counts as old, and how old it is. Pure.
import type { ConnectionPhase } from '../../../shared/ipc/state.ts';

/** A quiet screen sends signs of life about once a second; several have to be missing. */
export const STALE = { afterMs: 3_500 } as const;

/**
 * Whole seconds since the last sign of the picture, or null while it is fresh.
 * @param lastSignMs when it came, on the clock of nowMs; null before the first
 */
export function staleSeconds(phase: ConnectionPhase, lastSignMs: number | null, nowMs: number): number | null {
  if (lastSignMs === null || phase === 'ended') return null;
  const silentMs = Math.max(0, nowMs - lastSignMs);
  if (phase !== 'reconnecting' && silentMs < STALE.afterMs) return null;
  return Math.floor(silentMs / 1000);
}
