// Owns the round trip to the host and the difference between the two clocks, from time-sync answers.

export const CLOCK_OFFSET_LIMITS = {
  /** Samples that are looked at: the one with the least round trip counts. */
  maxSamples: 8,
} as const;

interface Sample {
  roundTripMs: number;
  offsetMs: number;
}

/**
 * The least round trip of the last eight samples: it waited least in queues, so its two ways were most alike, and the
 * offset is wrong by at most half of it (RFC 5905, section 10).
 */
export class ClockOffset {
  #samples: Sample[] = [];

  /** t0 and t3 by this machine's clock, t1 and t2 by the host's, milliseconds. */
  add(t0Ms: number, t1Ms: number, t2Ms: number, t3Ms: number): void {
    const roundTripMs = t3Ms - t0Ms - (t2Ms - t1Ms);
    if (roundTripMs < 0) {
      // One of the clocks was set meanwhile: what was known of them is of no use.
      this.#samples = [];
      return;
    }
    this.#samples.push({ roundTripMs, offsetMs: (t1Ms - t0Ms + (t2Ms - t3Ms)) / 2 });
    if (this.#samples.length > CLOCK_OFFSET_LIMITS.maxSamples) this.#samples.shift();
  }

  /** Of the newest sample; null before the first. */
  get roundTripMs(): number | null {
    return this.#samples.at(-1)?.roundTripMs ?? null;
  }

  /** The least that is remembered; null before the first sample. */
  get bestRoundTripMs(): number | null {
    return this.#best?.roundTripMs ?? null;
  }

  /** Add to this machine's clock to get the host's; null before the first sample. */
  get offsetMs(): number | null {
    return this.#best?.offsetMs ?? null;
  }

  clear(): void {
    this.#samples = [];
  }

  get #best(): Sample | null {
    let best: Sample | null = null;
    for (const sample of this.#samples) if (!best || sample.roundTripMs < best.roundTripMs) best = sample;
    return best;
  }
}
