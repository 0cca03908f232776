// Owns picturing a display by X11 damage: joins the capture process's exact tiles with the page's video of what moves.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';
import { type PictureBudget, UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import type { TileRect } from '../../../shared/model/tiles.ts';
import type { MediaFrame, VideoCodec } from '../../../shared/model/video.ts';
import type { CaptureRun } from '../capture-run.ts';
import type { CaptureWindow } from '../capture-window.ts';
import { FrameCredit } from '../frame-credit.ts';
import type { PictureRun, PictureRunEvents } from '../picture-run.ts';
import type { CursorUpdate } from '../picture-source.ts';
import { contains } from '../rectangles.ts';
import { videoBudget } from '../tile-pace.ts';
import { type CaptureProcess, X11CaptureClient } from './x11-capture-client.ts';

export const X11_PICTURE_LIMITS = {
  /** Asked of the page: more than is sent, because waiting for the next capture is latency. */
  videoFramesPerSecond: 60,
  /** It usually takes 30; meanwhile the part that moves stands still. */
  firstFrameTimeoutMs: 1_500,
  /** Video that failed is tried again after this, at most `maxVideoFailures` times. */
  videoRetryMs: 10_000,
  maxVideoFailures: 3,
} as const;

export interface X11PictureOptions {
  /** For example `:0`. */
  display: string;
  fork: () => CaptureProcess;
  window: Pick<CaptureWindow, 'open' | 'start' | 'close'>;
  clock: Clock;
  log: Log;
}

/** A video that is wanted: asked of the page, or about to be. */
interface Video {
  area: TileRect;
  whole: boolean;
  run: CaptureRun | null;
  running: boolean;
  /** False until the page's next configuration: what comes before it, no new viewer can decode. */
  flows: boolean;
}

export class X11PictureRun implements PictureRun {
  readonly #options: X11PictureOptions;
  readonly #events: PictureRunEvents;
  readonly #source: CaptureSource;
  readonly #client: X11CaptureClient;
  readonly #tileCredit: FrameCredit;
  readonly #videoCredit: FrameCredit;
  readonly #started: Promise<TileRect>;
  #decoders: readonly VideoCodec[];
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  #size: TileRect | null = null;
  #video: Video | null = null;
  #windowReady: boolean = false;
  #videoFailures = 0;
  #cancelRetry: (() => void) | null = null;
  #cursor: CursorUpdate | null = null;
  #stopped = false;

  constructor(
    source: CaptureSource,
    decoders: readonly VideoCodec[],
    options: X11PictureOptions,
    events: PictureRunEvents,
  ) {
    this.#options = options;
    this.#events = events;
    this.#source = source;
    this.#decoders = decoders;
    const { clock } = options;
    const mayEncode = () => events.mayEncode();
    this.#tileCredit = new FrameCredit(clock, mayEncode, () => this.#client.send({ kind: 'credit' }));
    this.#videoCredit = new FrameCredit(clock, mayEncode, () => this.#video?.run?.addCredit());
    const { xPx, yPx, widthPx, heightPx } = source;
    let resolve: (area: TileRect) => void = () => undefined;
    let reject: (error: TarnetError) => void = () => undefined;
    this.#started = new Promise((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    const start = { display: options.display, area: { xPx, yPx, widthPx, heightPx }, videoAllowed: this.#videoAllowed };
    this.#client = new X11CaptureClient(options.fork(), start, options.log, {
      onStarted: (area) => {
        this.#size = area;
        resolve(area);
      },
      onFrame: (frame) => this.#onTiles(frame),
      onCursor: (update) => this.#onCursor(update),
      onVideo: (area) => this.#onVideoWanted(area),
      onGeometry: () => events.onGeometry(),
      onFailed: (error) => {
        reject(error);
        if (this.#size && !this.#stopped) events.onFailed(error);
        this.stop();
      },
    });
    // with a window that is there, video starts within some 50 ms; until then everything goes as tiles
    options.window.open().then(
      () => {
        this.#windowReady = true;
        this.#client.send({ kind: 'video-allowed', allowed: this.#videoAllowed });
      },
      (error: unknown) => this.#onVideoFailed(TarnetError.from(error)),
    );
  }

  /** Resolves with the area that is pictured. Throws `capture-failed`, or `not-supported` on a display of another kind. */
  get started(): Promise<TileRect> {
    return this.#started;
  }

  requestKeyFrame(): void {
    this.#client.send({ kind: 'key' });
    // what covers the whole picture stands alone; a part waits until the tiles around it have been sent
    if (this.#video?.whole) this.#video.run?.requestKeyFrame();
    else if (this.#video) this.#video.flows = false;
  }

  viewerActed(): void {
    this.#client.send({ kind: 'acted' });
  }

  setBudget(budget: PictureBudget): void {
    this.#budget = budget;
    this.#client.send({ kind: 'budget', budget });
    this.#video?.run?.setBudget(videoBudget(budget));
  }

  setDecoders(codecs: readonly VideoCodec[]): void {
    const same = codecs.length === this.#decoders.length && codecs.every((codec, at) => codec === this.#decoders[at]);
    if (same) return;
    this.#decoders = codecs;
    this.#client.send({ kind: 'video-allowed', allowed: this.#videoAllowed });
    if (this.#video?.run) this.#startVideo(this.#video);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelRetry?.();
    this.#tileCredit.stop();
    this.#videoCredit.stop();
    this.#video = null;
    this.#client.close();
    this.#options.window.close();
  }

  get #videoAllowed(): boolean {
    return this.#windowReady && this.#decoders.length > 0 && this.#videoFailures <= X11_PICTURE_LIMITS.maxVideoFailures;
  }

  #onTiles(frame: MediaFrame): void {
    this.#events.onFrame(frame);
    this.#tileCredit.frameTaken();
    if (frame.key && this.#video && !this.#video.flows) this.#video.run?.requestKeyFrame();
  }

  #onVideoWanted(area: TileRect | null): void {
    if (!area) {
      if (this.#video?.run) this.#video.run.stop();
      else this.#onVideoEnded();
      return;
    }
    const size = this.#size;
    if (!size) return;
    const whole = contains(area, { xPx: 0, yPx: 0, widthPx: size.widthPx, heightPx: size.heightPx });
    const video: Video = { area, whole, run: null, running: false, flows: true };
    this.#video = video;
    this.#options.window
      .open()
      .then(() => {
        if (this.#video === video) this.#startVideo(video);
      })
      .catch((error: unknown) => {
        if (this.#video === video) this.#onVideoFailed(TarnetError.from(error));
      });
  }

  #startVideo(video: Video): void {
    video.flows = true;
    video.run = this.#options.window.start(
      {
        sourceId: this.#source.id,
        area: video.area,
        whole: video.whole,
        jpeg: false,
        framesPerSecond: X11_PICTURE_LIMITS.videoFramesPerSecond,
        codecs: [...this.#decoders],
      },
      X11_PICTURE_LIMITS.firstFrameTimeoutMs,
      {
        onRunning: ({ widthPx, heightPx }) => this.#onVideoRunning(video, widthPx, heightPx),
        onFrame: (frame) => this.#onVideoFrame(video, frame),
        onJpeg: () => undefined,
        onStill: () => undefined,
        onEnded: () => {
          if (this.#video === video) this.#onVideoEnded();
        },
        onFailed: (error) => {
          if (this.#video === video) this.#onVideoFailed(error);
        },
      },
    );
    video.run.setBudget(videoBudget(this.#budget));
  }

  #onVideoRunning(video: Video, widthPx: number, heightPx: number): void {
    if (this.#video !== video) return;
    if (widthPx !== this.#size?.widthPx || heightPx !== this.#size.heightPx) {
      this.#onVideoFailed(new TarnetError('capture-failed', `video has another size: ${widthPx}x${heightPx}`));
      return;
    }
    video.running = true;
    this.#client.send({ kind: 'video-running' });
    this.#showCursor();
  }

  #onVideoFrame(video: Video, frame: MediaFrame): void {
    if (this.#video !== video) return;
    if (frame.configuration) video.flows = true;
    if (video.flows) this.#events.onFrame(frame);
    this.#videoCredit.frameTaken();
  }

  #onVideoEnded(): void {
    this.#video = null;
    this.#client.send({ kind: 'video-ended' });
    this.#showCursor();
  }

  /** The picture goes on as tiles: worse, and not silent in the log. */
  #onVideoFailed(error: TarnetError): void {
    if (this.#stopped) return;
    this.#options.log.warn('no video', { reason: error.reason, message: error.message });
    this.#video = null;
    this.#videoFailures++;
    this.#client.send({ kind: 'video-failed' });
    this.#showCursor();
    if (this.#cancelRetry || !this.#videoAllowed) return;
    this.#cancelRetry = this.#options.clock.after(X11_PICTURE_LIMITS.videoRetryMs, () => {
      this.#cancelRetry = null;
      this.#client.send({ kind: 'video-allowed', allowed: this.#videoAllowed });
    });
  }

  #onCursor(update: CursorUpdate): void {
    this.#cursor = { ...update, shape: null };
    this.#events.onCursor({ ...update, visible: update.visible && !this.#inVideo(update) });
  }

  /** Tells the pointer again after video has begun or ended. */
  #showCursor(): void {
    if (this.#cursor && !this.#stopped) this.#onCursor(this.#cursor);
  }

  /** Chromium draws the pointer into its captures: there it must not be drawn again. */
  #inVideo({ xPx, yPx }: CursorUpdate): boolean {
    return this.#video?.running === true && contains(this.#video.area, { xPx, yPx, widthPx: 1, heightPx: 1 });
  }
}
