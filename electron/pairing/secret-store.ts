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
