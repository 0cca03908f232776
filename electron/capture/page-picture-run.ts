// Owns picturing a source by the capture page alone: where the platform tells no damage, and for windows.
import type { Clock } from '../../shared/base/clock.ts';
import type { Log } from '../../shared/base/log.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import { type PictureBudget, UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';
import type { VideoCodec } from '../../shared/model/video.ts';
import type { CaptureRun } from './capture-run.ts';
import type { CaptureWindow } from './capture-window.ts';
import { FrameCredit } from './frame-credit.ts';
import type { PictureRun, PictureRunEvents } from './picture-run.ts';

export const PAGE_PICTURE_LIMITS = {
  framesPerSecond: 60,
  /** Some systems ask their user first what to share. */
  firstFrameTimeoutMs: 60_000,
} as const;

export interface PagePictureOptions {
  window: Pick<CaptureWindow, 'open' | 'start' | 'close'>;
  clock: Clock;
  log: Log;
}

export class PagePictureRun implements PictureRun {
  readonly #options: PagePictureOptions;
  readonly #events: PictureRunEvents;
  readonly #source: CaptureSource;
  readonly #credit: FrameCredit;
  #decoders: readonly VideoCodec[];
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  #run: CaptureRun | null = null;
  #size: { widthPx: number; heightPx: number } | null = null;
  #stopped = false;

  constructor(
    source: CaptureSource,
    decoders: readonly VideoCodec[],
    options: PagePictureOptions,
    events: PictureRunEvents,
  ) {
    this.#source = source;
    this.#decoders = decoders;
    this.#options = options;
    this.#events = events;
    this.#credit = new FrameCredit(
      options.clock,
      () => events.mayEncode(),
      () => this.#run?.addCredit(),
    );
  }

  /** Resolves with the source's size once its first picture has been captured. Throws `capture-failed`. */
  async start(): Promise<{ widthPx: number; heightPx: number }> {
    await this.#options.window.open();
    return new Promise((resolve, reject) => this.#begin(resolve, reject));
  }

  requestKeyFrame(): void {
    this.#run?.requestKeyFrame();
  }

  viewerActed(): void {
    this.#run?.viewerActed();
  }

  setBudget(budget: PictureBudget): void {
    this.#budget = budget;
    this.#run?.setBudget(budget);
  }

  setDecoders(codecs: readonly VideoCodec[]): void {
    const same = codecs.length === this.#decoders.length && codecs.every((codec, at) => codec === this.#decoders[at]);
    this.#decoders = codecs;
    if (!same && this.#run) this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#credit.stop();
    this.#run = null;
    this.#options.window.close();
  }

  #begin(
    resolve: (size: { widthPx: number; heightPx: number }) => void = () => undefined,
    reject: (error: unknown) => void = () => undefined,
  ): void {
    this.#run = this.#options.window.start(
      {
        sourceId: this.#source.id,
        area: null,
        whole: true,
        framesPerSecond: PAGE_PICTURE_LIMITS.framesPerSecond,
        refine: true,
        codecs: [...this.#decoders],
      },
      PAGE_PICTURE_LIMITS.firstFrameTimeoutMs,
      {
        onRunning: (widthPx, heightPx) => {
          const before = this.#size;
          this.#size = { widthPx, heightPx };
          if (before && (before.widthPx !== widthPx || before.heightPx !== heightPx)) this.#events.onGeometry();
          resolve(this.#size);
        },
        onFrame: (frame) => {
          this.#events.onFrame(frame);
          this.#credit.frameTaken();
        },
        onStill: () => undefined,
        onEnded: () => undefined,
        onFailed: (error) => {
          if (!this.#size) reject(error);
          else if (!this.#stopped) this.#events.onFailed(error);
          this.stop();
        },
      },
    );
    this.#run.setBudget(this.#budget);
  }
}
