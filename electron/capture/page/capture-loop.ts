// Owns one capture: reads frames, drops what shows nothing new, encodes one at a time, reports.
import { CAPTURE_LIMITS, type CaptureCommand, type CaptureReport } from '../../../shared/ipc/capture.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import { type FramePlacement, type MediaFrame, VIDEO_LIMITS } from '../../../shared/model/video.ts';
import { DesktopStream } from './desktop-stream.ts';
import { type EncoderCandidate, EncoderTimes, encoderCandidates } from './encoder-choice.ts';
import { type EncodedFrame, FrameEncoder } from './frame-encoder.ts';
import { LumaCompare } from './luma-compare.ts';

export const CAPTURE_LOOP_LIMITS = {
  /** Without a change for this long the source is looked at less often. */
  restAfterMs: 2_000,
  restingFramesPerSecond: 10,
  /** Without a change for this long the picture counts as still. */
  stillAfterMs: 100,
  /** How often a still picture is sent again, better, and how long after the frame before. */
  maxRefinements: 4,
  refineEveryMs: 90,
  /** A frame's own time is believed when it is at most this old. */
  maxAgeMs: 2_000,
  /** A source that delivers nothing for this long has failed. */
  silenceMs: 5_000,
} as const;

/** Nothing here can encode what the viewers decode. */
class NoEncoderError extends Error {}

type Start = Extract<CaptureCommand, { kind: 'start' }>;

export class CaptureLoop {
  readonly run: number;
  readonly #start: Start;
  readonly #report: (report: CaptureReport) => void;
  readonly #compare = new LumaCompare();
  #stream: DesktopStream | null = null;
  #encoder: FrameEncoder | null = null;
  #failed = new Set<string>();
  #times = new EncoderTimes();
  #credits: number = CAPTURE_LIMITS.maxCredits;
  #creditCame: (() => void) | null = null;
  #stopping = false;
  #abandoned = false;
  #changedMs = performance.now();
  #encodedMs = 0;
  #refined = 0;
  #still = false;
  #resting = false;
  #framesPerSecond: number;

  constructor(start: Start, report: (report: CaptureReport) => void) {
    this.run = start.run;
    this.#start = start;
    this.#framesPerSecond = start.framesPerSecond;
    this.#report = (message) => {
      if (!this.#abandoned) report(message);
    };
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
    this.#encoder?.wantKey();
  }

