// Owns following the pointer: its place by asking, often while it moves, and its shape by the server's events.
import type { Clock } from '../../../shared/base/clock.ts';
import type { TileRect } from '../../../shared/model/tiles.ts';
import { type CursorShape, VIDEO_LIMITS } from '../../../shared/model/video.ts';
import type { CursorUpdate } from '../picture-source.ts';
import type { X11CursorShape, X11Display } from './x11-display.ts';

export const CURSOR_WATCH_LIMITS = {
  /** Between two questions while the pointer moves or a viewer acts. X tells moves to the window below only. */
  movingIntervalMs: 16,
  /** The same while it rests. */
  restingIntervalMs: 100,
  /** It rests when it has not moved for this long. */
  restAfterMs: 1_000,
} as const;

type Source = Pick<X11Display, 'pointer' | 'cursorShape'>;

export class CursorWatch {
  readonly #source: Source;
  readonly #area: TileRect;
  readonly #clock: Clock;
  readonly #emit: (update: CursorUpdate) => void;
  #shape: CursorShape | null = null;
  #shapeDue = true;
  #due = true;
  #last = { xPx: -1, yPx: -1 };
  #movedMs: number;
  #cancel: (() => void) | null = null;
  #asking = false;
  #running = false;

  constructor(source: Source, area: TileRect, clock: Clock, emit: (update: CursorUpdate) => void) {
    this.#source = source;
    this.#area = area;
    this.#clock = clock;
    this.#emit = emit;
    this.#movedMs = clock.monotonicMs();
  }

  /** Where the pointer was last seen, in pixels of the area. */
  get position(): { xPx: number; yPx: number } {
    return this.#last;
  }

  start(): void {
    this.#running = true;
    this.#ask();
  }

  stop(): void {
    this.#running = false;
    this.#cancel?.();
    this.#cancel = null;
  }

  shapeChanged(): void {
    this.#shapeDue = true;
    this.#ask();
  }

  /** A viewer's input was injected: the pointer moves now. */
  hurry(): void {
    this.#movedMs = this.#clock.monotonicMs();
    this.#ask();
  }

  /** A viewer joined: it knows nothing. */
  resend(): void {
    this.#shapeDue = true;
    this.#due = true;
    this.#ask();
  }

  #ask(): void {
    if (!this.#running || this.#asking) return;
    this.#asking = true;
    this.#cancel?.();
    this.#look()
      .catch(() => undefined) // a lost connection is told by the display itself
      .finally(() => {
        this.#asking = false;
        if (!this.#running) return;
        const restingMs = this.#clock.monotonicMs() - this.#movedMs;
        const waitMs =
          restingMs < CURSOR_WATCH_LIMITS.restAfterMs
            ? CURSOR_WATCH_LIMITS.movingIntervalMs
            : CURSOR_WATCH_LIMITS.restingIntervalMs;
        this.#cancel = this.#clock.after(this.#shapeDue ? 0 : waitMs, () => this.#ask());
      });
  }

  async #look(): Promise<void> {
    const pointer = await this.#source.pointer();
    const place = { xPx: pointer.xPx - this.#area.xPx, yPx: pointer.yPx - this.#area.yPx };
    let shape: CursorShape | null = null;
    if (this.#shapeDue) {
      this.#shapeDue = false;
      const seen = toShape(await this.#source.cursorShape());
      if (this.#due || !sameShape(seen, this.#shape)) shape = seen;
      this.#shape = seen;
    }
    const moved = place.xPx !== this.#last.xPx || place.yPx !== this.#last.yPx;
    if (moved) this.#movedMs = this.#clock.monotonicMs();
    this.#last = place;
    if (!moved && !shape && !this.#due) return;
    this.#due = false;
    this.#emit({ ...place, visible: this.#contains(place), shape });
  }

  #contains(place: { xPx: number; yPx: number }): boolean {
    return place.xPx >= 0 && place.yPx >= 0 && place.xPx < this.#area.widthPx && place.yPx < this.#area.heightPx;
  }
}

function sameShape(one: CursorShape, other: CursorShape | null): boolean {
  return (
    other !== null &&
    one.widthPx === other.widthPx &&
    one.heightPx === other.heightPx &&
    one.hotXPx === other.hotXPx &&
    one.hotYPx === other.hotYPx &&
    Buffer.compare(one.rgba, other.rgba) === 0
  );
}

/** Straight RGBA of premultiplied ARGB, cut to the largest size that is allowed. */
export function toShape(cursor: X11CursorShape): CursorShape {
  const widthPx = Math.min(cursor.widthPx, VIDEO_LIMITS.maxCursorSidePx);
  const heightPx = Math.min(cursor.heightPx, VIDEO_LIMITS.maxCursorSidePx);
  const rgba = new Uint8Array(widthPx * heightPx * 4);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const word = cursor.argb[y * cursor.widthPx + x] ?? 0;
      const alpha = word >>> 24;
      const straight = (value: number) => (alpha === 0 ? 0 : Math.min(255, Math.round((value * 255) / alpha)));
      const at = (y * widthPx + x) * 4;
      rgba[at] = straight((word >>> 16) & 0xff);
      rgba[at + 1] = straight((word >>> 8) & 0xff);
      rgba[at + 2] = straight(word & 0xff);
      rgba[at + 3] = alpha;
    }
  return { widthPx, heightPx, hotXPx: cursor.hotXPx, hotYPx: cursor.hotYPx, rgba };
}
