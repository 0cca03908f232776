// Owns the video of one part of the picture: which encoder makes it, what happens when that fails, and its budget.
import type { EncoderTiming } from '../../../shared/ipc/capture.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import { UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import { type FramePlacement, VIDEO_LIMITS, type VideoCodec } from '../../../shared/model/video.ts';
import {
  type EncoderCandidate,
  EncoderTimes,
  encoderCandidates,
  sizeClassOf,
  untriedCandidates,
} from './encoder-choice.ts';
import { trialSizeOf, tryEncoder } from './encoder-trial.ts';
import { type EncodedFrame, FrameEncoder } from './frame-encoder.ts';
import { greyFrame } from './grey-frame.ts';
import { VideoPace, videoBitrate } from './video-budget.ts';
import { dividedSize, VideoSize } from './video-size.ts';

/** Nothing here can encode what the viewers decode. */
export class NoEncoderError extends Error {}

export interface VideoMakerEvents {
  /** Which encoder is used from now on, or failed, and why. */
  onEncoder(codec: VideoCodec, detail: string): void;
  /** What was found out about an encoder: worth remembering. */
  onTiming(timing: EncoderTiming): void;
}

export interface VideoPart extends EncodedFrame {
  codec: VideoCodec;
  codecString: string;
}

type Size = Pick<FramePlacement, 'widthPx' | 'heightPx'>;

export class VideoMaker {
  readonly #codecs: readonly VideoCodec[];
  readonly #events: VideoMakerEvents;
  readonly #pace = new VideoPace(UNBOUNDED_PICTURE_BUDGET);
  /** Failed or too slow in this capture. */
  readonly #refused = new Set<string>();
  #known: readonly EncoderTiming[];
  #encoder: FrameEncoder | null = null;
  readonly #size = new VideoSize();
  #times = new EncoderTimes();
  #key: { keyMs: number; keyBytes: number } | null = null;
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  #learned: boolean = false;
  #trying: boolean = false;
  #closed: boolean = false;

  constructor(codecs: readonly VideoCodec[], known: readonly EncoderTiming[], events: VideoMakerEvents) {
    this.#codecs = codecs;
    this.#known = known;
    this.#events = events;
  }

  /** True when the next frame has to be one that a decoder can start with. */
  get keyDue(): boolean {
    return this.#encoder?.keyDue !== false;
  }

  /** Whether the budget has room for another frame: the newest one then replaces those that were left out. */
  get mayEncode(): boolean {
    return this.#pace.mayEncode(performance.now());
  }

  wantKey(): void {
    this.#encoder?.wantKey();
  }

  setBudget(budget: PictureBudget): void {
    this.#budget = budget;
    this.#pace.setBudget(budget);
    const { width, height } = this.#encoder?.candidate.config ?? {};
    if (width && height) this.#encoder?.setBitrate(videoBitrate(width, height, budget));
  }

  /** Makes the encoder for pictures of this size ahead of the first. Throws NoEncoderError. */
  async prepare(size: Size): Promise<void> {
    await this.#encoderFor(size);
  }

  /**
   * Encodes a part of a captured frame, which stays the caller's to close. Null when it came to nothing: too large, or
   * closed meanwhile. Throws NoEncoderError.
   */
  async encode(frame: VideoFrame, area: FramePlacement): Promise<VideoPart | null> {
    const part = partOf(frame, area);
    const grey = this.#budget.greyscale ? await greyFrame(part) : null;
    try {
      return await this.#encode(grey ?? part, area);
    } finally {
      part.close();
      grey?.close();
    }
  }

