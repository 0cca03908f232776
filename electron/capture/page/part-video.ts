// Owns video of one fixed part of a source, beside the exact tiles that another process makes of the rest.
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import type { FramePlacement } from '../../../shared/model/video.ts';
import { toRect, videoFrame } from './frame-description.ts';
import type { PictureMaker, PictureMakerOptions, Taken } from './picture-maker.ts';
import { TileMap } from './tile-map.ts';
import type { VideoMaker } from './video-maker.ts';

export class PartVideo implements PictureMaker {
  readonly #area: FramePlacement;
  readonly #whole: boolean;
  readonly #video: VideoMaker;
  readonly #options: PictureMakerOptions;
  #running = false;
  readonly #map: TileMap;
  /** A change that could not be encoded is not forgotten. */
  #owed: boolean = true;

  constructor(area: FramePlacement, whole: boolean, options: PictureMakerOptions) {
    this.#area = area;
    this.#whole = whole;
    this.#options = options;
    this.#video = options.video;
    this.#map = new TileMap(area.widthPx, area.heightPx);
  }

  prepare(): Promise<void> {
    return this.#video.prepare(this.#area);
  }

  async take(frame: VideoFrame): Promise<Taken> {
    const takenAtMs = performance.now();
    const area = this.#area;
    const { displayWidth: widthPx, displayHeight: heightPx } = frame;
    if (area.xPx + area.widthPx > widthPx || area.yPx + area.heightPx > heightPx)
      throw new Error('the source has become smaller than the part that is wanted');
    if (!this.#running) this.#options.onSize({ widthPx, heightPx }, frame);
    this.#running = true;
    const changed = !(await this.#map.changes(frame, toRect(area))).isEmpty;
    const times = this.#options.timesOf(frame, takenAtMs);
    this.#owed ||= changed;
    if ((!this.#owed && !this.#video.keyDue) || !this.#video.mayEncode) return { changed, frames: [] };
    const part = await this.#video.encode(frame, area);
    if (!part) return { changed, frames: [] };
    // who was not sent this one has to get the same in one that everybody is sent
    this.#owed = part.layer > 0;
    const placement = this.#whole ? null : area;
    return {
      changed,
      frames: [videoFrame(part, placement, { widthPx, heightPx }, times)],
    };
  }

  wantKey(): void {
    this.#video.wantKey();
  }

  setBudget(budget: PictureBudget): void {
    this.#video.setBudget(budget);
  }

  pointerMoved(): void {
    // the pointer is part of this video
  }

  tryEncoders(): Promise<void> {
    // this video ends as soon as nothing moves
    return Promise.resolve();
  }

  close(): void {
    this.#video.close();
  }
}
