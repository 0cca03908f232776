// Owns the decision between exact tiles and video: a transition table, and the meter that feeds it.
import { TarnetError } from '../../shared/base/errors.ts';
import type { TileRect } from '../../shared/model/tiles.ts';
import { unite } from './rectangles.ts';

/**
 * - `tiles`: every change goes as exact tiles.
 * - `starting`: a part of the picture moves; the video of it has been asked for, tiles go on until it runs.
 * - `video`: the moving part goes as video, tiles go on around it.
 * - `stopping`: the moving part is still; the last video frame is on its way.
 * - `settling`: no video; what video has left inexact is being replaced by exact tiles.
 */
export const PICTURE_PHASES = ['idle', 'tiles', 'starting', 'video', 'stopping', 'settling'] as const;
export type PicturePhase = (typeof PICTURE_PHASES)[number];

export type PictureSignal =
  | 'start'
  | 'stop'
  /** Sustained motion. */
  | 'motion'
  /** The first video frame has been captured. */
  | 'running'
  /** The moving part is still, or moves elsewhere. */
  | 'still'
  /** The last video frame has been sent. */
  | 'ended'
  /** The whole picture is exact. */
  | 'settled'
  /** There is no video: nothing can encode it. */
  | 'failed';

const TABLE: Record<PicturePhase, Partial<Record<PictureSignal, PicturePhase>>> = {
  idle: { start: 'tiles', stop: 'idle' },
  tiles: { stop: 'idle', motion: 'starting' },
  starting: { stop: 'idle', running: 'video', failed: 'settling' },
  video: { stop: 'idle', still: 'stopping', failed: 'settling' },
  stopping: { stop: 'idle', ended: 'settling', failed: 'settling' },
  settling: { stop: 'idle', motion: 'starting', settled: 'tiles' },
};

/** The phase after a signal. Throws `illegal-transition`. */
export function nextPhase(phase: PicturePhase, signal: PictureSignal): PicturePhase {
  const next = TABLE[phase][signal];
  if (next === undefined) throw new TarnetError('illegal-transition', `picture: ${signal} while ${phase}`);
  return next;
}

export const MOTION_LIMITS = {
  /** What is remembered. */
  windowMs: 500,
  /** Changes that are smaller do not count: letters, a caret. */
  minPixels: 6_000,
  /** Besides its bytes as tiles, comparing and coding so many pixels cost as much as one byte. */
  pixelsPerCostByte: 24,
  /** One change that costs this much shows sooner as video, and becomes exact after. */
  hugeCost: 4_000_000,
  /** Two changes in the window that cost this much each are motion. */
  largeCost: 350_000,
  /** Sustained motion: so many changes over so long that cost so much, the dearest of them not counted (a jump). */
  minChanges: 4,
  minSpanMs: 120,
  minCost: 340_000,
  /** Changes remembered. */
  maxChanges: 250,
  /** Motion over more than this share of the picture is motion of the whole picture. */
  wholeShare: 0.6,
  /** The moving part is still when for this long less than `stillShare` of it changed. */
  stillMs: 130,
  stillShare: 0.04,
  /** Video that has begun goes on at least this long: starting it again costs a key frame. */
  minVideoMs: 150,
} as const;

interface Change {
  atMs: number;
  pixels: number;
  cost: number;
  bounds: TileRect;
  huge: boolean;
}

/** Remembers what changed lately. Times are monotonic milliseconds. */
export class MotionMeter {
  #changes: Change[] = [];

  /**
   * A change that was seen: its pixels, the bytes that they take as tiles, and where they were. `huge`: the link takes
   * too long for it, whatever it costs here.
   */
  add(atMs: number, pixels: number, tileBytes: number, bounds: TileRect, huge = false): void {
    if (pixels < MOTION_LIMITS.minPixels) return;
    this.#forget(atMs);
    if (this.#changes.length >= MOTION_LIMITS.maxChanges) this.#changes.shift();
    const cost = tileBytes + pixels / MOTION_LIMITS.pixelsPerCostByte;
    this.#changes.push({ atMs, pixels, cost, bounds, huge: huge || cost >= MOTION_LIMITS.hugeCost });
  }

  /** Where there is motion that video shows better than tiles, else null. */
  motion(nowMs: number): TileRect | null {
    this.#forget(nowMs);
    return boundsOf(this.#changes.filter(({ huge }) => huge)) ?? this.sustainedMotion(nowMs);
  }

  /** The same, for motion that has lasted. */
  sustainedMotion(nowMs: number): TileRect | null {
    this.#forget(nowMs);
    const large = this.#changes.filter(({ cost }) => cost >= MOTION_LIMITS.largeCost);
    if (large.length > 1) return boundsOf(large);
    const [first] = this.#changes;
    const last = this.#changes.at(-1);
    if (!first || !last || this.#changes.length < MOTION_LIMITS.minChanges) return null;
    if (last.atMs - first.atMs < MOTION_LIMITS.minSpanMs) return null;
    const costs = this.#changes.map(({ cost }) => cost);
    const sustained = costs.reduce((sum, cost) => sum + cost, 0) - Math.max(...costs);
    return sustained < MOTION_LIMITS.minCost ? null : boundsOf(this.#changes);
  }

  /** Whether less than `stillShare` of the area has changed for `stillMs`. */
  still(nowMs: number, area: TileRect): boolean {
    const recent = this.#changes.filter((change) => nowMs - change.atMs < MOTION_LIMITS.stillMs);
    const pixels = recent.reduce((sum, change) => sum + change.pixels, 0);
    return pixels < area.widthPx * area.heightPx * MOTION_LIMITS.stillShare;
  }

  get size(): number {
    return this.#changes.length;
  }

  clear(): void {
    this.#changes = [];
  }

  #forget(nowMs: number): void {
    const kept = this.#changes.findIndex((change) => nowMs - change.atMs < MOTION_LIMITS.windowMs);
    this.#changes = kept < 0 ? [] : this.#changes.slice(kept);
  }
}

/**
 * The part of the picture that the video shows: even numbers, aligned to `alignPx`, and the whole picture when the
 * motion covers most of it. Null when it is too small to be worth it.
 */
export function videoArea(motion: TileRect, widthPx: number, heightPx: number, alignPx: number): TileRect | null {
  const whole = { xPx: 0, yPx: 0, widthPx: even(widthPx), heightPx: even(heightPx) };
  const left = Math.floor(motion.xPx / alignPx) * alignPx;
  const top = Math.floor(motion.yPx / alignPx) * alignPx;
  const right = Math.min(whole.widthPx, Math.ceil((motion.xPx + motion.widthPx) / alignPx) * alignPx);
  const bottom = Math.min(whole.heightPx, Math.ceil((motion.yPx + motion.heightPx) / alignPx) * alignPx);
  const area = { xPx: left, yPx: top, widthPx: right - left, heightPx: bottom - top };
  if (area.widthPx <= 0 || area.heightPx <= 0) return null;
  const share = (area.widthPx * area.heightPx) / (whole.widthPx * whole.heightPx);
  return share > MOTION_LIMITS.wholeShare ? whole : area;
}

function even(sidePx: number): number {
  return sidePx - (sidePx % 2);
}

function boundsOf(changes: readonly Change[]): TileRect | null {
  return changes.map(({ bounds }) => bounds).reduce<TileRect | null>((all, one) => (all ? unite(all, one) : one), null);
}
