// Owns the whole picture of a source that tells no damage: a small change goes as tiles at once, motion as video of the
// part that moves, and what is whole goes as one key frame.
import { CAPTURE_LIMITS } from '../../../shared/ipc/capture.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import { UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import type { TileRect } from '../../../shared/model/tiles.ts';
import type { FramePlacement, MediaFrame } from '../../../shared/model/video.ts';
import { DAMAGE_LIMITS, DamageRegion } from '../damage-region.ts';
import { MOTION_LIMITS, MotionMeter, videoArea } from '../picture-scheduler.ts';
import { contains, intersect } from '../rectangles.ts';
import { type FrameTimes, tilesFrame, toRect, videoFrame } from './frame-description.ts';
import { evenSizeOf, type PictureMaker, type PictureMakerOptions, type Taken } from './picture-maker.ts';
import { tilesOfFrame } from './pixel-tiles.ts';
import { PointerMask } from './pointer-mask.ts';
import { TileMap } from './tile-map.ts';
import { NoEncoderError } from './video-maker.ts';

export const WHOLE_PICTURE_LIMITS = {
  /** A change of more pixels than this shows sooner as video: tiles of a text page would take 60 kB and 15 ms. */
  maxTilePixels: 96 * 1024,
  /** Pixels in one block where no encoder works and everything goes as tiles. */
  blockPixels: 384 * 1024,
} as const;

interface Motion {
  area: TileRect;
  sinceMs: number;
}

export class WholePicture implements PictureMaker {
  readonly #options: PictureMakerOptions;
  readonly #mask = new PointerMask();
  #map: TileMap | null = null;
  /** Changed, and not sent yet. */
  #pending = new DamageRegion(0, 0);
  #meter = new MotionMeter();
  #motion: Motion | null = null;
  /** What the encoder has encoded last: another part cannot follow without a configuration. */
  #encoded: TileRect | null = null;
  /** The last video frame was one that not everybody is sent: another one has to follow, even if nothing changes. */
  #owed = false;
  #keyWanted = true;
  #videoWorks = true;
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;

  constructor(options: PictureMakerOptions) {
    this.#options = options;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  wantKey(): void {
    this.#keyWanted = true;
  }

