// Owns the way of exact pixels to the viewers: what they have, what they are owed, one credited block at a time.
import type { Clock } from '../../shared/base/clock.ts';
import type { TileMove, TileRect } from '../../shared/model/tiles.ts';
import { TILE_LIMITS, tilePixelCount } from '../../shared/model/tiles.ts';
import type { MediaFrame } from '../../shared/model/video.ts';
import { DamageRegion } from './damage-region.ts';
import { findMoves } from './move-finder.ts';
import { PictureShadow } from './picture-shadow.ts';
import {
  type BlockWish,
  estimateTileBytes,
  isSampled,
  type MadeBlock,
  makeTileBlock,
  splitIntoBlocks,
  TILE_MAKER_LIMITS,
} from './tile-maker.ts';
import type { TilePace } from './tile-pace.ts';

export const TILE_STREAM_LIMITS = {
  /** Blocks given out that the other side has not asked to be followed yet. */
  maxCredits: 4,
  /** A picture in several blocks that waits this long for the link is given up: it is old, a new one is read. */
  maxStallMs: 60,
  /** A picture in several blocks of which this is how long ago the first was sent is given up in the same way. */
  maxPictureMs: 150,
  /** Blocks of one picture that are coded while an earlier one is on its way. */
  codedAhead: 2,
  /** A first picture that takes more than this begins with a preview. */
  previewFromBytes: 64_000,
  /** A link that makes a block wait this long is slow. */
  slowLinkMs: 20,
} as const;

interface TimedBlock extends MadeBlock {
  encodeMs: number;
}

/** What compresses better than this is as good as free. */
const MIN_BYTES_PER_PIXEL = 0.01;
/** An even colour, and text below it: a block that takes a little says little of the next. */
const MAX_FALL = 0.5;

/** Fresh pixels of some rectangles, as `grab` gives them. */
export interface Grab {
  rects: readonly TileRect[];
  /** The rectangles' pixels one after the other, without gaps. */
  pixels: Uint32Array;
  captureTimeUs: number;
  /** How long reading them took. */
  captureMs: number;
  /** True when this is the whole picture, because `keyWanted` was seen. */
  key: boolean;
  /** True when no part of the viewers' picture is video: then what has moved is told so. */
  movable: boolean;
}

/** What differs from what the viewers have. */
export interface PreparedTiles {
  key: boolean;
  captureTimeUs: number;
  captureMs: number;
  compareMs: number;
  moves: TileMove[];
  changed: TileRect[];
  /** Changed pixels. */
  pixels: number;
  /** About what they take. */
  bytes: number;
  /** Around all changed pixels; null when there are none. */
  bounds: TileRect | null;
}

export class TileStream {
  readonly #clock: Clock;
  readonly #emit: (frame: MediaFrame) => void;
  readonly #pace: TilePace;
  readonly #shadow: PictureShadow;
  /** Where the viewers' picture is not what the shadow says: never sent, given up, or video. */
  readonly owed: DamageRegion;
  /** One until the first is answered, because nothing is known of the link before that; then more with each answer. */
  #credits = 1;
  #mostCredits = 1;
  #begun: boolean = false;
  #wake: (() => void) | null = null;
  #keyWanted = true;
  #grey: boolean = false;
  /** How far things moved when they last did. */
  #distance = 0;
  /** Of what was sent lately: what a pixel takes, to know how many to read. */
  #bytesPerPixel = 1;

  constructor(widthPx: number, heightPx: number, clock: Clock, pace: TilePace, emit: (frame: MediaFrame) => void) {
    this.#clock = clock;
    this.#pace = pace;
    this.#emit = emit;
    this.#shadow = new PictureShadow(widthPx, heightPx);
    this.owed = new DamageRegion(widthPx, heightPx);
    this.owed.addAll();
  }

  get #whole(): TileRect {
    return { xPx: 0, yPx: 0, widthPx: this.#shadow.widthPx, heightPx: this.#shadow.heightPx };
  }

  get hasCredit(): boolean {
    return this.#credits > 0;
  }

  get keyWanted(): boolean {
    return this.#keyWanted;
  }

  /** The next picture has to stand alone. */
  wantKey(): void {
    this.#keyWanted = true;
    this.owed.addAll();
  }

  /** The next picture comes as video of everything, which stands alone. */
  keyComesAsVideo(): void {
    this.#keyWanted = false;
  }

