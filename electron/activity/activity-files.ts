// Owns where the activity log lies: its files, their rotation, and reading them with a bound.
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { TarnetError } from '../../shared/base/errors.ts';

export const ACTIVITY_FILE_LIMITS = {
  /** A file this large is put away before the next entry. */
  fileBytes: 256 * 1024,
  /** The current file and those put away: 4 MiB together. */
  files: 16,
  /** What is read of one file: a file over it was not written by us. */
  maxReadBytes: 1024 * 1024,
} as const;

const LINE_BREAK = 0x0a;

/** A file's whole lines, and what stands after its last line break: the beginning of a line that was never finished. */
export interface FileLines {
  lines: string[];
  torn: string;
}

/** When files are put away, and how many there are. */
export type ActivityRotation = { readonly [Name in 'fileBytes' | 'files']: number };

export class ActivityFiles {
  readonly folder: string;
  readonly #rotation: ActivityRotation;
  /** Bytes of the current file, as far as its lines are whole. */
  #sizeBytes = 0;

  /** @param folder absolute path; it is made when it is missing */
  constructor(folder: string, rotation: ActivityRotation = ACTIVITY_FILE_LIMITS) {
    this.folder = folder;
    this.#rotation = rotation;
  }

  /** All that are there, oldest first. */
  get present(): string[] {
    return Array.from({ length: this.#rotation.files }, (_, number) => this.#numbered(number))
      .filter((file) => existsSync(file))
      .reverse();
  }

  /** Makes ready for `append`. A line that was never finished is cut off and put aside: the path of that, else null. */
  async open(nowMs: number): Promise<string | null> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const current = this.#numbered(0);
    if (!existsSync(current)) return null;
    const bytes = await readFile(current);
    const end = bytes.lastIndexOf(LINE_BREAK) + 1;
    this.#sizeBytes = end;
    if (end === bytes.length) return null;
    const time = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
    const aside = path.join(this.folder, `activity.torn-${time}.txt`);
    const torn = await open(aside, 'w', 0o600);
    await torn.writeFile(bytes.subarray(end)).finally(() => torn.close());
    const handle = await open(current, 'r+');
    try {
      await handle.truncate(end);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return aside;
  }

  /** Writes a line so that it is on the disk when this resolves. What was written of it in vain is taken back. */
  async append(line: string): Promise<void> {
    const bytes = Buffer.from(line);
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#rotation.fileBytes) await this.#rotate();
    const handle = await open(this.#numbered(0), 'a', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.datasync();
      this.#sizeBytes += bytes.length;
    } catch (error) {
      await handle.truncate(this.#sizeBytes).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  }

  /** activity.jsonl becomes activity.1.jsonl, that one activity.2.jsonl, and so on; the oldest goes. */
  async #rotate(): Promise<void> {
    await rm(this.#numbered(this.#rotation.files - 1), { force: true });
    for (let number = this.#rotation.files - 2; number >= 0; number -= 1)
      if (existsSync(this.#numbered(number))) await rename(this.#numbered(number), this.#numbered(number + 1));
    this.#sizeBytes = 0;
  }

  #numbered(number: number): string {
    return path.join(this.folder, number === 0 ? 'activity.jsonl' : `activity.${number}.jsonl`);
  }
}

/** Reads a file of lines. Throws `not-found`, or `too-large` over ACTIVITY_FILE_LIMITS.maxReadBytes. */
export async function readLines(file: string): Promise<FileLines> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > ACTIVITY_FILE_LIMITS.maxReadBytes)
        throw TarnetError.tooLarge(path.basename(file), size, ACTIVITY_FILE_LIMITS.maxReadBytes);
      const lines = (await handle.readFile('utf8')).split('\n');
      const torn = lines.pop() ?? '';
      return { lines, torn };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TarnetError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new TarnetError('not-found', `${path.basename(file)} cannot be read (${code})`, { cause: error });
  }
}