  setBudget(budget: PictureBudget): void {
    if (budget.greyscale !== this.#budget.greyscale) this.#keyWanted = true;
    this.#budget = budget;
    this.#options.video.setBudget(budget);
  }

  pointerMoved(xPx: number, yPx: number): void {
    this.#mask.moved(performance.now(), xPx, yPx);
  }

  tryEncoders(frame: VideoFrame): Promise<void> {
    return this.#videoWorks ? this.#options.video.tryOne(frame, evenSizeOf(frame)) : Promise.resolve();
  }

  close(): void {
    this.#options.video.close();
  }

  async take(frame: VideoFrame): Promise<Taken> {
    const takenAtMs = performance.now();
    const size = evenSizeOf(frame);
    if (this.#map?.widthPx !== size.widthPx || this.#map.heightPx !== size.heightPx) this.#resize(size, frame);
    const map = this.#map ?? new TileMap(size.widthPx, size.heightPx);
    const changed = await map.changes(frame, toRect(size));
    const moves = !changed.isEmpty;
    const nowMs = performance.now();
    const times = this.#options.timesOf(frame, takenAtMs);
    if (this.#motion && changed.touches(this.#motion.area)) this.#meterMotion(nowMs, changed, this.#motion.area);
    const pointerOnly = this.#mask.takeFrom(changed, nowMs);
    if (this.#motion && pointerOnly.touches(this.#motion.area)) changed.addRegion(pointerOnly);
    this.#pending.addRegion(changed);
    const frames = this.#keyWanted ? await this.#key(frame, size, times) : await this.#update(frame, size, times);
    return { changed: moves, frames };
  }

  #resize(size: FramePlacement, frame: VideoFrame): void {
    this.#map = new TileMap(size.widthPx, size.heightPx);
    this.#pending = new DamageRegion(size.widthPx, size.heightPx);
    this.#motion = null;
    this.#owed = false;
    this.#meter.clear();
    this.#keyWanted = true;
    this.#options.onSize(size, frame);
  }

  async #key(frame: VideoFrame, size: FramePlacement, times: FrameTimes): Promise<MediaFrame[]> {
    this.#motion = null;
    const made = (await this.#wholeAsVideo(frame, size, times)) ?? (await this.#wholeAsTiles(frame, size, times));
    if (made.length === 0) return [];
    this.#keyWanted = false;
    this.#owed = false;
    this.#pending.clear();
    return made;
  }

  /** Null where nothing encodes. */
  async #wholeAsVideo(frame: VideoFrame, size: FramePlacement, times: FrameTimes): Promise<MediaFrame[] | null> {
    if (!this.#videoWorks) return null;
    try {
      this.#options.video.wantKey();
      const part = await this.#options.video.encode(frame, size);
      this.#encoded = size;
      return part?.key ? [videoFrame(part, null, size, times)] : [];
    } catch (error) {
      if (!(error instanceof NoEncoderError)) throw error;
      this.#videoWorks = false;
      return null;
    }
  }

  async #wholeAsTiles(frame: VideoFrame, size: FramePlacement, times: FrameTimes): Promise<MediaFrame[]> {
    const frames: MediaFrame[] = [];
    const rows = Math.max(2, even(Math.floor(WHOLE_PICTURE_LIMITS.blockPixels / size.widthPx)));
    for (let y = 0; y < size.heightPx; y += rows) {
      const band = { xPx: 0, yPx: y, widthPx: size.widthPx, heightPx: Math.min(rows, size.heightPx - y) };
      const data = await tilesOfFrame(frame, [band], this.#budget.greyscale);
      frames.push(tilesFrame(data, y === 0, size, times));
    }
    return frames;
  }

  async #update(frame: VideoFrame, size: FramePlacement, times: FrameTimes): Promise<MediaFrame[]> {
    const nowMs = performance.now();
    this.#endMotion(nowMs);
    const frames: MediaFrame[] = [];
    if (!this.#motion) this.#beginMotion(size, nowMs);
    const { area } = this.#motion ?? {};
    if (area && (this.#owed || this.#pending.touches(area)) && this.#options.video.mayEncode) {
      const whole = contains(area, size);
      const part = await this.#videoOf(frame, area);
      if (part) {
        this.#pending.subtract(area);
        this.#owed = part.layer > 0;
        frames.push(videoFrame(part, whole ? null : area, size, times));
      }
    }
    const rects = this.#smallChanges(area ?? null);
    if (rects.length > 0) frames.push(await this.#tiles(frame, rects, size, times));
    return frames;
  }

  async #videoOf(frame: VideoFrame, area: TileRect) {
    const last = this.#encoded;
    if (last?.xPx !== area.xPx || last.yPx !== area.yPx) this.#options.video.wantKey();
    this.#encoded = area;
    try {
      return await this.#options.video.encode(frame, area);
    } catch (error) {
      if (!(error instanceof NoEncoderError)) throw error;
      this.#videoWorks = false;
      this.#motion = null;
      this.#owed = false;
      this.#pending.add(area);
      return null;
    }
  }

  async #tiles(frame: VideoFrame, rects: TileRect[], size: FramePlacement, times: FrameTimes): Promise<MediaFrame> {
    const startedMs = performance.now();
    const data = await tilesOfFrame(frame, rects, this.#budget.greyscale);
    for (const rect of rects) {
      this.#pending.subtract(rect);
      this.#meter.add(startedMs, rect.widthPx * rect.heightPx, data.length / rects.length, rect);
    }
    return tilesFrame(data, false, size, { ...times, encodeMs: performance.now() - startedMs });
  }

  /** Pending cells outside of the video, no more than one block takes: the rest goes with the next frame. */
  #smallChanges(video: TileRect | null): TileRect[] {
    const rects: TileRect[] = [];
    let pixels = 0;
    for (const rect of this.#pending.rects().flatMap(cutIntoBands)) {
      if (video && intersect(rect, video)) continue;
      pixels += rect.widthPx * rect.heightPx;
      if (rects.length > 0 && (pixels > WHOLE_PICTURE_LIMITS.blockPixels || rects.length >= CAPTURE_LIMITS.maxRects))
        break;
      rects.push(rect);
    }
    return rects;
  }

  #beginMotion(size: FramePlacement, nowMs: number): void {
    if (!this.#videoWorks || this.#pending.isEmpty) return;
    const large = this.#pending.pixelCount > WHOLE_PICTURE_LIMITS.maxTilePixels ? this.#pending.bounds() : null;
    const moving = large ?? this.#meter.motion(nowMs);
    const area = moving && videoArea(moving, size.widthPx, size.heightPx, DAMAGE_LIMITS.cellPx);
    if (!area) return;
    this.#motion = { area, sinceMs: nowMs };
    this.#meter.clear();
  }

  /** The part is still, or what moves is elsewhere. */
  #endMotion(nowMs: number): void {
    const motion = this.#motion;
    if (!motion || this.#owed || nowMs - motion.sinceMs < MOTION_LIMITS.minVideoMs) return;
    const moving = this.#meter.sustainedMotion(nowMs);
    const elsewhere = moving !== null && !contains(motion.area, moving);
    if (elsewhere || this.#meter.still(nowMs, motion.area)) this.#motion = null;
  }

  #meterMotion(nowMs: number, changed: DamageRegion, area: TileRect): void {
    const moving = new DamageRegion(changed.widthPx, changed.heightPx);
    for (const rect of changed.rects()) {
      const inside = intersect(rect, area);
      if (inside) moving.add(inside);
    }
    this.#meter.add(nowMs, moving.pixelCount, 0, area);
  }
}

function even(sidePx: number): number {
  return sidePx - (sidePx % 2);
}

function cutIntoBands(rect: TileRect): TileRect[] {
  const bands: TileRect[] = [];
  const height = DAMAGE_LIMITS.cellPx * 4;
  for (let y = 0; y < rect.heightPx; y += height)
    bands.push({ ...rect, yPx: rect.yPx + y, heightPx: Math.min(height, rect.heightPx - y) });
  return bands;
}
