// Owns how long to wait before the next attempt to connect.

export const RECONNECT = { firstDelayMs: 250, maxDelayMs: 10_000, jitter: 0.25 } as const;

/**
 * Delay before attempt number `attempt` (0 is the first retry): doubling from 0.25 s to 10 s, jittered by up to a
 * quarter either way so that the viewers of a restarted relay do not come back as one.
 * @param random a number from 0 up to 1
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const base = Math.min(RECONNECT.maxDelayMs, RECONNECT.firstDelayMs * 2 ** Math.min(attempt, 30));
  return base * (1 + RECONNECT.jitter * (2 * random - 1));
}
