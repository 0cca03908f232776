// Owns the places of windows on disk: read once at the start, written a moment after the last change.
import path from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import type { Log } from '../../shared/base/log.ts';
import { JsonFile } from './json-file.ts';
import { type WindowPlace, windowPlaceSchema } from './window-bounds.ts';

export type PlacedWindow = 'home' | 'session';

export const WINDOW_PLACES_LIMITS = { writeDelayMs: 500 } as const;

const schema = v.object({ home: v.optional(windowPlaceSchema), session: v.optional(windowPlaceSchema) });
type Places = v.InferOutput<typeof schema>;

export class WindowPlaces {
  readonly #file: JsonFile<Places>;
  readonly #clock: Clock;
  readonly #log: Log;
  #places: Places = {};
  #cancelWrite: (() => void) | null = null;

  /** @param folder where windows.json lies or will lie */
  constructor(folder: string, clock: Clock, log: Log) {
    this.#file = new JsonFile({ file: path.join(folder, 'windows.json'), schema, clock });
    this.#clock = clock;
    this.#log = log;
  }

  /** Places are a comfort: a file that cannot be read costs them, and nothing else. */
  async load(): Promise<void> {
    try {
      this.#places = (await this.#file.read()).value ?? {};
    } catch (error) {
      this.#log.warn('the places of windows could not be read', { error: String(error) });
    }
  }

  get(name: PlacedWindow): WindowPlace | null {
    return this.#places[name] ?? null;
  }

  set(name: PlacedWindow, place: WindowPlace): void {
    this.#places = { ...this.#places, [name]: place };
    this.#cancelWrite ??= this.#clock.after(WINDOW_PLACES_LIMITS.writeDelayMs, () => void this.flush());
  }

  /** Writes what has not been written yet. */
  async flush(): Promise<void> {
    if (!this.#cancelWrite) return;
    this.#cancelWrite();
    this.#cancelWrite = null;
    try {
      await this.#file.write(this.#places);
    } catch (error) {
      this.#log.warn('the places of windows could not be written', { error: String(error) });
    }
  }
}