  viewerActed(): void {
    this.#changedMs = performance.now();
    if (this.#resting) this.#setResting(false);
  }

  setBudget(budget: PictureBudget): void {
    this.#framesPerSecond = Math.min(budget.framesPerSecond, this.#start.framesPerSecond);
    if (!this.#resting) this.#setResting(false);
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
    const { sourceId, framesPerSecond, area } = this.#start;
    const opening = DesktopStream.open(sourceId, framesPerSecond);
    // an encoder takes 20 ms to make: meanwhile the stream opens
    const [stream] = await Promise.all([opening, area ? this.#encoderFor(area) : null]).catch((error: unknown) => {
      opening.then((opened) => opened.close()).catch(() => undefined);
      throw error;
    });
    this.#stream = stream;
    try {
      for (let first = true; !this.#stopping; first = false) {
        const frame = await this.#read(stream);
        if (!frame) break;
        try {
          if (first) this.#report({ kind: 'running', run: this.run, ...this.#sizeOf(frame) });
          await this.#take(frame);
        } finally {
          frame.close();
        }
        if (this.#credits === 0) await this.#credit();
      }
    } finally {
      stream.close();
      this.#encoder?.close();
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
    const takenAtMs = performance.now();
    const area = this.#areaOf(frame);
    if (!area) throw new Error('the source has become smaller than the part that is wanted');
    const changed = await this.#compare.differs(frame, toRect(area));
    const compareMs = performance.now() - takenAtMs;
    this.#noteChange(changed);
    const refines = !changed && this.#encoder?.keyDue === false;
    if (refines && !this.#refinementIsDue()) return;
    if (changed) this.#refined = 0;
    const cropped = new VideoFrame(frame, {
      visibleRect: toRect(area),
      displayWidth: area.widthPx,
      displayHeight: area.heightPx,
    });
    try {
      const encoded = await this.#encode(cropped, area, refines);
      if (!encoded) return;
      this.#compare.accept();
      this.#encodedMs = performance.now();
      if (refines) this.#refined++;
      this.#credits--;
      const described = this.#describe(frame, area, encoded, { takenAtMs, compareMs });
      this.#report({ kind: 'frame', run: this.run, frame: described });
    } finally {
      cropped.close();
    }
  }

  async #encode(frame: VideoFrame, area: FramePlacement, refines: boolean): Promise<EncodedFrame | null> {
    for (;;) {
      const encoder = await this.#encoderFor(area);
      try {
        const encoded = await encoder.encode(frame, refines);
        if (!encoded.key) this.#times.add(encoded.encodeMs);
        if (encoded.data.length > VIDEO_LIMITS.maxFrameBytes) {
          encoder.wantKey();
          return null;
        }
        return encoded;
      } catch (error) {
        if (this.#stopping) return null;
        encoder.close();
        this.#failed.add(encoder.candidate.codec);
        this.#encoder = null;
        this.#report({
          kind: 'encoder',
          run: this.run,
          codec: encoder.candidate.codec,
          detail: `failed: ${text(error)}`,
        });
      }
    }
  }

  /** A picture that has become still is sent again a few times: encoders spend what motion has left over. */
  #refinementIsDue(): boolean {
    const { maxRefinements, refineEveryMs } = CAPTURE_LOOP_LIMITS;
    return this.#start.refine && this.#refined < maxRefinements && performance.now() - this.#encodedMs >= refineEveryMs;
  }

  /** The encoder in use, another one when that is too slow or the picture has another size. */
  async #encoderFor(area: FramePlacement): Promise<FrameEncoder> {
    const current = this.#encoder;
    const { width, height } = current?.candidate.config ?? { width: 0, height: 0 };
    const fits = width === area.widthPx && height === area.heightPx;
    if (current && fits && !this.#times.isSlow) return current;
    const slow = current && fits ? current.candidate.codec : null;
    const next = await this.#bestCandidate(area, slow);
    if (!next) {
      if (!current || !fits) throw new NoEncoderError(`no encoder for ${this.#start.codecs.join(', ')}`);
      this.#times = new EncoderTimes();
      return current;
    }
    const medianMs = this.#times.medianMs;
    current?.close();
    this.#times = new EncoderTimes();
    this.#compare.forget();
    this.#encoder = new FrameEncoder(next);
    const why = slow === null ? 'first choice' : `${slow} took ${medianMs?.toFixed(0)} ms`;
    const detail = `${next.config.codec} ${area.widthPx}x${area.heightPx}: ${why}`;
    this.#report({ kind: 'encoder', run: this.run, codec: next.codec, detail });
    if (slow) this.#failed.add(slow);
    return this.#encoder;
  }

  async #bestCandidate(area: FramePlacement, except: string | null): Promise<EncoderCandidate | null> {
    for (const candidate of encoderCandidates(this.#start.codecs, area.widthPx, area.heightPx)) {
      if (this.#failed.has(candidate.codec) || candidate.codec === except) continue;
      if (await FrameEncoder.isSupported(candidate)) return candidate;
      this.#failed.add(candidate.codec);
    }
    return null;
  }

  #describe(
    frame: VideoFrame,
    area: FramePlacement,
    encoded: EncodedFrame,
    { takenAtMs, compareMs }: { takenAtMs: number; compareMs: number },
  ): MediaFrame {
    const { whole } = this.#start;
    const encoder = this.#encoder;
    const captureTimeUs = this.#captureTimeUs(frame);
    const captureMs = Math.max(0, performance.timeOrigin + takenAtMs - captureTimeUs / 1000);
    return {
      codec: encoder?.candidate.codec ?? 'h264',
      key: encoded.key && whole,
      discardable: false,
      configuration: encoded.key && encoder ? { codecString: encoder.candidate.config.codec } : null,
      ...(whole ? {} : { placement: area }),
      captureTimeUs,
      durationUs: 0,
      ...this.#sizeOf(frame),
      layer: 0,
      exact: false,
      stages: { captureMs, compareMs, encodeMs: encoded.encodeMs, queueMs: 0 },
      data: encoded.data,
    };
  }

  #captureTimeUs(frame: VideoFrame): number {
    const nowUs = (performance.timeOrigin + performance.now()) * 1000;
    const capturedUs = frame.timestamp + this.#start.epochOffsetUs;
    const believable = capturedUs <= nowUs && capturedUs > nowUs - CAPTURE_LOOP_LIMITS.maxAgeMs * 1000;
    return Math.round(believable ? capturedUs : nowUs);
  }

  /** Encoders take even sizes only: a whole picture loses its last odd column or row. */
  #sizeOf({ displayWidth, displayHeight }: VideoFrame): { widthPx: number; heightPx: number } {
    if (this.#start.area) return { widthPx: displayWidth, heightPx: displayHeight };
    return { widthPx: even(displayWidth), heightPx: even(displayHeight) };
  }

  #areaOf(frame: VideoFrame): FramePlacement | null {
    const widthPx = even(frame.displayWidth);
    const heightPx = even(frame.displayHeight);
    const { area } = this.#start;
    if (!area) return { xPx: 0, yPx: 0, widthPx, heightPx };
    return area.xPx + area.widthPx <= widthPx && area.yPx + area.heightPx <= heightPx ? area : null;
  }

  #noteChange(changed: boolean): void {
    const nowMs = performance.now();
    if (changed) this.#changedMs = nowMs;
    const quietMs = nowMs - this.#changedMs;
    const still = quietMs >= CAPTURE_LOOP_LIMITS.stillAfterMs;
    if (still !== this.#still) {
      this.#still = still;
      this.#report({ kind: 'still', run: this.run, still });
    }
    const resting = quietMs >= CAPTURE_LOOP_LIMITS.restAfterMs;
    if (resting !== this.#resting) this.#setResting(resting);
  }

  #setResting(resting: boolean): void {
    this.#resting = resting;
    const rate = resting ? CAPTURE_LOOP_LIMITS.restingFramesPerSecond : this.#framesPerSecond;
    this.#stream?.setFramesPerSecond(rate).catch(() => undefined); // then it only costs more
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

function even(sidePx: number): number {
  return sidePx - (sidePx % 2);
}

function toRect({ xPx, yPx, widthPx, heightPx }: FramePlacement): DOMRectInit {
  return { x: xPx, y: yPx, width: widthPx, height: heightPx };
}

function text(error: unknown): string {
  return String(error).slice(0, CAPTURE_LIMITS.maxDetailLength);
}
