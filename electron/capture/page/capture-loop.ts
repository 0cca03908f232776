// Owns one capture: reads frames as often as is useful, hands each to what makes pictures of it, and reports.
import { CAPTURE_LIMITS, type CaptureCommand, type CaptureReport } from '../../../shared/ipc/capture.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import type { VideoCodec } from '../../../shared/model/video.ts';
import { DesktopStream } from './desktop-stream.ts';
import type { FrameTimes } from './frame-description.ts';
import { JpegPicture } from './jpeg-picture.ts';
import { PartVideo } from './part-video.ts';
import type { PictureMaker, PictureMakerOptions } from './picture-maker.ts';
import { NoEncoderError, VideoMaker } from './video-maker.ts';
import { WholePicture } from './whole-picture.ts';

export const CAPTURE_LOOP_LIMITS = {
  /** Without a change for this long the picture counts as still. */
  stillAfterMs: 100,
  /** Without a change for so long the source is looked at less often: it costs the same whether it changes or not. */
  restAfterMs: 2_000,
  restingFramesPerSecond: 10,
  /** The same, once more. */
  sleepAfterMs: 10_000,
  sleepingFramesPerSecond: 5,
  /** A frame's own time is believed when it is at most this old. */
  maxAgeMs: 2_000,
  /** A source that delivers nothing for this long has failed. */
  silenceMs: 5_000,
} as const;

type Start = Extract<CaptureCommand, { kind: 'start' }>;
type Wakefulness = 'awake' | 'resting' | 'sleeping';

export class CaptureLoop {
  readonly run: number;
  readonly #start: Start;
  readonly #report: (report: CaptureReport) => void;
  readonly #maker: PictureMaker;
  #stream: DesktopStream | null = null;
  #credits: number = CAPTURE_LIMITS.maxCredits;
  #creditCame: (() => void) | null = null;
  #stopping = false;
  #abandoned = false;
  #changedMs = performance.now();
  #still = false;
  #wakefulness: Wakefulness = 'awake';
  #framesPerSecond: number;

  constructor(start: Start, report: (report: CaptureReport) => void) {
    this.run = start.run;
    this.#start = start;
    this.#framesPerSecond = start.framesPerSecond;
    this.#report = (message) => {
      if (!this.#abandoned) report(message);
    };
    const video = new VideoMaker(start.codecs, start.encoders, {
      onEncoder: (codec, detail) => this.#onEncoder(codec, detail),
      onTiming: (timing) => this.#report({ kind: 'timing', run: this.run, timing }),
    });
    const timesOf = (frame: VideoFrame, takenAtMs: number) => this.#timesOf(frame, takenAtMs);
    const onSize: PictureMakerOptions['onSize'] = ({ widthPx, heightPx }, frame) => {
      const full = { fullWidthPx: frame.displayWidth, fullHeightPx: frame.displayHeight };
      this.#report({ kind: 'running', run: this.run, widthPx, heightPx, ...full });
    };
    // one at a time: a second one would only grow old
    if (start.jpeg) this.#credits = 1;
    this.#maker = start.jpeg
      ? new JpegPicture(onSize)
      : start.area
        ? new PartVideo(start.area, start.whole, { video, timesOf, onSize })
        : new WholePicture({ video, timesOf, onSize });
  }

