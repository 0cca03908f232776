// Owns a picture source that behaves as an encoder of a screen in full motion: it keeps to its budget on average, its
// frames vary, and its key frames are large.
import type { PictureEvents, PictureSource } from '../../electron/capture/picture-source.ts';
import type { Clock } from '../../shared/base/clock.ts';
import { type PictureBudget, UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';

export const ENCODER = {
  maxFramesPerSecond: 60,
  /** However many bits there are, what moves takes no more. */
  maxFrameBytes: 60_000,
  minFrameBytes: 300,
  /** A key frame is so many times larger, and never larger than that. */
  keyShare: 6,
  maxKeyBytes: 150_000,
  keptFrames: 2_000,
} as const;

export interface EncodingSourceOptions {
  clock: Clock;
  /** Encodes this many bits a second whatever the budget and the room say: an encoder without rate control. */
  fixedBitsPerSecond?: number;
}

export class EncodingSource implements PictureSource {
  readonly #options: EncodingSourceOptions;
  budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  budgets = 0;
  frames = 0;
  /** Of each frame when it was made, in which layer, and whether it was a key frame; the newest. */
  readonly made: { captureTimeUs: number; layer: number; key: boolean }[] = [];
  /** Nothing moves: nothing is encoded. */
  still = false;
  #events: PictureEvents | null = null;
  #wantsKey = true;
  #upper = false;
  #random = 1;
  #cancel: (() => void) | null = null;

  constructor(options: EncodingSourceOptions) {
    this.#options = options;
  }

  start(_sourceId: string, events: PictureEvents): Promise<void> {
    this.stop();
    this.#events = events;
    this.#wantsKey = true;
    this.#tick();
    return Promise.resolve();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#events = null;
  }

  requestKeyFrame(): void {
    this.#wantsKey = true;
  }

  viewerActed(): void {}

  setDecoders(): void {}

  setBudget(budget: PictureBudget): void {
    // as an encoder that is made anew
    if (budget.layered !== this.budget.layered) this.#wantsKey = true;
    this.budget = budget;
    this.budgets += 1;
  }

  #tick(): void {
    const { fixedBitsPerSecond } = this.#options;
    const { maxFramesPerSecond } = ENCODER;
    const perSecond =
      fixedBitsPerSecond === undefined ? Math.min(maxFramesPerSecond, this.budget.framesPerSecond) : maxFramesPerSecond;
    this.#cancel = this.#options.clock.after(1_000 / perSecond, () => this.#tick());
    if (!this.still && this.#events && (fixedBitsPerSecond !== undefined || this.#events.mayEncode()))
      this.#encode(this.#events, (fixedBitsPerSecond ?? this.budget.bitsPerSecond) / 8 / perSecond);
  }

  #encode(events: PictureEvents, meanBytes: number): void {
    const key = this.#wantsKey;
    this.#wantsKey = false;
    const { minFrameBytes, maxFrameBytes, keyShare, maxKeyBytes } = ENCODER;
    const sizeBytes = key
      ? Math.min(maxKeyBytes, meanBytes * keyShare)
      : Math.min(maxFrameBytes, meanBytes * (0.5 + this.#next()));
    this.#upper = !key && this.budget.layered === true && !this.#upper;
    const layer = this.#upper ? 1 : 0;
    const captureTimeUs = Math.round(this.#options.clock.nowMs() * 1_000);
    this.frames += 1;
    this.made.push({ captureTimeUs, layer, key });
    if (this.made.length > ENCODER.keptFrames) this.made.shift();
    events.onFrame({
      codec: 'av1',
      key,
      discardable: layer > 0,
      configuration: key ? { codecString: 'av01.0.08M.08' } : null,
      captureTimeUs,
      durationUs: 16_667,
      widthPx: 1920,
      heightPx: 1080,
      layer,
      exact: false,
      data: new Uint8Array(Math.max(minFrameBytes, Math.round(sizeBytes))),
    });
  }

  /** From 0 to 1, the same row each time (Park and Miller's generator). */
  #next(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }
}
