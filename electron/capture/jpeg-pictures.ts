// Owns whole pictures of one source by the capture page: starts it, follows a source that changes, and tries again.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { CaptureRun, CaptureSize } from './capture-run.ts';
import type { CaptureSources } from './capture-source.ts';
import type { CaptureWindow } from './capture-window.ts';

export const JPEG_PICTURE_LIMITS = {
  framesPerSecond: 15,
  /** Some systems ask their user first what to share. */
  firstFrameTimeoutMs: 60_000,
  /** Wait before the first new try after a failure; doubled up to `maxRetryMs`. */
  retryMs: 500,
  maxRetryMs: 10_000,
} as const;

export interface JpegPictureEvents {
  onPicture(jpeg: Uint8Array): void;
  onSource(source: CaptureSource): void;
  onProblem(error: TarnetError | null): void;
}

export interface JpegPicturesOptions {
  sources: Pick<CaptureSources, 'find' | 'onChanged'>;
  /** A window of its own: others capture at the same time. */
  window: Pick<CaptureWindow, 'open' | 'start' | 'close'>;
  clock: Clock;
  log: Log;
}

export class JpegPictures {
  readonly #options: JpegPicturesOptions;
  /** Counts starts: what an earlier one still brings is not ours any more. */
  #generation = 0;
  #run: CaptureRun | null = null;
  #leaveChanges: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  #retries = 0;

  constructor(options: JpegPicturesOptions) {
    this.#options = options;
  }

  /** Starts, or changes over to another source. What goes wrong is told, and tried again. */
  start(sourceId: string, events: JpegPictureEvents): void {
    this.stop();
    const generation = this.#generation;
    this.#leaveChanges = this.#options.sources.onChanged(() => void this.#locate(generation, sourceId, events, null));
    void this.#begin(generation, sourceId, events);
  }

  /** The picture that came has gone. */
  next(): void {
    this.#run?.addCredit();
  }

  refresh(): void {
    this.#run?.requestKeyFrame();
  }

  viewerActed(): void {
    this.#run?.viewerActed();
  }

  stop(): void {
    this.#generation++;
    this.#retries = 0;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#run = null;
    if (!this.#leaveChanges) return;
    this.#leaveChanges();
    this.#leaveChanges = null;
    this.#options.window.close();
  }

  async #begin(generation: number, sourceId: string, events: JpegPictureEvents): Promise<void> {
    const { window } = this.#options;
    const ours = () => generation === this.#generation;
    try {
      await window.open();
      if (!ours()) return;
      this.#run = window.start(
        {
          sourceId,
          area: null,
          whole: true,
          jpeg: true,
          framesPerSecond: JPEG_PICTURE_LIMITS.framesPerSecond,
          codecs: [],
        },
        JPEG_PICTURE_LIMITS.firstFrameTimeoutMs,
        {
          onRunning: (size) => void this.#locate(generation, sourceId, events, size),
          onFrame: () => undefined,
          onJpeg: (data) => {
            if (!ours()) return;
            this.#retries = 0;
            events.onPicture(data);
          },
          onStill: () => undefined,
          onEnded: () => undefined,
          onFailed: (error) => this.#failed(generation, sourceId, events, error),
        },
      );
    } catch (error) {
      this.#failed(generation, sourceId, events, TarnetError.from(error));
    }
  }

  /** Where the source is now: input goes there. */
  async #locate(
    generation: number,
    sourceId: string,
    events: JpegPictureEvents,
    size: CaptureSize | null,
  ): Promise<void> {
    try {
      const found = await this.#options.sources.find(sourceId);
      if (generation !== this.#generation) return;
      events.onSource(size ? { ...found, widthPx: size.widthPx, heightPx: size.heightPx } : found);
      if (size) events.onProblem(null);
    } catch (error) {
      this.#failed(generation, sourceId, events, TarnetError.from(error));
    }
  }

  #failed(generation: number, sourceId: string, events: JpegPictureEvents, error: TarnetError): void {
    if (generation !== this.#generation) return;
    const { clock, log, window } = this.#options;
    log.warn('no picture', { reason: error.reason, message: error.message });
    window.close();
    this.#run = null;
    events.onProblem(error);
    if (this.#cancelRetry) return;
    const waitMs = Math.min(JPEG_PICTURE_LIMITS.maxRetryMs, JPEG_PICTURE_LIMITS.retryMs * 2 ** this.#retries);
    this.#retries = Math.min(this.#retries + 1, 16);
    this.#cancelRetry = clock.after(waitMs, () => {
      this.#cancelRetry = null;
      if (generation === this.#generation && !this.#run) void this.#begin(generation, sourceId, events);
    });
  }
}
