// Owns where the pointer is on a display, asked of the system while somebody watches; its shape the system does not tell.
import type { Clock } from '../../shared/base/clock.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { CursorUpdate } from './picture-source.ts';

export const POINTER_WATCH_LIMITS = {
  /** Between two looks; asking costs some microseconds. */
  intervalMs: 16,
  /** The same after the pointer has rested for a while. */
  restAfterMs: 3_000,
  restingIntervalMs: 80,
} as const;

type Place = Pick<CaptureSource, 'xPx' | 'yPx' | 'widthPx' | 'heightPx' | 'scaleFactor'>;

export class PointerWatch {
  readonly #place: Place;
  readonly #point: () => { x: number; y: number };
  readonly #clock: Clock;
  readonly #tell: (update: CursorUpdate) => void;
  #last: CursorUpdate | null = null;
  #movedMs = 0;
  #cancel: (() => void) | null = null;

  /** `point` gives the pointer in the system's own units, of which `place.scaleFactor` pixels make one. */
  constructor(place: Place, point: () => { x: number; y: number }, clock: Clock, tell: (update: CursorUpdate) => void) {
    this.#place = place;
    this.#point = point;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** In pixels of the source. */
  get position(): { xPx: number; yPx: number } | null {
    return this.#last && { xPx: this.#last.xPx, yPx: this.#last.yPx };
  }

  start(): void {
    this.look();
    this.#schedule();
  }

  /** Looks now: a viewer may just have moved it. */
  look(): void {
    const { x, y } = this.#point();
    const { xPx: left, yPx: top, widthPx, heightPx, scaleFactor } = this.#place;
    const xPx = Math.round(x * scaleFactor) - left;
    const yPx = Math.round(y * scaleFactor) - top;
    if (this.#last?.xPx === xPx && this.#last.yPx === yPx) return;
    this.#movedMs = this.#clock.monotonicMs();
    const visible = xPx >= 0 && yPx >= 0 && xPx < widthPx && yPx < heightPx;
    this.#last = { xPx, yPx, visible, shape: null };
    this.#tell(this.#last);
  }

  /** Tells it again: somebody has joined. */
  resend(): void {
    if (this.#last) this.#tell(this.#last);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    const rests = this.#clock.monotonicMs() - this.#movedMs > POINTER_WATCH_LIMITS.restAfterMs;
    this.#cancel = this.#clock.after(
      rests ? POINTER_WATCH_LIMITS.restingIntervalMs : POINTER_WATCH_LIMITS.intervalMs,
      () => {
        this.look();
        this.#schedule();
      },
    );
  }
}
