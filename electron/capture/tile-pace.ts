// Owns what a budget means for exact tiles: how large a block may be, when the next may follow, how often to look, and how
// soon video is the cheaper way.
import type { Clock } from '../../shared/base/clock.ts';
import {
  PICTURE_BUDGET_LIMITS,
  type PictureBudget,
  type PictureMode,
  UNBOUNDED_PICTURE_BUDGET,
} from '../../shared/model/picture-budget.ts';

export const TILE_PACE_LIMITS = {
  /** A block is worth at most so much of the link's time: whatever changes next waits no longer than this. */
  blockMs: 40,
  /** Blocks are not cut below this: each record has some 60 bytes of its own. */
  minBlockBytes: 1_500,
  /** The next block may follow while so much of the link's time is still taken, so that it never idles. */
  slackMs: 8,
  /** Share of the budget that exact pixels get beside a video; the encoder has the rest. */
  shareBesideVideo: 0.25,
  /** Share of the budget for replacing what is inexact: what moves next shall find the link nearly free. */
  settleShare: 0.7,
  /** From this rate down, bytes are dearer for the choice between tiles and video: tiles that take nine tenths of it are motion. */
  fullCostBitsPerSecond: 6_000_000,
  maxByteCost: 64,
  /** A single change that takes the link this long shows sooner as video, and becomes exact after. */
  hugeMs: 300,
  /** Exact pixels of a change that would hold the link up this long, or both machines' cores, come after coarse ones. */
  longMs: 80,
  longBytes: 300_000,
} as const;

/** What is left for the encoder of a video beside exact tiles. */
export function videoBudget(budget: PictureBudget): PictureBudget {
  if (budget.bitsPerSecond >= PICTURE_BUDGET_LIMITS.maxBitsPerSecond) return budget;
  const bitsPerSecond = Math.round(budget.bitsPerSecond * (1 - TILE_PACE_LIMITS.shareBesideVideo));
  return { ...budget, bitsPerSecond: Math.max(PICTURE_BUDGET_LIMITS.minBitsPerSecond, bitsPerSecond) };
}

/** By how much tiles look dearer, or cheaper, than they are. */
const MODE_COST: Readonly<Record<PictureMode, number>> = { automatic: 1, sharp: 0.25, smooth: 3, 'low-data': 2 };
/** Somebody who wants few data waits longer for exact pixels: what changes again meanwhile is never sent. */
const LOW_DATA_SETTLE = { shareFactor: 0.5, extraDelayMs: 400 } as const;

export class TilePace {
  readonly #clock: Clock;
  #budget: PictureBudget = UNBOUNDED_PICTURE_BUDGET;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  /** True while video takes its share. */
  besideVideo = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  setBudget(budget: PictureBudget): void {
    const nowMs = this.#clock.monotonicMs();
    const takenMs = Math.max(0, this.#freeAtMs - nowMs);
    const rateBefore = this.#bitsPerSecond;
    this.#budget = budget;
    // what is on its way now takes the link as long as its new rate says
    if (takenMs > 0) this.#freeAtMs = nowMs + (takenMs * rateBefore) / this.#bitsPerSecond;
  }

  /** These bytes were sent. */
  sent(sizeBytes: number, settling: boolean): void {
    const share = settling ? this.#settleShare : 1;
    const tookMs = (sizeBytes * 8_000) / (this.#bitsPerSecond * share);
    this.#freeAtMs = Math.max(this.#freeAtMs, this.#clock.monotonicMs()) + tookMs;
  }

  /** Milliseconds until the next block may be sent. */
  get waitMs(): number {
    return Math.max(0, this.#freeAtMs - this.#clock.monotonicMs() - TILE_PACE_LIMITS.slackMs);
  }

  /** Bytes that one block may have. */
  get blockBytes(): number {
    const { blockMs, minBlockBytes } = TILE_PACE_LIMITS;
    return Math.max(minBlockBytes, Math.floor((this.#bitsPerSecond * blockMs) / 8_000));
  }

  /** At least this long between two pictures. */
  get minIntervalMs(): number {
    return 1_000 / this.#budget.framesPerSecond;
  }

  /** Whether the link has shown what it carries. */
  get isKnown(): boolean {
    return Number.isFinite(this.#linkBitsPerSecond);
  }

  /** How many bytes of motion one byte of tiles counts for. */
  get byteCost(): number {
    const slow = TILE_PACE_LIMITS.fullCostBitsPerSecond / this.#linkBitsPerSecond;
    return Math.min(TILE_PACE_LIMITS.maxByteCost, Math.max(1, slow)) * MODE_COST[this.#budget.mode];
  }

  /** Whether one change of so many bytes as tiles would hold the link up for too long. */
  isHuge(tileBytes: number): boolean {
    const tookMs = (tileBytes * 8_000) / this.#linkBitsPerSecond;
    return tookMs * MODE_COST[this.#budget.mode] >= TILE_PACE_LIMITS.hugeMs;
  }

  /** Whether exact pixels of so many bytes take so long that something coarse should come before. */
  isLong(tileBytes: number): boolean {
    const { longBytes, longMs } = TILE_PACE_LIMITS;
    return tileBytes >= longBytes || (tileBytes * 8_000) / this.#linkBitsPerSecond >= longMs;
  }

  /** On top of the usual wait for stillness. */
  get extraSettleDelayMs(): number {
    return this.#budget.mode === 'low-data' ? LOW_DATA_SETTLE.extraDelayMs : 0;
  }

  get #bitsPerSecond(): number {
    return this.#linkBitsPerSecond * (this.besideVideo ? TILE_PACE_LIMITS.shareBesideVideo : 1);
  }

  /** The largest budget means that nothing is known of the link: then there is nothing to pace by. */
  get #linkBitsPerSecond(): number {
    const { bitsPerSecond } = this.#budget;
    return bitsPerSecond >= PICTURE_BUDGET_LIMITS.maxBitsPerSecond ? Number.POSITIVE_INFINITY : bitsPerSecond;
  }

  get #settleShare(): number {
    const { settleShare } = TILE_PACE_LIMITS;
    return this.#budget.mode === 'low-data' ? settleShare * LOW_DATA_SETTLE.shareFactor : settleShare;
  }
}