  /** Shades of grey only, or colours again: everything is owed then. */
  setGrey(grey: boolean): void {
    if (this.#grey === grey) return;
    this.#grey = grey;
    this.owed.addAll();
  }

  /** About how many pixels one block of the present budget takes. */
  get blockPixels(): number {
    return this.#pixelsOf(this.#bytesPerPixel);
  }

  /** One more block may be sent. */
  addCredit(): void {
    const { maxCredits } = TILE_STREAM_LIMITS;
    const grown = Math.min(maxCredits, this.#mostCredits + 1);
    this.#credits = Math.min(grown, this.#credits + 1 + grown - this.#mostCredits);
    this.#mostCredits = grown;
    this.#wake?.();
  }

  /** Finds what differs from what the viewers have. It has to be delivered, or given up, before the next is prepared. */
  prepare(grab: Grab): PreparedTiles {
    const { key, captureTimeUs, captureMs } = grab;
    const startedMs = this.#clock.monotonicMs();
    if (key) this.#keyWanted = false;
    const parts = partsOf(grab);
    const moves = grab.movable && !key ? this.#findMoves(parts) : [];
    const moved = moves.map(targetOf);
    const changed: TileRect[] = [];
    for (const { rect, fresh } of parts) {
      changed.push(...this.#shadow.differences(rect, fresh, this.owed, moved));
      this.#shadow.update(rect, fresh);
      this.owed.subtract(rect);
    }
    const compareMs = this.#clock.monotonicMs() - startedMs;
    const pixels = tilePixelCount(changed);
    const bytes = estimateTileBytes(this.#shadow, changed, this.#grey);
    return { key, captureTimeUs, captureMs, compareMs, moves, changed, pixels, bytes, bounds: boundsOf(changed) };
  }

  /**
   * Sends it. Resolves when all of it is sent, or the rest was given up because the link did not take it, with whether
   * the link was slow. `isExact` says that nothing else is known to differ.
   * Photographs and noise that would take long come coarse first, and are owed then.
   */
  async deliver(prepared: PreparedTiles, isExact: () => boolean, settling = false): Promise<boolean> {
    const { key, moves, changed, pixels, bytes } = prepared;
    const sampled = isSampled(pixels);
    const blocks = splitIntoBlocks(changed, this.#pixelsOf(sampled ? bytes / pixels : this.#bytesPerPixel));
    if (blocks.length === 0 && moves.length > 0) blocks.push([]);
    let slow = false;
    const firstMs = this.#clock.monotonicMs();
    const sight = !settling && this.#pace.isLong(bytes) ? 'coarse' : 'exact';
    const coded: Promise<TimedBlock>[] = [];
    for (const index of blocks.keys()) {
      // the next ones are deflated by other threads meanwhile
      while (coded.length < Math.min(blocks.length, index + 1 + TILE_STREAM_LIMITS.codedAhead))
        coded.push(
          this.#code(blocks[coded.length] ?? [], {
            moves: coded.length === 0 ? moves : [],
            grey: this.#grey,
            sight,
            more: coded.length < blocks.length - 1,
          }),
        );
      const startMs = this.#clock.monotonicMs();
      const old = index > 0 && startMs - firstMs >= TILE_STREAM_LIMITS.maxPictureMs;
      const credited = !old && (await this.#mayGo());
      slow ||= this.#clock.monotonicMs() - startMs >= TILE_STREAM_LIMITS.slowLinkMs;
      if (!credited) {
        this.giveUp(
          index === 0 ? prepared : { ...prepared, key: false, moves: [], changed: blocks.slice(index).flat() },
        );
        return slow;
      }
      const block = await coded[index];
      if (!block) break;
      if (!block.exact && !this.#grey) for (const rect of blocks[index] ?? []) this.owed.add(rect);
      this.#pace.sent(block.data.length, settling);
      this.#noteSize(block.data.length, tilePixelCount(blocks[index] ?? []));
      const last = index === blocks.length - 1;
      this.#send(this.#frame(prepared, block, key && index === 0, last && block.exact && isExact()));
    }
    return slow;
  }

  #noteSize(sizeBytes: number, pixels: number): void {
    if (pixels === 0) return;
    this.#bytesPerPixel = Math.max(MIN_BYTES_PER_PIXEL, this.#bytesPerPixel * MAX_FALL, sizeBytes / pixels);
  }

  #pixelsOf(bytesPerPixel: number): number {
    const pixels = Math.floor(this.#pace.blockBytes / Math.max(MIN_BYTES_PER_PIXEL, bytesPerPixel));
    return Math.max(1, Math.min(TILE_MAKER_LIMITS.maxBlockPixels, pixels));
  }

  #send(frame: MediaFrame): void {
    this.#credits--;
    this.#begun = true;
    this.#emit(frame);
  }

  async #code(rects: TileRect[], wish: BlockWish): Promise<TimedBlock> {
    const startMs = this.#clock.monotonicMs();
    const made = await makeTileBlock(this.#shadow, rects, wish);
    return { ...made, encodeMs: this.#clock.monotonicMs() - startMs };
  }

  /**
   * Whether a picture should begin with a preview: nobody has seen anything of it, and it may take a link of which nothing
   * is known a long time.
   */
  wantsPreview({ key, bytes }: PreparedTiles): boolean {
    return key && !this.#begun && !this.#pace.isKnown && bytes >= TILE_STREAM_LIMITS.previewFromBytes;
  }

  /** Sends a first sight of a whole picture. All of it stays owed. */
  async preview(prepared: PreparedTiles): Promise<void> {
    const blocks = splitIntoBlocks([this.#whole], TILE_LIMITS.maxPixels);
    for (const [index, rects] of blocks.entries()) {
      const more = index < blocks.length - 1;
      const block = await this.#code(rects, { moves: [], grey: this.#grey, sight: 'preview', more });
      this.#pace.sent(block.data.length, false);
      this.#send(this.#frame(prepared, block, index === 0, false));
    }
    this.owed.addAll();
  }

  /** Does not send it: it is owed. */
  giveUp({ key, moves, changed }: PreparedTiles): void {
    for (const rect of [...moves.map(targetOf), ...changed]) this.owed.add(rect);
    this.#keyWanted ||= key;
  }

  /** Finds what has moved and does it to the shadow, all of it before any fresh pixel goes there: as viewers do. */
  #findMoves(parts: readonly { rect: TileRect; fresh: Uint32Array }[]): TileMove[] {
    const moves: TileMove[] = [];
    for (const { rect, fresh } of parts) {
      const found = findMoves(this.#shadow, rect, fresh, this.owed, this.#distance);
      if (moves.length + found.length > TILE_LIMITS.maxMoves) break;
      for (const move of found) this.#shadow.move(move);
      moves.push(...found);
    }
    const [first] = moves;
    if (first) this.#distance = first.toYPx - first.fromYPx;
    return moves;
  }

  /** Waits for the budget and for a credit; resolves with false when that takes too long. */
  async #mayGo(): Promise<boolean> {
    const { waitMs } = this.#pace;
    if (waitMs > TILE_STREAM_LIMITS.maxStallMs) return false;
    if (waitMs > 0) await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve));
    return this.hasCredit || this.#credit();
  }

  /** Resolves with true when there is a credit, with false when it takes too long. */
  #credit(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (value: boolean) => {
        cancel();
        this.#wake = null;
        resolve(value);
      };
      const cancel = this.#clock.after(TILE_STREAM_LIMITS.maxStallMs, () => done(false));
      this.#wake = () => done(true);
    });
  }

  #frame(
    { captureTimeUs, captureMs, compareMs }: PreparedTiles,
    { data, encodeMs }: { data: Uint8Array; encodeMs: number },
    key: boolean,
    exact: boolean,
  ): MediaFrame {
    return {
      codec: 'tiles',
      key,
      discardable: false,
      configuration: key ? { codecString: 'tiles' } : null,
      captureTimeUs,
      durationUs: 0,
      widthPx: this.#shadow.widthPx,
      heightPx: this.#shadow.heightPx,
      layer: 0,
      exact,
      stages: { captureMs, compareMs, encodeMs, queueMs: 0 },
      data,
    };
  }
}

/** The rectangles of a grab, each with its pixels. */
function partsOf({ rects, pixels }: Grab): { rect: TileRect; fresh: Uint32Array }[] {
  let from = 0;
  return rects.map((rect) => {
    const fresh = pixels.subarray(from, from + rect.widthPx * rect.heightPx);
    from += fresh.length;
    return { rect, fresh };
  });
}

function targetOf({ toXPx, toYPx, widthPx, heightPx }: TileMove): TileRect {
  return { xPx: toXPx, yPx: toYPx, widthPx, heightPx };
}

function boundsOf(rects: readonly TileRect[]): TileRect | null {
  if (rects.length === 0) return null;
  const left = Math.min(...rects.map((rect) => rect.xPx));
  const top = Math.min(...rects.map((rect) => rect.yPx));
  const right = Math.max(...rects.map((rect) => rect.xPx + rect.widthPx));
  const bottom = Math.max(...rects.map((rect) => rect.yPx + rect.heightPx));
  return { xPx: left, yPx: top, widthPx: right - left, heightPx: bottom - top };
}
