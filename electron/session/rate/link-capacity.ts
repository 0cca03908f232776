// Owns what a link has shown that it carries, from pictures that it took time to bring. Pure.

export const LINK_CAPACITY = {
  /** Less tells more of jitter than of the link. */
  minBytes: 2_000,
  /** Nothing is taken to be faster than its bytes in this time: no clock or scheduler is better. */
  minMs: 5,
  /** Of time in which the link was full: what a link carried before it was used lightly is remembered for longer, */
  windowMs: 1_000,
  /** but not for ever. */
  maxAgeMs: 8_000,
  maxSamples: 256,
  /** So many samples in a row are looked at as one: what one came too late, the next comes too early. */
  run: 3,
  /** All samples of so long, and so many, are this much below what was shown before: the link has become slower. */
  slowerMs: 250,
  slowerSamples: 4,
  slowerShare: 0.75,
} as const;

interface Sample {
  atMs: number;
  bytes: number;
  ms: number;
  /** The link was busy without a pause: only then can it be blamed for all of the time. */
  queued: boolean;
}

/**
 * The best rate of a few pictures in a row, of the last second in which the link was full. As with the delivery rate of BBR (Cardwell et al., ACM
 * Queue 14(5), 2016), time in which nothing was on its way does not count, so that a quiet screen is not a slow link; and
 * the best counts, because a busy machine makes pictures come late in any number of ways, but none come early.
 */
export class LinkCapacity {
  #samples: Sample[] = [];

  /** Bytes a millisecond; null before anything was large enough to tell. */
  get bytesPerMs(): number | null {
    return bestRate(this.#samples);
  }

  /**
   * @param busyMs how long the link took for these bytes
   * @param queued whether they waited for others, so that the link was busy all of that time
   */
  add(nowMs: number, bytes: number, busyMs: number, queued: boolean): void {
    const { minBytes, minMs, maxSamples, maxAgeMs, run } = LINK_CAPACITY;
    if (bytes < minBytes) return;
    this.#samples.push({ atMs: nowMs, bytes, ms: Math.max(minMs, busyMs), queued });
    if (this.#samples.length > maxSamples) this.#samples.shift();
    const fresh = this.#samples.findIndex(({ atMs }) => atMs >= nowMs - maxAgeMs);
    const stale = Math.max(fresh, this.#beyondWindow());
    this.#samples.splice(0, Math.min(stale, Math.max(0, this.#samples.length - run)));
    this.#noticeSlower(nowMs);
  }

  /** How many of the oldest lie before the last `windowMs` of a full link. */
  #beyondWindow(): number {
    let fullMs = 0;
    const last = this.#samples.findLastIndex(({ ms, queued }) => {
      if (queued) fullMs += ms;
      return fullMs > LINK_CAPACITY.windowMs;
    });
    return Math.max(0, last);
  }

  #noticeSlower(nowMs: number): void {
    const { slowerMs, slowerSamples, slowerShare } = LINK_CAPACITY;
    const first = this.#samples.findIndex(({ atMs }) => atMs > nowMs - slowerMs);
    const from = Math.min(first, this.#samples.length - slowerSamples);
    const latest = this.#samples.slice(from);
    if (from <= 0 || !latest.every(({ queued }) => queued)) return;
    const recent = bestRate(latest) ?? 0;
    if (recent < slowerShare * (this.bytesPerMs ?? 0)) this.#samples.splice(0, from);
  }
}

function bestRate(samples: readonly Sample[]): number | null {
  const run = Math.min(LINK_CAPACITY.run, samples.length);
  let best: number | null = null;
  for (let end = run; end <= samples.length && run > 0; end++) {
    let [bytes, ms] = [0, 0];
    for (const sample of samples.slice(end - run, end)) {
      bytes += sample.bytes;
      ms += sample.ms;
    }
    best = Math.max(best ?? 0, bytes / ms);
  }
  return best;
}
