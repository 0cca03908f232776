// Owns the video of one part of the picture: which encoder makes it, what happens when that fails, and its budget.
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import { UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import { type FramePlacement, VIDEO_LIMITS, type VideoCodec } from '../../../shared/model/video.ts';
import { type EncoderCandidate, EncoderTimes, encoderCandidates, videoBitrate } from './encoder-choice.ts';
import { type EncodedFrame, FrameEncoder } from './frame-encoder.ts';

/** Nothing here can encode what the viewers decode. */
export class NoEncoderError extends Error {}

export interface VideoMakerEvents {
  /** Which encoder is used from now on, or failed, and why. */
  onEncoder(codec: VideoCodec, detail: string): void;
}

export interface VideoPart extends EncodedFrame {
  codec: VideoCodec;
  codecString: string;
}

export class VideoMaker {
  readonly #codecs: readonly VideoCodec[];
  readonly #events: VideoMakerEvents;
  readonly #failed = new Set<string>();
  #encoder: FrameEncoder | null = null;
  #times = new EncoderTimes();
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  #closed: boolean = false;

  constructor(codecs: readonly VideoCodec[], events: VideoMakerEvents) {
    this.#codecs = codecs;
    this.#events = events;
  }

  /** True when the next frame has to be one that a decoder can start with. */
  get keyDue(): boolean {
    return this.#encoder?.keyDue !== false;
  }

  wantKey(): void {
    this.#encoder?.wantKey();
  }

  setBudget(budget: PictureBudget): void {
    this.#budget = budget;
    const { width, height } = this.#encoder?.candidate.config ?? {};
    if (width && height) this.#encoder?.setBitrate(videoBitrate(width, height, budget.bitsPerSecond));
  }

  /** Makes the encoder for pictures of this size ahead of the first. Throws NoEncoderError. */
  async prepare(size: Pick<FramePlacement, 'widthPx' | 'heightPx'>): Promise<void> {
    await this.#encoderFor(size);
  }

  /**
   * Encodes a part of a captured frame, which stays the caller's to close; `refines`: it shows nothing new, only better.
   * Null when it came to nothing: too large, or closed meanwhile. Throws NoEncoderError.
   */
  async encode(frame: VideoFrame, area: FramePlacement, refines: boolean): Promise<VideoPart | null> {
    const part = new VideoFrame(frame, {
      visibleRect: { x: area.xPx, y: area.yPx, width: area.widthPx, height: area.heightPx },
      displayWidth: area.widthPx,
      displayHeight: area.heightPx,
    });
    try {
      return await this.#encode(part, area, refines);
    } finally {
      part.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.#encoder?.close();
    this.#encoder = null;
  }

  async #encode(frame: VideoFrame, area: FramePlacement, refines: boolean): Promise<VideoPart | null> {
    for (;;) {
      const encoder = await this.#encoderFor(area);
      const { candidate } = encoder;
      try {
        const encoded = await encoder.encode(frame, refines);
        if (!encoded.key) this.#times.add(encoded.encodeMs);
        if (encoded.data.length > VIDEO_LIMITS.maxFrameBytes) {
          encoder.wantKey();
          return null;
        }
        return { ...encoded, codec: candidate.codec, codecString: candidate.config.codec };
      } catch (error) {
        if (this.#closed) return null;
        encoder.close();
        this.#encoder = null;
        this.#failed.add(candidate.codec);
        this.#events.onEncoder(candidate.codec, `failed: ${String(error)}`);
      }
    }
  }

  /** The encoder in use, another one when that is too slow or the part has another size. */
  async #encoderFor(area: Pick<FramePlacement, 'widthPx' | 'heightPx'>): Promise<FrameEncoder> {
    const current = this.#encoder;
    const { width, height } = current?.candidate.config ?? { width: 0, height: 0 };
    const fits = width === area.widthPx && height === area.heightPx;
    if (current && fits && !this.#times.isSlow) return current;
    const slow = current && fits ? current.candidate.codec : null;
    const next = await this.#bestCandidate(area, slow);
    if (!next) {
      if (!current || !fits) throw new NoEncoderError(`no encoder for ${this.#codecs.join(', ')}`);
      this.#times = new EncoderTimes();
      return current;
    }
    const medianMs = this.#times.medianMs;
    current?.close();
    this.#times = new EncoderTimes();
    this.#encoder = new FrameEncoder(next);
    const why = slow === null ? 'first choice' : `${slow} took ${medianMs?.toFixed(0)} ms`;
    this.#events.onEncoder(next.codec, `${next.config.codec} ${area.widthPx}x${area.heightPx}: ${why}`);
    if (slow) this.#failed.add(slow);
    return this.#encoder;
  }

  async #bestCandidate(
    area: Pick<FramePlacement, 'widthPx' | 'heightPx'>,
    except: string | null,
  ): Promise<EncoderCandidate | null> {
    const { bitsPerSecond } = this.#budget;
    for (const candidate of encoderCandidates(this.#codecs, area.widthPx, area.heightPx, bitsPerSecond)) {
      if (this.#failed.has(candidate.codec) || candidate.codec === except) continue;
      if (await FrameEncoder.isSupported(candidate)) return candidate;
      this.#failed.add(candidate.codec);
    }
    return null;
  }
}
