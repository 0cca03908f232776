// Owns what a link has shown that it carries, from pictures that it took time to bring. Pure.

export const LINK_CAPACITY = {
  /** Less tells more of jitter than of the link. */
  minBytes: 2_000,
  /** Nothing is taken to be faster than its bytes in this time: no clock or scheduler is better. */
  minMs: 5,
  windowMs: 1_000,
  /** As many count however old they are; */
  minSamples: 3,
  maxSamples: 64,
  /** when pictures wait for each other, only what is as young as this. */
  congestedMs: 300,
  /** As many samples in a row so much above all before them: the link has become faster. */
  fasterSamples: 3,
  fasterShare: 1.5,
} as const;

interface Sample {
  atMs: number;
  bytes: number;
  ms: number;
}

/**
 * Bytes by the time that the link was busy with them. As with the delivery rate of BBR (Cardwell et al., ACM Queue
 * 14(5), 2016), time in which nothing was on its way does not count, so that a quiet screen is not a slow link.
 */
export class LinkCapacity {
  #samples: Sample[] = [];

  /** Bytes a millisecond; null before anything was large enough to tell. */
  get bytesPerMs(): number | null {
    return rateOf(this.#samples);
  }

  /** @param busyMs how long the link took for these bytes */
  add(nowMs: number, bytes: number, busyMs: number): void {
    if (bytes < LINK_CAPACITY.minBytes) return;
    this.#samples.push({ atMs: nowMs, bytes, ms: Math.max(LINK_CAPACITY.minMs, busyMs) });
    if (this.#samples.length > LINK_CAPACITY.maxSamples) this.#samples.shift();
    this.#forget(nowMs - LINK_CAPACITY.windowMs, LINK_CAPACITY.minSamples);
    this.#noticeFaster();
  }

  /** Pictures wait for each other: what the link did before that is over. */
  congested(nowMs: number): void {
    this.#forget(nowMs - LINK_CAPACITY.congestedMs, 1);
  }

  #noticeFaster(): void {
    const { fasterSamples, fasterShare } = LINK_CAPACITY;
    const newest = this.#samples.slice(-fasterSamples);
    const before = rateOf(this.#samples.slice(0, -fasterSamples));
    if (before === null || newest.some(({ bytes, ms }) => bytes / ms < before * fasterShare)) return;
    this.#samples = newest;
  }

  #forget(beforeMs: number, keep: number): void {
    const first = this.#samples.findIndex(({ atMs }) => atMs >= beforeMs);
    const stale = first < 0 ? this.#samples.length : first;
    this.#samples.splice(0, Math.min(stale, Math.max(0, this.#samples.length - keep)));
  }
}

function rateOf(samples: readonly Sample[]): number | null {
  if (samples.length === 0) return null;
  const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0);
  return bytes / samples.reduce((sum, sample) => sum + sample.ms, 0);
}
