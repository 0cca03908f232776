// Owns watching a screen: reads the marks each time something is drawn, and says when which frame was first seen.
import type { XScreen } from '../tests/displays/x-screen.ts';
import { frameOf, readingLine, readMark } from './mark.ts';

export interface Point {
  x: number;
  y: number;
}

export type Sighting = (frame: number, seenAtMs: number) => void;

const READ_EVERY_MS = 1;

export class Watcher {
  readonly #screen: XScreen;
  readonly #rearm: () => void;
  #places: readonly Point[] = [];
  #newestPainted: () => number = () => 0;
  #sighting: Sighting = () => {};
  #reading: Promise<void> | null = null;
  #damaged: boolean = false;
  #closed: boolean = false;

  constructor(screen: XScreen) {
    this.#screen = screen;
    this.#rearm = screen.watchDamage(() => {
      this.#damaged = true;
      this.#readUnlessReading();
    });
  }

  /**
   * From now on reports the frame shown, whenever it may have changed. Where a scene has several marks, a frame counts as
   * shown when all of them have arrived. `newestPainted` turns the short number of a mark into a whole one.
   */
  watch(places: readonly Point[], newestPainted: () => number, sighting: Sighting): void {
    this.#places = places;
    this.#newestPainted = newestPainted;
    this.#sighting = sighting;
    this.#readUnlessReading();
  }

  /** Looks no more; resolves when the last look is over. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading;
  }

  #readUnlessReading(): void {
    if (this.#closed) return;
    this.#reading ??= this.#read()
      .catch((error: unknown) => console.error('the viewer display cannot be read:', error))
      .finally(() => {
        this.#reading = null;
      });
  }

  async #read(): Promise<void> {
    do {
      this.#damaged = false;
      // Before looking: what is drawn after the look must be told.
      this.#rearm();
      const lines = await Promise.all(this.#places.map(({ x, y }) => this.#screen.grab(readingLine(x, y))));
      const seenAtMs = performance.now();
      const newest = this.#newestPainted();
      const frames = lines.map(readMark).map((value) => (value === null ? null : frameOf(value, newest)));
      if (frames.length > 0 && frames.every((frame) => frame !== null)) this.#sighting(Math.min(...frames), seenAtMs);
      await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
    } while (this.#damaged && !this.#closed);
  }
}