  /** Times one encoder that is not known yet on this picture; to be called while nothing moves. */
  async tryOne(frame: VideoFrame, size: Size): Promise<void> {
    if (this.#trying || this.#closed) return;
    const { width, height } = trialSizeOf(size.widthPx, size.heightPx);
    const [candidate] = untriedCandidates(this.#codecs, width, height, this.#budget, this.#known);
    if (!candidate) return;
    this.#trying = true;
    try {
      this.#learn(await tryEncoder(candidate, frame));
    } finally {
      this.#trying = false;
    }
  }

  close(): void {
    this.#learnFromUse();
    this.#closed = true;
    this.#encoder?.close();
    this.#encoder = null;
  }

  async #encode(frame: VideoFrame, area: FramePlacement): Promise<VideoPart | null> {
    for (;;) {
      const encoder = await this.#encoderFor(area);
      const { candidate } = encoder;
      try {
        const encoded = await encoder.encode(frame, this.#pace.quantizerFor(encoder.keyDue));
        this.#note(encoded);
        if (encoded.data.length > VIDEO_LIMITS.maxFrameBytes) {
          encoder.wantKey();
          return null;
        }
        return { ...encoded, codec: candidate.codec, codecString: candidate.config.codec };
      } catch (error) {
        if (this.#closed) return null;
        encoder.close();
        this.#encoder = null;
        this.#refused.add(nameOf(candidate));
        this.#events.onEncoder(candidate.codec, `failed: ${String(error)}`);
        const { codec, hardware, config } = candidate;
        const sizeClass = sizeClassOf(config.width, config.height);
        this.#learn({ codec, hardware, sizeClass, keyMs: 0, deltaMs: 0, keyBytes: 0, failed: true });
      }
    }
  }

  #note({ key, data, encodeMs }: EncodedFrame): void {
    this.#pace.sent(performance.now(), data.length, key);
    if (key) this.#key = { keyMs: encodeMs, keyBytes: data.length };
    else this.#times.add(encodeMs);
    // at once: a capture may end without a word
    if (!this.#learned && this.#times.medianMs !== null) this.#learnFromUse();
  }

  #learnFromUse(): void {
    const { medianMs } = this.#times;
    const encoder = this.#encoder;
    if (!encoder || !this.#key || medianMs === null) return;
    this.#learned = true;
    const { codec, hardware, config } = encoder.candidate;
    const sizeClass = sizeClassOf(config.width, config.height);
    this.#learn({ codec, hardware, sizeClass, ...this.#key, deltaMs: medianMs, failed: false });
  }

  #learn(timing: EncoderTiming): void {
    const { codec, hardware, sizeClass } = timing;
    const others = this.#known.filter(
      (each) => each.codec !== codec || each.hardware !== hardware || each.sizeClass !== sizeClass,
    );
    this.#known = [...others, timing];
    this.#events.onTiming(timing);
  }

  /** The encoder in use, another one when that is too slow or the part has another size. */
  async #encoderFor(area: Size): Promise<FrameEncoder> {
    const current = this.#encoder;
    const { width, height } = current?.candidate.config ?? { width: 0, height: 0 };
    const divisor = this.#size.divisorFor(performance.now(), area, this.#budget);
    const size = dividedSize(area, divisor);
    const layered = current?.candidate.config.scalabilityMode !== undefined;
    const fits = width === size.widthPx && height === size.heightPx && layered === (this.#budget.layered ?? false);
    if (current && fits && !this.#times.isSlow) return current;
    const slow = current && fits ? current.candidate : null;
    if (current) this.#learnFromUse();
    const next = await this.#bestCandidate(size, slow);
    if (!next) {
      if (!current || !fits) throw new NoEncoderError(`no encoder for ${this.#codecs.join(', ')}`);
      this.#times = new EncoderTimes();
      return current;
    }
    const medianMs = this.#times.medianMs;
    current?.close();
    this.#times = new EncoderTimes();
    this.#key = null;
    this.#learned = false;
    this.#encoder = new FrameEncoder(next);
    if (!fits) this.#pace.begin(divisor > 1);
    const why = slow ? `${nameOf(slow)} took ${medianMs?.toFixed(0)} ms` : 'first choice';
    const mode = next.config.scalabilityMode ? ` in ${next.config.scalabilityMode}` : '';
    this.#events.onEncoder(next.codec, `${next.config.codec}${mode} ${size.widthPx}x${size.heightPx}: ${why}`);
    if (slow) this.#refused.add(nameOf(slow));
    return this.#encoder;
  }

  async #bestCandidate({ widthPx, heightPx }: Size, except: EncoderCandidate | null): Promise<EncoderCandidate | null> {
    for (const candidate of encoderCandidates(this.#codecs, widthPx, heightPx, this.#budget, this.#known)) {
      const name = nameOf(candidate);
      if (this.#refused.has(name) || (except && name === nameOf(except))) continue;
      if (await FrameEncoder.isSupported(candidate)) return candidate;
      this.#refused.add(name);
    }
    return null;
  }
}

function nameOf({ codec, hardware }: EncoderCandidate): string {
  return hardware ? `${codec} in hardware` : codec;
}

/** Of its own size: an encoder that is made for a smaller one scales what it gets. */
function partOf(frame: VideoFrame, { xPx, yPx, widthPx, heightPx }: FramePlacement): VideoFrame {
  const visibleRect = { x: xPx, y: yPx, width: widthPx, height: heightPx };
  return new VideoFrame(frame, { visibleRect, displayWidth: widthPx, displayHeight: heightPx });
}
