// Owns picturing a source by the capture page alone: where the platform tells no damage, and for windows.
import type { Clock } from '../../shared/base/clock.ts';
import type { Log } from '../../shared/base/log.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import { type PictureBudget, UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';
import type { VideoCodec } from '../../shared/model/video.ts';
import type { CaptureRun, CaptureSize } from './capture-run.ts';
import type { CaptureWindow } from './capture-window.ts';
import type { TakeSnapshot } from './exact/desktop-snapshot.ts';
import { ExactPixels, type ExactWorker } from './exact/exact-pixels.ts';
import { FrameCredit } from './frame-credit.ts';
import type { PictureRun, PictureRunEvents } from './picture-run.ts';
import type { CursorUpdate } from './picture-source.ts';
import { PointerWatch } from './pointer-watch.ts';

export const PAGE_PICTURE_LIMITS = {
  framesPerSecond: 60,
  /** Some systems ask their user first what to share. */
  firstFrameTimeoutMs: 60_000,
} as const;

export interface PagePictureOptions {
  window: Pick<CaptureWindow, 'open' | 'start' | 'close'>;
  /** Exact pictures of what is still; null where a snapshot cannot be had without asking the user. */
  exact: { fork: () => ExactWorker; take: TakeSnapshot } | null;
  /** Where the pointer is on the screen, in the system's own units; null where the system does not tell. */
  pointerPoint: (() => { x: number; y: number }) | null;
  clock: Clock;
  log: Log;
}

export class PagePictureRun implements PictureRun {
  readonly #options: PagePictureOptions;
  readonly #events: PictureRunEvents;
  readonly #source: CaptureSource;
  readonly #credit: FrameCredit;
  readonly #exactCredit: FrameCredit;
  readonly #pointer: PointerWatch | null;
  #decoders: readonly VideoCodec[];
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  #run: CaptureRun | null = null;
  #exact: ExactPixels | null = null;
  #size: CaptureSize | null = null;
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
    const { clock, pointerPoint } = options;
    const mayEncode = () => events.mayEncode();
    this.#credit = new FrameCredit(clock, mayEncode, () => this.#run?.addCredit());
    this.#exactCredit = new FrameCredit(clock, mayEncode, () => this.#exact?.addCredit());
    // where a window is, no system tells
    this.#pointer =
      pointerPoint && source.kind === 'display'
        ? new PointerWatch(source, pointerPoint, clock, (update) => this.#onPointer(update))
        : null;
  }

  /** Resolves with the source's size once its first picture has been captured. Throws `capture-failed`. */
  async start(): Promise<{ widthPx: number; heightPx: number }> {
    await this.#options.window.open();
    const { widthPx, heightPx } = await new Promise<CaptureSize>((resolve, reject) => this.#begin(resolve, reject));
    this.#pointer?.start();
    return { widthPx, heightPx };
  }

  requestKeyFrame(): void {
    this.#run?.requestKeyFrame();
    this.#pointer?.resend();
  }

  viewerActed(): void {
    this.#run?.viewerActed();
    this.#pointer?.look();
  }

  setBudget(budget: PictureBudget): void {
    this.#budget = budget;
    this.#run?.setBudget(budget);
    this.#exact?.setBudget(budget);
  }

  setDecoders(codecs: readonly VideoCodec[]): void {
    const same = codecs.length === this.#decoders.length && codecs.every((codec, at) => codec === this.#decoders[at]);
    this.#decoders = codecs;
    if (!same && this.#run) this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#credit.stop();
    this.#exactCredit.stop();
    this.#pointer?.stop();
    this.#exact?.stop();
    this.#exact = null;
    this.#run = null;
    this.#options.window.close();
  }

  #begin(
    resolve: (size: CaptureSize) => void = () => undefined,
    reject: (error: unknown) => void = () => undefined,
  ): void {
    this.#run = this.#options.window.start(
      {
        sourceId: this.#source.id,
        area: null,
        whole: true,
        jpeg: false,
        framesPerSecond: PAGE_PICTURE_LIMITS.framesPerSecond,
        codecs: [...this.#decoders],
      },
      PAGE_PICTURE_LIMITS.firstFrameTimeoutMs,
      {
        onRunning: (size) => {
          this.#resize(size);
          resolve(size);
        },
        onFrame: (frame) => {
          this.#exact?.covered(frame);
          this.#events.onFrame(frame);
          this.#credit.frameTaken();
        },
        onJpeg: () => undefined,
        onStill: (still) => this.#exact?.setStill(still),
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

  #resize(size: CaptureSize): void {
    const before = this.#size;
    this.#size = size;
    this.#exact ??= this.#startExact();
    this.#exact?.start(size);
    if (before && (before.widthPx !== size.widthPx || before.heightPx !== size.heightPx)) this.#events.onGeometry();
  }

  #startExact(): ExactPixels | null {
    const { exact, clock, log } = this.#options;
    if (!exact) return null;
    const pixels = new ExactPixels({
      source: this.#source,
      worker: exact.fork(),
      take: exact.take,
      clock,
      log,
      onFrame: (frame) => {
        this.#events.onFrame(frame);
        this.#exactCredit.frameTaken();
      },
      pointer: () => this.#pointer?.position ?? { xPx: 0, yPx: 0 },
    });
    pixels.setBudget(this.#budget);
    return pixels;
  }

  #onPointer(update: CursorUpdate): void {
    this.#run?.pointerMoved(update.xPx, update.yPx);
    this.#events.onCursor(update);
  }
}
