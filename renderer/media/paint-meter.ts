// Owns what is measured of the painted picture: how old, how often, how much.
import type { InputInjected, PaintReport } from '../../shared/ipc/media.ts';
import type { Percentiles } from '../../shared/ipc/statistics.ts';
import type { PlainPictureCodec } from '../../shared/model/plain-picture.ts';
import type { FrameStages, MediaCodec } from '../../shared/model/video.ts';
import { LatencyStages, type LatencyStatistics, percentilesOf } from './latency-stages.ts';
import { RecentSamples, SecondHistory } from './latency-statistics.ts';
import { wallClockMs } from './page-time.ts';

/** What the statistics overlay shows; percentiles and medians are of the last 10 seconds. */
export interface PictureStatistics {
  /** Painted updates in the last second. */
  framesPerSecond: number;
  /** Of the last painted update. */
  codec: PictureCodec | null;
  widthPx: number;
  heightPx: number;
  /** Capture to paint; unknown while the clocks are not known to each other. */
  age: Percentiles;
  /** What the age is made of, and how long input takes to be seen; most of it is unknown while nobody measures. */
  latency: LatencyStatistics;
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

/** How a painted picture was coded; those of hosts without encryption are files. */
type PictureCodec = MediaCodec | PlainPictureCodec;

export interface PaintedUpdate {
  seq: number;
  codec: PictureCodec;
  widthPx: number;
  heightPx: number;
  /** Host's clock. */
  captureTimeMs: number;
  /** On the host; null where it did not say. */
  stages: FrameStages | null;
  /** When it had arrived in the main process, by this machine's clock. */
  receivedAtMs: number;
  /** When it had been decoded, by this machine's clock. */
  decodedAtMs: number;
  decodeMs: number;
  paintMs: number;
  exact: boolean;
}

export class PaintMeter {
  /** Add to this machine's clock to get the host's; null while unknown. */
  clockOffsetMs: number | null = null;

  readonly #nowMs: () => number;
  readonly #ages = new RecentSamples();
  readonly #lastSecond = new RecentSamples(1000);
  readonly #latency = new LatencyStages();
  readonly #history = new SecondHistory();
  #last: PaintedUpdate | null = null;
  #lastAgeMs: number | null = null;
  #lastPaintAtMs = 0;
  #paintedFrames = 0;
  #droppedFrames = 0;

  /** `nowMs`: this machine's clock, milliseconds since the epoch. */
  constructor(nowMs: () => number = wallClockMs) {
    this.#nowMs = nowMs;
  }

  received(sizeBytes: number): void {
    this.#history.received(sizeBytes, this.#nowMs());
  }

  dropped(updates: number): void {
    this.#droppedFrames += updates;
  }

  /** The host has carried out what the user did. */
  inputInjected({ inputAtMs, injectedAtMs }: InputInjected): void {
    this.#latency.inputInjected(inputAtMs, injectedAtMs, this.#nowMs());
  }

  painted(update: PaintedUpdate): void {
    const nowMs = this.#nowMs();
    this.#last = update;
    this.#lastPaintAtMs = nowMs;
    this.#lastAgeMs = this.clockOffsetMs === null ? null : nowMs + this.clockOffsetMs - update.captureTimeMs;
    this.#paintedFrames += 1;
    if (this.#lastAgeMs !== null) this.#ages.add(this.#lastAgeMs, nowMs);
    this.#latency.painted(update, this.clockOffsetMs, nowMs);
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
      age: percentilesOf(this.#ages, nowMs),
      latency: this.#latency.statistics(nowMs),
      paintedFrames: this.#paintedFrames,
      droppedFrames: this.#droppedFrames,
      exact: this.#last?.exact ?? false,
      sincePaintMs: this.#last ? nowMs - this.#lastPaintAtMs : null,
      history: this.#history.series(nowMs),
    };
  }
}
