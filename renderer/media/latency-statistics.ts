// Owns the numbers about pictures over time: samples of the last seconds, and one value a second for graphs. Pure.

export const STATISTICS_LIMITS = {
  /** What percentiles look back at. */
  windowMs: 10_000,
  maxSamples: 4096,
  /** Seconds in a graph. */
  historySeconds: 60,
} as const;

/** Samples of the last `windowMs`, at most `maxSamples`: the oldest go first. */
export class RecentSamples {
  readonly #windowMs: number;
  readonly #maxSamples: number;
  #samples: { atMs: number; value: number }[] = [];

  constructor(windowMs: number = STATISTICS_LIMITS.windowMs, maxSamples: number = STATISTICS_LIMITS.maxSamples) {
    this.#windowMs = windowMs;
    this.#maxSamples = maxSamples;
  }

  add(value: number, atMs: number): void {
    if (!Number.isFinite(value)) return;
    this.#samples.push({ atMs, value });
    if (this.#samples.length > this.#maxSamples) this.#samples.shift();
  }

  /** How many samples the window before now has. */
  count(nowMs: number): number {
    return this.#recent(nowMs).length;
  }

  /** The value that `fraction` (0 to 1) of the samples do not exceed (nearest rank); null without samples. */
  percentile(fraction: number, nowMs: number): number | null {
    const values = this.#recent(nowMs)
      .map(({ value }) => value)
      .sort((a, b) => a - b);
    const rank = Math.ceil(Math.min(1, Math.max(0, fraction)) * values.length);
    return values[Math.max(0, rank - 1)] ?? null;
  }

  #recent(nowMs: number): { atMs: number; value: number }[] {
    const fromMs = nowMs - this.#windowMs;
    const first = this.#samples.findIndex(({ atMs }) => atMs > fromMs);
    if (first > 0) this.#samples = this.#samples.slice(first);
    else if (first < 0) this.#samples = [];
    return this.#samples;
  }
}

interface Second {
  second: number;
  frames: number;
  bits: number;
  ageSumMs: number;
  ages: number;
}

/** One value a second, for the last `historySeconds`. */
export class SecondHistory {
  #seconds: Second[] = [];

  received(sizeBytes: number, nowMs: number): void {
    this.#at(nowMs).bits += sizeBytes * 8;
  }

  painted(ageMs: number | null, nowMs: number): void {
    const second = this.#at(nowMs);
    second.frames += 1;
    if (ageMs === null) return;
    second.ageSumMs += ageMs;
    second.ages += 1;
  }

  /** Whole seconds before the present one, oldest first; seconds in which nothing happened are there too. */
  series(nowMs: number): { framesPerSecond: number[]; ageMs: (number | null)[]; bitsPerSecond: number[] } {
    const present = Math.floor(nowMs / 1000);
    const first = this.#seconds[0]?.second ?? present;
    const from = Math.max(first, present - STATISTICS_LIMITS.historySeconds);
    const series: ReturnType<SecondHistory['series']> = { framesPerSecond: [], ageMs: [], bitsPerSecond: [] };
    const known = new Map(this.#seconds.map((second) => [second.second, second]));
    for (let at = from; at < present; at++) {
      const second = known.get(at);
      series.framesPerSecond.push(second?.frames ?? 0);
      series.ageMs.push(second && second.ages > 0 ? second.ageSumMs / second.ages : null);
      series.bitsPerSecond.push(second?.bits ?? 0);
    }
    return series;
  }

  #at(nowMs: number): Second {
    const now = Math.floor(nowMs / 1000);
    const last = this.#seconds.at(-1);
    if (last && last.second >= now) return last;
    const second: Second = { second: now, frames: 0, bits: 0, ageSumMs: 0, ages: 0 };
    this.#seconds.push(second);
    if (this.#seconds.length > STATISTICS_LIMITS.historySeconds + 1) this.#seconds.shift();
    return second;
  }
}
