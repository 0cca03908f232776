// Owns a clock of the day with fractions of a millisecond, for times that two processes or two machines compare.

export const WALL_CLOCK_LIMITS = {
  /** By how much it may differ from the system's clock before it follows. */
  maxApartMs: 20,
} as const;

/**
 * Milliseconds since the Unix epoch. A monotonic clock gives the fractions that Date.now() lacks, but stands still while
 * the machine sleeps and knows nothing of a clock that is set: so it follows where the two come apart.
 */
export function wallClock(dateMs: () => number, monotonicMs: () => number): () => number {
  let originMs = dateMs() - monotonicMs();
  return () => {
    const nowMs = originMs + monotonicMs();
    const apartMs = dateMs() - nowMs;
    if (Math.abs(apartMs) <= WALL_CLOCK_LIMITS.maxApartMs) return nowMs;
    originMs += apartMs;
    return nowMs + apartMs;
  };
}
