// Owns what is measured of the painted picture: how old, how often, how much.
import type { PaintReport } from '../../shared/ipc/media.ts';
import type { MediaCodec } from '../../shared/model/video.ts';
import { RecentSamples, SecondHistory } from './latency-statistics.ts';

/** What the statistics overlay shows; percentiles and medians are of the last 10 seconds. */
export interface PictureStatistics {
  /** Painted updates in the last second. */
  framesPerSecond: number;
  /** Of the last painted update. */
  codec: MediaCodec | null;
  widthPx: number;
  heightPx: number;
  /** Capture to paint, milliseconds; null while the clocks are not known to each other. */
  ageP50Ms: number | null;
  ageP95Ms: number | null;
  decodeMs: number | null;
  paintMs: number | null;
  /** Since the painter was made. */
  paintedFrames: number;
  droppedFrames: number;
  /** True while the picture equals the host's screen in every pixel. */
  exact: boolean;
  /** Milliseconds since the last painted update; null before the first. */
  sincePaintMs: number | null;
  /** One value a second, oldest first, at most 60. */
  history: { framesPerSecond: number[]; ageMs: (number | null)[]; bitsPerSecond: number[] };
}

export interface PaintedUpdate {
  seq: number;
  codec: MediaCodec;
  widthPx: number;
  heightPx: number;
  /** Host's clock. */
  captureTimeMs: number;
  decodeMs: number;
  paintMs: number;
  exact: boolean;
}

export class PaintMeter {
  /** Add to this machine's clock to get the host's; null while unknown. */
  clockOffsetMs: number | null = null;

  readonly #nowMs: () => number;
  readonly #ages = new RecentSamples();
  readonly #decodes = new RecentSamples();
  readonly #paints = new RecentSamples();
  readonly #lastSecond = new RecentSamples(1000);
  readonly #history = new SecondHistory();
  #last: PaintedUpdate | null = null;
  #lastAgeMs: number | null = null;
  #lastPaintAtMs = 0;
  #paintedFrames = 0;
  #droppedFrames = 0;

  /** `nowMs`: this machine's clock, milliseconds since the epoch. */
  constructor(nowMs: () => number = () => performance.timeOrigin + performance.now()) {
    this.#nowMs = nowMs;
  }

  received(sizeBytes: number): void {
    this.#history.received(sizeBytes, this.#nowMs());
  }

  dropped(updates: number): void {
    this.#droppedFrames += updates;
  }

  painted(update: PaintedUpdate): void {
    const nowMs = this.#nowMs();
    this.#last = update;
    this.#lastPaintAtMs = nowMs;
    this.#lastAgeMs = this.clockOffsetMs === null ? null : nowMs + this.clockOffsetMs - update.captureTimeMs;
    this.#paintedFrames += 1;
    if (this.#lastAgeMs !== null) this.#ages.add(this.#lastAgeMs, nowMs);
    this.#decodes.add(update.decodeMs, nowMs);
    this.#paints.add(update.paintMs, nowMs);
    this.#lastSecond.add(1, nowMs);
    this.#history.painted(this.#lastAgeMs, nowMs);
  }

  report(queuedFrames: number): PaintReport {
    return {
      seq: this.#last?.seq ?? 0,
      paintedFrames: this.#paintedFrames,
      droppedFrames: this.#droppedFrames,
      ageMs: this.#lastAgeMs,
      decodeMs: this.#last?.decodeMs ?? 0,
      paintMs: this.#last?.paintMs ?? 0,
      queuedFrames,
    };
  }

  statistics(): PictureStatistics {
    const nowMs = this.#nowMs();
    return {
      framesPerSecond: this.#lastSecond.count(nowMs),
      codec: this.#last?.codec ?? null,
      widthPx: this.#last?.widthPx ?? 0,
      heightPx: this.#last?.heightPx ?? 0,
      ageP50Ms: this.#ages.percentile(0.5, nowMs),
      ageP95Ms: this.#ages.percentile(0.95, nowMs),
      decodeMs: this.#decodes.percentile(0.5, nowMs),
      paintMs: this.#paints.percentile(0.5, nowMs),
      paintedFrames: this.#paintedFrames,
      droppedFrames: this.#droppedFrames,
      exact: this.#last?.exact ?? false,
      sincePaintMs: this.#last ? nowMs - this.#lastPaintAtMs : null,
      history: this.#history.series(nowMs),
    };
  }
}
