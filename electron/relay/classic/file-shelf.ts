// Owns the folder that the operator gives away: which names are allowed, what may be opened, and the hash of a file.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { TarnetError } from '../../../shared/base/errors.ts';

export const FILE_SHELF_LIMITS = {
  maxNameBytes: 255,
  /** Read at once for the hash: small, because it blocks everybody for as long as it takes to hash. */
  hashPieceBytes: 64 * 1024,
  /** Hashes that are remembered, so that asking again costs nothing. */
  maxHashes: 128,
} as const;

// Control characters, what separates folders or drives on any system, and what writes a name backwards.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]/;
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** A file of the shelf that is open; its owner closes it. */
export class ShelfFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly handle: FileHandle;
  /** Names this very state of the file. */
  readonly version: string;

  constructor(name: string, sizeBytes: number, handle: FileHandle, version: string) {
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.handle = handle;
    this.version = version;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

export class FileShelf {
  readonly #folder: string;
  readonly #hashes = new Map<string, Buffer>();

  constructor(folder: string) {
    this.#folder = path.resolve(folder);
  }

  /** Opens a plain file of the folder itself. Throws `malformed` for an unsafe name, `not-found` for all else. */
  async open(name: string): Promise<ShelfFile> {
    if (!isSafeName(name)) throw TarnetError.malformed('name', 'not a safe file name');
    let handle: FileHandle;
    try {
      // A link could lead anywhere, and opening a pipe would wait for its other end.
      const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
      handle = await open(path.join(this.#folder, name), flags);
    } catch (cause) {
      throw new TarnetError('not-found', 'no such file', { field: 'name', cause });
    }
    try {
      const info = await handle.stat({ bigint: true });
      if (!info.isFile()) throw new TarnetError('not-found', 'not a plain file', { field: 'name' });
      const version = `${info.dev} ${info.ino} ${info.size} ${info.mtimeNs}`;
      return new ShelfFile(name, Number(info.size), handle, version);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * SHA-256 of the whole file, 32 bytes. Throws `not-found` when it has become shorter, `cancelled` when nobody wants it any
   * more.
   */
  async hash(file: ShelfFile, isWanted: () => boolean): Promise<Buffer> {
    const known = this.#hashes.get(file.version);
    if (known) {
      this.#remember(file.version, known);
      return known;
    }
    const hash = createHash('sha256');
    for await (const piece of pieces(file, FILE_SHELF_LIMITS.hashPieceBytes)) {
      if (!isWanted()) throw new TarnetError('cancelled', 'nobody wants this file any more');
      hash.update(piece);
    }
    const digest = hash.digest();
    this.#remember(file.version, digest);
    return digest;
  }

  #remember(version: string, digest: Buffer): void {
    this.#hashes.delete(version);
    this.#hashes.set(version, digest);
    if (this.#hashes.size <= FILE_SHELF_LIMITS.maxHashes) return;
    const [oldest] = this.#hashes.keys();
    if (oldest !== undefined) this.#hashes.delete(oldest);
  }
}

/**
 * The file from its start in pieces of this size, the last one shorter; exactly as many bytes as it had when it was opened.
 * A piece is valid until the next one. Throws `not-found` when the file has become shorter.
 */
export async function* pieces(file: ShelfFile, pieceBytes: number): AsyncGenerator<Buffer, void, void> {
  const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(1, file.sizeBytes)));
  for (let at = 0; at < file.sizeBytes; ) {
    const wanted = Math.min(buffer.length, file.sizeBytes - at);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await file.handle.read(buffer, filled, wanted - filled, at + filled);
      if (bytesRead === 0) throw new TarnetError('not-found', 'the file has become shorter', { field: 'name' });
      filled += bytesRead;
    }
    at += wanted;
    yield buffer.subarray(0, wanted);
  }
}

/** Whether a name names a file of the folder itself, on every system, and looks like what it is. */
export function isSafeName(name: string): boolean {
  if (name === '' || Buffer.byteLength(name) > FILE_SHELF_LIMITS.maxNameBytes) return false;
  if (FORBIDDEN.test(name) || RESERVED_ON_WINDOWS.test(name)) return false;
  // Hidden files, `.` and `..`; and names that Windows would shorten to another.
  return !name.startsWith('.') && !/[. ]$/.test(name);
}
