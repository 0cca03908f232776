// Owns where secrets of this device lie: under the system's key store, or in files that only the user can read.
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { TarnetError } from '../../shared/base/errors.ts';

export const SECRET_STORE_LIMITS = { fileBytes: 256 * 1024 } as const;

export interface SecretStore {
  /** The bytes last saved under this name; null when there are none. */
  load(name: string): Promise<Uint8Array | null>;
  /** Writes all of it or nothing. */
  save(name: string, bytes: Uint8Array): Promise<void>;
  /** Renames what cannot be understood, so that nothing is lost silently: the path it has now. */
  setAside(name: string): Promise<string>;
  /** Whether the system's key store protects what is saved. */
  readonly isProtected: boolean;
}

/** What this needs of Electron's safeStorage. */
export interface KeyStore {
  isEncryptionAvailable(): boolean;
  encryptString(plainText: string): Uint8Array;
  decryptString(encrypted: Buffer): string;
}

export interface SecretStoreOptions {
  /** Absolute path of a folder that this installation alone uses; it is made when it is missing. */
  directory: string;
  /** Null where there is no key store at all: the headless parts and the tests. */
  keyStore: KeyStore | null;
  /** Milliseconds since the epoch, for the names of files that were set aside. */
  nowMs: () => number;
}

/** First byte of a file: how the rest is to be read. */
const Format = { plain: 0, protected: 1 } as const;
const NAME = /^[a-z][a-z-]{0,63}$/;

/** One file per secret: a format byte, then the bytes, or their base64 as the key store encrypts it. */
export class FileSecretStore implements SecretStore {
  readonly #options: SecretStoreOptions;

  constructor(options: SecretStoreOptions) {
    this.#options = options;
  }

  get isProtected(): boolean {
    return this.#options.keyStore?.isEncryptionAvailable() ?? false;
  }

  /**
   * Throws `not-supported` for a secret that the key store protects while there is none (it must not be replaced), and
   * `malformed` for a file that cannot be understood.
   */
  async load(name: string): Promise<Uint8Array | null> {
    const file = await this.#read(name);
    if (file === null) return null;
    const [format] = file;
    const content = file.subarray(1);
    if (format === Format.plain) return new Uint8Array(content);
    if (format === Format.protected) return this.#decrypt(name, content);
    throw TarnetError.malformed(name, 'unknown format of a secret file');
  }

  async save(name: string, bytes: Uint8Array): Promise<void> {
    const { keyStore, directory } = this.#options;
    const content =
      keyStore && this.isProtected ? keyStore.encryptString(Buffer.from(bytes).toString('base64')) : bytes;
    if (content.length >= SECRET_STORE_LIMITS.fileBytes)
      throw TarnetError.tooLarge(name, content.length, SECRET_STORE_LIMITS.fileBytes);
    const format = this.isProtected ? Format.protected : Format.plain;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.#pathOf(name), Buffer.concat([Uint8Array.of(format), content]), { mode: 0o600 });
  }

  async setAside(name: string): Promise<string> {
    const time = new Date(this.#options.nowMs()).toISOString().replace(/[:.]/g, '-');
    const aside = path.join(this.#options.directory, `${name}.corrupt-${time}.secret`);
    await rename(this.#pathOf(name), aside);
    return aside;
  }

  #decrypt(name: string, content: Buffer): Uint8Array {
    const { keyStore } = this.#options;
    if (!keyStore || !this.isProtected)
      throw new TarnetError('not-supported', `${name} is under a key store that is not there now`, { field: name });
    try {
      return new Uint8Array(Buffer.from(keyStore.decryptString(content), 'base64'));
    } catch (cause) {
      throw new TarnetError('malformed', `${name}: the key store cannot decrypt it`, { field: name, cause });
    }
  }

  async #read(name: string): Promise<Buffer | null> {
    try {
      const handle = await open(this.#pathOf(name), 'r');
      try {
        const { size } = await handle.stat();
        if (size > SECRET_STORE_LIMITS.fileBytes)
          throw TarnetError.malformed(name, `${size} bytes`, `${SECRET_STORE_LIMITS.fileBytes} bytes`);
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw TarnetError.from(error);
    }
  }

  #pathOf(name: string): string {
    if (!NAME.test(name)) throw new TarnetError('internal', 'a secret needs a plain name', { field: 'name' });
    return path.join(this.#options.directory, `${name}.secret`);
  }
}
