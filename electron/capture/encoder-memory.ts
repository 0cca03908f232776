// Owns what is known of this machine's encoders, over runs of the app: how fast they are, and which of them fail.
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import type { Log } from '../../shared/base/log.ts';
import { type EncoderTiming, encoderTimingSchema } from '../../shared/ipc/capture.ts';

export const ENCODER_MEMORY_LIMITS = {
  maxEntries: 64,
  /** After this what was found out counts no more: drivers and machines change. */
  maxAgeMs: 30 * 24 * 60 * 60 * 1000,
  /** How much a new finding weighs beside what is known. */
  newShare: 0.4,
  maxVersionLength: 100,
  writeDelayMs: 2_000,
} as const;

export const encoderMemorySchema = v.strictObject({
  /** The app and its Chromium: findings hold for no other. */
  version: v.pipe(v.string(), v.maxLength(ENCODER_MEMORY_LIMITS.maxVersionLength)),
  entries: v.pipe(
    v.array(v.strictObject({ timing: encoderTimingSchema, atMs: v.pipe(v.number(), v.finite()) })),
    v.maxLength(ENCODER_MEMORY_LIMITS.maxEntries),
  ),
});
export type EncoderMemoryValue = v.InferOutput<typeof encoderMemorySchema>;

export interface EncoderMemoryOptions {
  /** Null when there is none, or it cannot be understood. */
  storage: { read(): Promise<{ value: EncoderMemoryValue | null }>; write(value: EncoderMemoryValue): Promise<void> };
  version: string;
  clock: Clock;
  log: Log;
}

export class EncoderMemory {
  readonly #options: EncoderMemoryOptions;
  #entries: EncoderMemoryValue['entries'] = [];
  #cancelWrite: (() => void) | null = null;

  constructor(options: EncoderMemoryOptions) {
    this.#options = options;
  }

  /** Reads what earlier runs have found out; what is old, or of another version, is forgotten. Never throws. */
  async load(): Promise<void> {
    const { storage, version, clock, log } = this.#options;
    try {
      const { value } = await storage.read();
      const sinceMs = clock.nowMs() - ENCODER_MEMORY_LIMITS.maxAgeMs;
      if (value?.version === version) this.#entries = value.entries.filter(({ atMs }) => atMs > sinceMs);
    } catch (error) {
      log.warn('nothing is known of the encoders', { error: String(error) });
    }
  }

  get known(): EncoderTiming[] {
    return this.#entries.map(({ timing }) => timing);
  }

  /** A finding: written down a little later. */
  note(timing: EncoderTiming): void {
    const { clock, log } = this.#options;
    const same = (other: EncoderTiming) =>
      other.codec === timing.codec && other.hardware === timing.hardware && other.sizeClass === timing.sizeClass;
    const before = this.#entries.find((entry) => same(entry.timing))?.timing;
    const others = this.#entries.filter((entry) => !same(entry.timing));
    const entry = { timing: before ? blend(before, timing) : timing, atMs: clock.nowMs() };
    this.#entries = [...others, entry].slice(-ENCODER_MEMORY_LIMITS.maxEntries);
    log.debug('encoder timed', { ...timing });
    this.#cancelWrite ??= clock.after(ENCODER_MEMORY_LIMITS.writeDelayMs, () => void this.flush());
  }

  /** Writes what is not written yet. Never throws. */
  async flush(): Promise<void> {
    if (!this.#cancelWrite) return;
    this.#cancelWrite();
    this.#cancelWrite = null;
    const { storage, version, log } = this.#options;
    try {
      await storage.write({ version, entries: this.#entries });
    } catch (error) {
      log.warn('what is known of the encoders was not written', { error: String(error) });
    }
  }
}

/** A failure, and what works again, count at once; times change slowly. */
function blend(before: EncoderTiming, after: EncoderTiming): EncoderTiming {
  if (before.failed || after.failed) return after;
  const { newShare } = ENCODER_MEMORY_LIMITS;
  const mix = (old: number, fresh: number) => old + (fresh - old) * newShare;
  return {
    ...after,
    keyMs: mix(before.keyMs, after.keyMs),
    deltaMs: mix(before.deltaMs, after.deltaMs),
    keyBytes: mix(before.keyBytes, after.keyBytes),
  };
}
