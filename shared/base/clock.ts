// Owns the clock port, so that time-outs and rates are tested without waiting.

export interface Clock {
  /** Milliseconds since the Unix epoch, with fractions where the platform has them; may step when the user sets it. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never steps back. */
  monotonicMs(): number;
  /** Calls back once after the delay; returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
