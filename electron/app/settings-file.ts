// Owns the user's settings on disk and in memory: parsed on load, changed by patches, written atomically.
import path from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../../shared/model/settings.ts';
import { JsonFile } from './json-file.ts';

/** The user's settings: what they are now, and who wants to know of a change. */
export class SettingsFile {
  readonly #file: JsonFile<Settings>;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #settings: Settings = DEFAULT_SETTINGS;

  /** @param folder where settings.json lies or will lie */
  constructor(folder: string, clock: Clock) {
    this.#file = new JsonFile({ file: path.join(folder, 'settings.json'), schema: settingsSchema, clock });
  }

  get value(): Settings {
    return this.#settings;
  }

  /** Reads the file; without one the defaults hold. Returns where a corrupt file was put, for a notice. */
  async load(): Promise<{ setAside: string | null }> {
    const { value, setAside } = await this.#file.read();
    this.#settings = value ?? DEFAULT_SETTINGS;
    return { setAside };
  }

  /** Changes some settings and writes them. Throws `malformed` naming the setting; then nothing has changed. */
  async update(patch: unknown): Promise<void> {
    // A patch is an incomplete object: what it does not name keeps its value, so defaults must not fill it in.
    const given = v.safeParse(v.record(v.string(), v.unknown()), patch);
    if (!given.success) throw TarnetError.malformed('settings', 'expected an object');
    const unknownName = Object.keys(given.output).find((name) => !(name in settingsSchema.entries));
    if (unknownName !== undefined) throw TarnetError.malformed(unknownName.slice(0, 64), 'no such setting');
    const named = Object.entries(given.output).filter(([, value]) => value !== undefined);
    const next = v.safeParse(settingsSchema, { ...this.#settings, ...Object.fromEntries(named) });
    if (!next.success) {
      const [issue] = next.issues;
      throw TarnetError.malformed(v.getDotPath(issue) ?? 'settings', `expected ${issue.expected ?? issue.type}`);
    }
    this.#settings = next.output;
    for (const listener of [...this.#listeners]) listener(this.#settings);
    await this.#file.write(this.#settings);
  }

  /** Returns a function that stops listening. */
  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
