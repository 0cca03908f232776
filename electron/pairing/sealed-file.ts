// Owns files that only a password opens: what they look like, and how they are sealed and opened.
import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { TarnetError } from '../../shared/base/errors.ts';

/**
 * ```
 *  0  8 bytes  "TARNETBK"
 *  8  u8       version = 1
 *  9  u8       key derivation = 1, scrypt (RFC 7914)
 * 10  u8       log2 of its cost N
 * 11  u8       its block size r
 * 12  u8       its parallelism p
 * 13  16 bytes salt
 * 29  12 bytes nonce
 * 41           AES-256-GCM: ciphertext, then the tag of 16 bytes; everything before is authenticated too
 * ```
 */
const MAGIC = Buffer.from('TARNETBK');
const VERSION = 1;
const SCRYPT = 1;
const SALT_AT = 13;
const NONCE_AT = 29;
const HEADER_BYTES = 41;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export const SEALED_FILE_LIMITS = {
  maxFileBytes: 512 * 1024,
  /** What a file may ask of us before its password is known to be right: N up to 2^18 with r = 8 are 256 MiB. */
  minLogCost: 14,
  maxLogCost: 18,
  blockSize: 8,
  maxParallelism: 4,
} as const;

/** 128 MiB and about half a second for each guess. */
const COST = { logCost: 17, parallelism: 1 } as const;

/** @param cost for tests only: what a real file costs would make them slow */
export async function sealFile(
  plaintext: Uint8Array,
  password: string,
  cost: { logCost: number; parallelism: number } = COST,
): Promise<Uint8Array> {
  const sizeBytes = HEADER_BYTES + plaintext.length + TAG_BYTES;
  if (sizeBytes > SEALED_FILE_LIMITS.maxFileBytes)
    throw TarnetError.tooLarge('backup', sizeBytes, SEALED_FILE_LIMITS.maxFileBytes);
  const { logCost, parallelism } = cost;
  const parameters = Uint8Array.of(VERSION, SCRYPT, logCost, SEALED_FILE_LIMITS.blockSize, parallelism);
  const header = Buffer.concat([
    MAGIC,
    parameters,
    randomBytes(NONCE_AT - SALT_AT),
    randomBytes(HEADER_BYTES - NONCE_AT),
  ]);
  const key = await keyOf(password, header);
  const cipher = createCipheriv('aes-256-gcm', key, header.subarray(NONCE_AT));
  key.fill(0);
  cipher.setAAD(header);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return new Uint8Array(Buffer.concat([header, ciphertext, cipher.getAuthTag()]));
}

/** Throws `not-a-backup` for a file that is none, or of a later version; `wrong-file-password` when it does not open. */
export async function openFile(file: Uint8Array, password: string): Promise<Uint8Array> {
  const header = Buffer.from(file.subarray(0, HEADER_BYTES));
  if (file.length < HEADER_BYTES + TAG_BYTES || file.length > SEALED_FILE_LIMITS.maxFileBytes) throw notABackup('size');
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw notABackup('magic');
  const key = await keyOf(password, header);
  const decipher = createDecipheriv('aes-256-gcm', key, header.subarray(NONCE_AT));
  key.fill(0);
  decipher.setAAD(header);
  decipher.setAuthTag(file.subarray(-TAG_BYTES));
  try {
    const ciphertext = file.subarray(HEADER_BYTES, -TAG_BYTES);
    return new Uint8Array(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
  } catch (cause) {
    // A changed byte looks the same: nobody but who knows the password can tell the two apart.
    throw new TarnetError('wrong-file-password', 'the password does not open this file', { field: 'password', cause });
  }
}

/** Throws `not-a-backup` for parameters out of bounds. */
function keyOf(password: string, header: Buffer): Promise<Buffer> {
  const [version, derivation, logCost = 0, blockSize, parallelism = 0] = header.subarray(MAGIC.length, SALT_AT);
  const { minLogCost, maxLogCost, maxParallelism } = SEALED_FILE_LIMITS;
  if (version !== VERSION || derivation !== SCRYPT) throw notABackup('version');
  if (logCost < minLogCost || logCost > maxLogCost) throw notABackup('cost');
  if (blockSize !== SEALED_FILE_LIMITS.blockSize || parallelism < 1 || parallelism > maxParallelism)
    throw notABackup('cost');
  const options: ScryptOptions = {
    N: 2 ** logCost,
    r: blockSize,
    p: parallelism,
    maxmem: 130 * blockSize * (2 ** logCost + parallelism) + 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    // NFC: the same password typed on another system may come composed differently
    scrypt(password.normalize('NFC'), header.subarray(SALT_AT, NONCE_AT), KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

function notABackup(field: string): TarnetError {
  return new TarnetError('not-a-backup', `this file is no backup of ours: ${field}`, { field });
}
