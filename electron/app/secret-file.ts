// Owns reading a secret from a file: the only way in which a secret reaches the app from outside its windows.
import { open } from 'node:fs/promises';
import { TarnetError } from '../../shared/base/errors.ts';

export const SECRET_FILE_LIMITS = { minBytes: 8, maxBytes: 1024 } as const;

export interface SecretFile {
  secret: string;
  /** True when other users of this machine can read the file too. */
  readableByOthers: boolean;
}

/**
 * Reads a secret: the whole file without the line break at its end. Throws `malformed` naming `--secret-file` when
 * there is no such file, when it is too short or too long, or no UTF-8 text on one line. The secret is never quoted.
 */
export async function readSecretFile(file: string): Promise<SecretFile> {
  const { bytes, mode } = await readLimited(file);
  const text = decode(bytes).replace(/\r?\n$/, '');
  const size = Buffer.byteLength(text);
  const { minBytes, maxBytes } = SECRET_FILE_LIMITS;
  if (size < minBytes || size > maxBytes) throw wrong(`must hold ${minBytes} to ${maxBytes} bytes`);
  if (/[\0\r\n]/.test(text)) throw wrong('must hold one line');
  return { secret: text, readableByOthers: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}

/** Whether this is an access code: such a one is proved as a code, and cannot be a host's own secret. */
export function isAccessCode(secret: string): boolean {
  return /^\d{9}$/.test(secret);
}

async function readLimited(file: string): Promise<{ bytes: Buffer; mode: number }> {
  try {
    const handle = await open(file, 'r');
    try {
      const info = await handle.stat();
      if (!info.isFile()) throw wrong('is not a file');
      // one more than a secret with its line break can have shows that the file is too long
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(SECRET_FILE_LIMITS.maxBytes + 3) });
      return { bytes: buffer.subarray(0, bytesRead), mode: info.mode };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TarnetError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw wrong(`cannot be read (${code})`);
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw wrong('must be UTF-8 text');
  }
}

function wrong(message: string): TarnetError {
  return TarnetError.malformed('--secret-file', message);
}
