// Owns making a still picture exact: a snapshot is compared with what viewers have, and what differs goes losslessly.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import { type TileRect, tilePixelCount } from '../../../shared/model/tiles.ts';
import type { MediaFrame } from '../../../shared/model/video.ts';
import { DamageRegion } from '../damage-region.ts';
import { nearestOwed } from '../settle-order.ts';
import { splitIntoBlocks, TILE_MAKER_LIMITS } from '../tile-maker.ts';
import { TilePace } from '../tile-pace.ts';
import { type PreparedTiles, TileStream } from '../tile-stream.ts';

export interface Snapshot {
  generation: number;
  /** Blue, green, red and one more byte to a pixel, row by row. */
  pixels: Uint8Array;
  widthPx: number;
  heightPx: number;
  captureTimeUs: number;
  /** How long taking it took. */
  captureMs: number;
  /** What is near is sent first. */
  pointer: { xPx: number; yPx: number };
}

export interface ExactPictureEvents {
  onFrame(generation: number, frame: MediaFrame): void;
  onSettled(generation: number, complete: boolean, changed: boolean): void;
}

export class ExactPicture {
  readonly #widthPx: number;
  readonly #heightPx: number;
  readonly #events: ExactPictureEvents;
  readonly #clock: Clock;
  readonly #pace: TilePace;
  readonly #stream: TileStream;
  #generation = 0;
  /** Counts snapshots and cuts: whoever finds another number than its own has been cut short. */
  #turn = 0;
  #wake: (() => void) | null = null;
  #done: Promise<void> = Promise.resolve();

  constructor(widthPx: number, heightPx: number, clock: Clock, events: ExactPictureEvents) {
    this.#widthPx = widthPx;
    this.#heightPx = heightPx;
    this.#events = events;
    this.#clock = clock;
    this.#pace = new TilePace(clock);
    this.#stream = new TileStream(widthPx, heightPx, clock, this.#pace, (frame) =>
      events.onFrame(this.#generation, frame),
    );
  }

  /** Viewers now have something else here, and not exactly. */
  covered(rects: readonly TileRect[]): void {
    for (const rect of rects) this.#stream.owed.add(rect);
  }

  addCredit(): void {
    this.#stream.addCredit();
    this.#wake?.();
  }

  /** Stops sending; the rest waits for the next snapshot. */
  cut(): void {
    this.#turn++;
    this.#wake?.();
  }

  setBudget(budget: PictureBudget): void {
    this.#pace.setBudget(budget);
    this.#stream.setGrey(budget.greyscale);
  }

  /** Sends what differs; a snapshot before is cut short. Throws `malformed` when it is smaller than the picture. */
  settle(snapshot: Snapshot): Promise<void> {
    const { widthPx, heightPx, pixels } = snapshot;
    if (widthPx < this.#widthPx || heightPx < this.#heightPx || pixels.length !== widthPx * heightPx * 4)
      throw TarnetError.malformed('snapshot', `${widthPx}x${heightPx}`, `${this.#widthPx}x${this.#heightPx}`);
    this.cut();
    const turn = this.#turn;
    const before = this.#done;
    this.#done = before.then(() => (turn === this.#turn ? this.#settle(snapshot, turn) : undefined));
    return this.#done;
  }

  async #settle(snapshot: Snapshot, turn: number): Promise<void> {
    const { generation } = snapshot;
    this.#generation = generation;
    const { rects, pixels } = this.#inOrder(snapshot);
    const { captureTimeUs, captureMs } = snapshot;
    const prepared = this.#stream.prepare({ rects, pixels, captureTimeUs, captureMs, key: false, movable: false });
    const parts = splitIntoBlocks(
      prepared.changed,
      Math.min(TILE_MAKER_LIMITS.maxBlockPixels, this.#stream.blockPixels),
    );
    let complete = true;
    for (const [index, changed] of parts.entries()) {
      await this.#mayGo(turn);
      if (turn !== this.#turn) {
        this.#stream.giveUp({ ...prepared, changed: parts.slice(index).flat() });
        complete = false;
        break;
      }
      const last = index === parts.length - 1;
      const part = { ...prepared, changed, ...weigh(prepared, changed) };
      await this.#stream.deliver(part, () => last && this.#stream.owed.isEmpty, true);
    }
    this.#events.onSettled(generation, complete && this.#stream.owed.isEmpty, parts.length > 0);
  }

  /** The picture in bands, those near the pointer first. */
  #inOrder({ pixels, widthPx, pointer }: Snapshot): { rects: TileRect[]; pixels: Uint32Array } {
    const all = new DamageRegion(this.#widthPx, this.#heightPx);
    all.addAll();
    const rects = nearestOwed(all, null, pointer, Number.POSITIVE_INFINITY);
    const given = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
    const ordered = new Uint32Array(this.#widthPx * this.#heightPx);
    let to = 0;
    for (const { xPx, yPx, widthPx: width, heightPx: height } of rects)
      for (let y = yPx; y < yPx + height; y++, to += width)
        ordered.set(given.subarray(y * widthPx + xPx, y * widthPx + xPx + width), to);
    return { rects, pixels: ordered };
  }

  /** Resolves when the budget and the link allow one more block, or this turn is over. */
  async #mayGo(turn: number): Promise<void> {
    for (;;) {
      const { waitMs } = this.#pace;
      if (turn !== this.#turn || (waitMs === 0 && this.#stream.hasCredit)) return;
      await new Promise<void>((resolve) => {
        const cancel = waitMs > 0 ? this.#clock.after(waitMs, resolve) : () => undefined;
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
      this.#wake = null;
    }
  }
}

/** A part's share of what the whole weighs. */
function weigh({ pixels, bytes }: PreparedTiles, changed: readonly TileRect[]): { pixels: number; bytes: number } {
  const own = tilePixelCount(changed);
  return { pixels: own, bytes: (bytes * own) / Math.max(1, pixels) };
}