  start(): void {
    this.#loop().catch((error: unknown) => {
      const reason = error instanceof NoEncoderError ? 'encoder-failed' : 'capture-failed';
      this.#report({ kind: 'failed', run: this.run, reason, detail: text(error) });
    });
  }

  addCredit(): void {
    this.#credits = Math.min(CAPTURE_LIMITS.maxCredits, this.#credits + 1);
    this.#creditCame?.();
  }

  requestKeyFrame(): void {
    this.#maker.wantKey();
  }

  viewerActed(): void {
    this.#wake();
  }

  pointerMoved(xPx: number, yPx: number): void {
    this.#maker.pointerMoved(xPx, yPx);
    this.#wake();
  }

  setBudget(budget: PictureBudget): void {
    this.#framesPerSecond = Math.min(budget.framesPerSecond, this.#start.framesPerSecond);
    this.#maker.setBudget(budget);
    this.#setRate();
  }

  /** Ends after the frame that is being encoded; then `ended` is reported. */
  stop(): void {
    this.#stopping = true;
    this.#stream?.close();
    this.#creditCame?.();
  }

  /** Ends without a word. */
  abandon(): void {
    this.#abandoned = true;
    this.stop();
  }

  async #loop(): Promise<void> {
    const { sourceId, framesPerSecond } = this.#start;
    const opening = DesktopStream.open(sourceId, framesPerSecond);
    try {
      // an encoder takes 20 ms to make: meanwhile the stream opens
      const [stream] = await Promise.all([opening, this.#maker.prepare()]).catch((error: unknown) => {
        opening.then((opened) => opened.close()).catch(() => undefined);
        throw error;
      });
      this.#stream = stream;
      while (!this.#stopping) {
        const frame = await this.#read(stream);
        if (!frame) break;
        try {
          await this.#take(frame);
        } finally {
          frame.close();
        }
        while (this.#credits <= 0 && !this.#stopping) await this.#credit();
      }
    } finally {
      this.#stream?.close();
      this.#maker.close();
    }
    if (this.#stopping) this.#report({ kind: 'ended', run: this.run });
    else throw new Error('the source has ended');
  }

  async #read(stream: DesktopStream): Promise<VideoFrame | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the source delivers no picture')), CAPTURE_LOOP_LIMITS.silenceMs);
    });
    try {
      return await Promise.race([stream.read(), silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #take(frame: VideoFrame): Promise<void> {
    const { changed, frames, jpeg = null } = await this.#maker.take(frame);
    // first: whoever makes exact pixels of what was still must not overtake what moves now
    if (changed) this.#noteChange();
    for (const made of frames) {
      this.#credits--;
      this.#report({ kind: 'frame', run: this.run, frame: made });
    }
    if (jpeg) {
      this.#credits--;
      this.#report({ kind: 'jpeg', run: this.run, data: jpeg });
    }
    if (changed) return;
    this.#noteQuiet();
    if (this.#wakefulness === 'sleeping') this.#tryEncoders(frame);
  }

  /** Beside the loop, with a frame of its own: what moves meanwhile does not wait. */
  #tryEncoders(frame: VideoFrame): void {
    const own = frame.clone();
    this.#maker
      .tryEncoders(own)
      .catch(() => undefined) // then it stays unknown
      .finally(() => own.close());
  }

  #noteChange(): void {
    this.#changedMs = performance.now();
    this.#setStill(false);
    this.#rest('awake');
  }

  #noteQuiet(): void {
    const quietMs = performance.now() - this.#changedMs;
    this.#setStill(quietMs >= CAPTURE_LOOP_LIMITS.stillAfterMs);
    if (quietMs >= CAPTURE_LOOP_LIMITS.sleepAfterMs) this.#rest('sleeping');
    else if (quietMs >= CAPTURE_LOOP_LIMITS.restAfterMs) this.#rest('resting');
  }

  /** Looks often again, although nothing has changed yet. */
  #wake(): void {
    const restedMs = performance.now() - CAPTURE_LOOP_LIMITS.stillAfterMs;
    this.#changedMs = Math.max(this.#changedMs, restedMs);
    this.#rest('awake');
  }

  #setStill(still: boolean): void {
    if (still === this.#still) return;
    this.#still = still;
    this.#report({ kind: 'still', run: this.run, still });
  }

  #rest(wakefulness: Wakefulness): void {
    if (wakefulness === this.#wakefulness) return;
    this.#wakefulness = wakefulness;
    this.#setRate();
  }

  #setRate(): void {
    const { restingFramesPerSecond, sleepingFramesPerSecond } = CAPTURE_LOOP_LIMITS;
    const rates = {
      awake: Number.POSITIVE_INFINITY,
      resting: restingFramesPerSecond,
      sleeping: sleepingFramesPerSecond,
    };
    const rate = Math.min(this.#framesPerSecond, rates[this.#wakefulness]);
    this.#stream?.setFramesPerSecond(rate).catch(() => undefined); // then it only costs more
  }

  #captureTimeUs(frame: VideoFrame): number {
    const nowUs = (performance.timeOrigin + performance.now()) * 1000;
    const capturedUs = frame.timestamp + this.#start.epochOffsetUs;
    const believable = capturedUs <= nowUs && capturedUs > nowUs - CAPTURE_LOOP_LIMITS.maxAgeMs * 1000;
    return Math.round(believable ? capturedUs : nowUs);
  }

  #timesOf(frame: VideoFrame, takenAtMs: number): FrameTimes {
    const captureTimeUs = this.#captureTimeUs(frame);
    const captureMs = Math.max(0, performance.timeOrigin + takenAtMs - captureTimeUs / 1000);
    return { captureTimeUs, captureMs, compareMs: performance.now() - takenAtMs };
  }

  #onEncoder(codec: VideoCodec, detail: string): void {
    this.#report({ kind: 'encoder', run: this.run, codec, detail: text(detail) });
  }

  #credit(): Promise<void> {
    return new Promise((resolve) => {
      this.#creditCame = () => {
        this.#creditCame = null;
        resolve();
      };
    });
  }
}

function text(error: unknown): string {
  return String(error).slice(0, CAPTURE_LIMITS.maxDetailLength);
}
