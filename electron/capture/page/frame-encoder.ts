// Owns one WebCodecs encoder: one frame in flight, one chunk per frame.
import type { EncoderCandidate } from './encoder-choice.ts';
import { VIDEO_BUDGET_LIMITS } from './video-budget.ts';

export const FRAME_ENCODER_LIMITS = {
  /** An encoder that gives no chunk for this long has failed, or holds frames back: useless either way. */
  timeoutMs: 3_000,
} as const;

export interface EncodedFrame {
  key: boolean;
  data: Uint8Array<ArrayBuffer>;
  encodeMs: number;
  /** Temporal layer: nothing builds on a frame of the uppermost but one that is in it. */
  layer: number;
}

/** A chunk, and what the encoder says of it. */
interface Output {
  chunk: EncodedVideoChunk;
  layer: number;
}

export class FrameEncoder {
  readonly candidate: EncoderCandidate;
  readonly #encoder: VideoEncoder;
  #waiting: { resolve: (output: Output) => void; reject: (error: Error) => void } | null = null;
  #config: VideoEncoderConfig;
  #keyDue = true;

  constructor(candidate: EncoderCandidate) {
    this.candidate = candidate;
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => this.#waiting?.resolve({ chunk, layer: metadata?.svc?.temporalLayerId ?? 0 }),
      error: (error) => this.#waiting?.reject(error),
    });
    this.#config = candidate.config;
    this.#encoder.configure(candidate.config);
  }

  static async isSupported(candidate: EncoderCandidate): Promise<boolean> {
    try {
      return (await VideoEncoder.isConfigSupported(candidate.config)).supported === true;
    } catch {
      return false;
    }
  }

  get keyDue(): boolean {
    return this.#keyDue;
  }

  wantKey(): void {
    this.#keyDue = true;
  }

  /** Spends so many bits per second from the next frame on, without a key frame; nothing where quantizers decide. */
  setBitrate(bitsPerSecond: number): void {
    const { bitrate } = this.#config;
    if (bitrate === undefined || this.#encoder.state !== 'configured') return;
    if (Math.abs(bitsPerSecond - bitrate) <= bitrate * VIDEO_BUDGET_LIMITS.bitrateStep) return;
    this.#config = { ...this.#config, bitrate: bitsPerSecond };
    this.#encoder.configure(this.#config);
  }

  /**
   * Encodes a frame, which stays the caller's to close; the quantizer counts where the candidate is quantized. Throws when
   * the encoder fails or takes too long.
   */
  async encode(frame: VideoFrame, quantizer: number): Promise<EncodedFrame> {
    const startMs = performance.now();
    const options = this.candidate.quantized ? { av1: { quantizer } } : {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { chunk, layer } = await new Promise<Output>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      timer = setTimeout(() => reject(new Error('the encoder gives nothing')), FRAME_ENCODER_LIMITS.timeoutMs);
      this.#encoder.encode(frame, { keyFrame: this.#keyDue, ...options });
    }).finally(() => {
      clearTimeout(timer);
      this.#waiting = null;
    });
    const isKey = chunk.type === 'key';
    if (isKey) this.#keyDue = false;
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    return { key: isKey, data, encodeMs: performance.now() - startMs, layer: isKey ? 0 : layer };
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }
}
