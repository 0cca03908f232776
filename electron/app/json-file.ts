// Owns a small JSON file: parsed when read, written whole or not at all, set aside when it cannot be understood.
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import writeFileAtomic from 'write-file-atomic';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';

export const JSON_FILE_LIMITS = { sizeBytes: 256 * 1024 } as const;

export interface JsonFileOptions<Value> {
  /** Absolute path; its folder is made when it is missing. */
  file: string;
  schema: v.GenericSchema<unknown, Value>;
  clock: Clock;
  /** Largest file that is read. */
  maxBytes?: number;
}

export interface JsonFileContents<Value> {
  /** Null when there is no file, and when it was set aside. */
  value: Value | null;
  /** Path that a file which could not be understood now has. */
  setAside: string | null;
}

/** One JSON file that this process alone writes. The user alone can read it. */
export class JsonFile<Value> {
  readonly #options: JsonFileOptions<Value>;
  #next: { value: Value } | null = null;
  #writing: Promise<void> | null = null;

  constructor(options: JsonFileOptions<Value>) {
    this.#options = options;
  }

  /** Reads and parses. A file that is too large, no JSON or of another shape is renamed to NAME.corrupt-<time>.json. */
  async read(): Promise<JsonFileContents<Value>> {
    const text = await this.#readText();
    if (text === null) return { value: null, setAside: null };
    const value = this.#parse(text);
    return value === null ? { value: null, setAside: await this.#setAside() } : { value: value.parsed, setAside: null };
  }

  /** Writes atomically. Calls made while a write is under way become one more write, of the last value. */
  async write(value: Value): Promise<void> {
    this.#next = { value };
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    await mkdir(path.dirname(this.#options.file), { recursive: true });
    for (let next = this.#next; next; next = this.#next) {
      this.#next = null;
      await writeFileAtomic(this.#options.file, `${JSON.stringify(next.value, null, 2)}\n`, { mode: 0o600 });
    }
  }

  /** The file's text; null when there is none, empty when it is too large to be ours. */
  async #readText(): Promise<string | null> {
    const { file, maxBytes = JSON_FILE_LIMITS.sizeBytes } = this.#options;
    try {
      const handle = await open(file, 'r');
      try {
        const { size } = await handle.stat();
        return size > maxBytes ? '' : await handle.readFile('utf8');
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw new TarnetError('internal', `cannot read ${path.basename(file)}`, { cause: error });
    }
  }

  #parse(text: string): { parsed: Value } | null {
    try {
      const result = v.safeParse(this.#options.schema, JSON.parse(text));
      return result.success ? { parsed: result.output } : null;
    } catch {
      return null;
    }
  }

  async #setAside(): Promise<string> {
    const { dir, name } = path.parse(this.#options.file);
    const time = new Date(this.#options.clock.nowMs()).toISOString().replace(/[:.]/g, '-');
    const aside = path.join(dir, `${name}.corrupt-${time}.json`);
    await rename(this.#options.file, aside);
    return aside;
  }
}
