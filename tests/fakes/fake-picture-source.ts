// Owns a picture source whose pictures are random bytes: what a session carries must come out as it went in.
import type { PictureEvents, PictureSource } from '../../electron/capture/picture-source.ts';
import { type PictureBudget, UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';
import type { FrameStages, MediaFrame, VideoCodec } from '../../shared/model/video.ts';

export class FakePictureSource implements PictureSource {
  /** Everything that was asked of it, in order. */
  readonly calls: string[] = [];
  /** Every frame that it was allowed to make, in order. */
  readonly made: MediaFrame[] = [];
  decoders: readonly VideoCodec[] = [];
  budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  /** Makes the next starts fail. */
  startError: Error | null = null;
  events: PictureEvents | null = null;
  #wantsKey = true;
  #count = 0;

  start(sourceId: string, events: PictureEvents): Promise<void> {
    this.calls.push(`start ${sourceId}`);
    if (this.startError) return Promise.reject(this.startError);
    this.events = events;
    this.#wantsKey = true;
    return Promise.resolve();
  }

  stop(): void {
    this.calls.push('stop');
    this.events = null;
  }

  requestKeyFrame(): void {
    this.calls.push('key frame');
    this.#wantsKey = true;
  }

  viewerActed(): void {
    this.calls.push('viewer acted');
  }

  setDecoders(codecs: readonly VideoCodec[]): void {
    this.decoders = codecs;
  }

  setBudget(budget: PictureBudget): void {
    this.budget = budget;
  }

  get running(): boolean {
    return this.events !== null;
  }

  /** Captures one frame if anybody may have it; returns whether it did. */
  capture(sizeBytes = 500, stages?: FrameStages): boolean {
    if (!this.events?.mayEncode()) return false;
    this.#count += 1;
    const key = this.#wantsKey;
    this.#wantsKey = false;
    const data = crypto.getRandomValues(new Uint8Array(Math.min(sizeBytes, 65_536)));
    const frame: MediaFrame = {
      codec: key ? 'tiles' : 'av1',
      key,
      discardable: false,
      configuration: key ? { codecString: 'tiles' } : null,
      captureTimeUs: 1_700_000_000_000_000 + this.#count,
      durationUs: 16_667,
      widthPx: 1920,
      heightPx: 1080,
      layer: 0,
      exact: key,
      ...(stages && { stages }),
      data,
    };
    this.made.push(frame);
    this.events.onFrame(frame);
    return true;
  }
}
