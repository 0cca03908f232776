// Owns what the user has chosen for the picture, host by host, on disk and in memory.
import path from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import type { Log } from '../../shared/base/log.ts';
import { type PicturePreferences, picturePreferencesSchema } from '../../shared/model/picture-budget.ts';
import { JsonFile } from './json-file.ts';

export const PICTURE_CHOICE_LIMITS = {
  /** Hosts that are remembered; those chosen for longest ago are forgotten. */
  maxHosts: 200,
} as const;

const MAX_PLACE_LENGTH = 280;

/** In the order in which they were chosen. */
const choicesSchema = v.pipe(
  v.array(
    v.strictObject({
      /** HOST[:PORT] */
      place: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PLACE_LENGTH)),
      preferences: picturePreferencesSchema,
    }),
  ),
  v.maxLength(PICTURE_CHOICE_LIMITS.maxHosts),
);

export class PictureChoices {
  readonly #file: JsonFile<v.InferOutput<typeof choicesSchema>>;
  readonly #log: Log;
  readonly #choices = new Map<string, PicturePreferences>();

  /** @param folder where picture-choices.json lies or will lie */
  constructor(folder: string, clock: Clock, log: Log) {
    this.#file = new JsonFile({ file: path.join(folder, 'picture-choices.json'), schema: choicesSchema, clock });
    this.#log = log;
  }

  /** Reads the file. Returns where a corrupt one was put, for a notice. */
  async load(): Promise<string | null> {
    const { value, setAside } = await this.#file.read();
    for (const { place, preferences } of value ?? []) this.#choices.set(place, preferences);
    return setAside;
  }

  /** What was chosen for the host at HOST[:PORT]; null when nothing was. */
  of(place: string): PicturePreferences | null {
    return this.#choices.get(place) ?? null;
  }

  remember(place: string, preferences: PicturePreferences): void {
    this.#choices.delete(place);
    this.#choices.set(place, preferences);
    for (const oldest of this.#choices.keys())
      if (this.#choices.size > PICTURE_CHOICE_LIMITS.maxHosts) this.#choices.delete(oldest);
    const choices = [...this.#choices].map(([at, chosen]) => ({ place: at, preferences: chosen }));
    this.#file.write(choices).catch((error: unknown) => {
      // the choice holds until the app ends
      this.#log.warn('the choice of picture was not kept', { error: String(error) });
    });
  }
}
