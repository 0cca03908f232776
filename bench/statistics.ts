// Owns the arithmetic of the figures.

/** The value below which `percent` of the values lie (nearest rank); `NaN` without values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length) - 1;
  return sorted[Math.max(0, rank)] ?? Number.NaN;
}

export interface Shown {
  paintedAtMs: number;
  seenAtMs: number;
}

/** The age of the picture on the screen, looked at every millisecond from the first sighting on: how stale it is, hold time included. */
export function ageSamples(shown: readonly Shown[], endMs: number): number[] {
  const ages: number[] = [];
  shown.forEach((frame, index) => {
    const untilMs = shown[index + 1]?.seenAtMs ?? endMs;
    for (let nowMs = frame.seenAtMs; nowMs < untilMs; nowMs += 1) ages.push(nowMs - frame.paintedAtMs);
  });
  return ages;
}
