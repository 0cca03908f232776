// Owns the relay's certificate and key: read from files, checked before they are used, read again when they change.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { watchFiles } from './watched-files.ts';

export const TLS_LIMITS = { maxFileBytes: 256 * 1024, minVersion: 'TLSv1.2' } as const;

export interface TlsFileNames {
  /** PEM, the relay's own certificate first, then what signed it. */
  certificate: string;
  /** PEM, without a passphrase. */
  key: string;
}

export interface TlsIdentity {
  cert: Buffer;
  key: Buffer;
  minVersion: typeof TLS_LIMITS.minVersion;
}

/** Reads both files. Throws `malformed` with the field `tls-cert` or `tls-key` when they cannot be used together. */
export function readTlsFiles({ certificate, key }: TlsFileNames, nowMs: number, log: Log): TlsIdentity {
  const identity: TlsIdentity = {
    cert: read('tls-cert', certificate),
    key: read('tls-key', key),
    minVersion: TLS_LIMITS.minVersion,
  };
  let validUntilMs: number;
  try {
    validUntilMs = Date.parse(new X509Certificate(identity.cert).validTo);
  } catch (cause) {
    throw new TarnetError('malformed', `${JSON.stringify(certificate)} holds no certificate`, {
      field: 'tls-cert',
      cause,
    });
  }
  try {
    createSecureContext(identity);
  } catch (cause) {
    const message = `${JSON.stringify(key)} holds no key for this certificate`;
    throw new TarnetError('malformed', message, { field: 'tls-key', cause });
  }
  const daysLeft = Math.floor((validUntilMs - nowMs) / DAY_MS);
  if (daysLeft < WARN_DAYS)
    log.warn(daysLeft < 0 ? 'the certificate has expired' : 'the certificate expires', { daysLeft });
  return identity;
}

/**
 * Keeps the server's identity that of the files: connections made from now on get the new one, those that are open keep
 * theirs. What cannot be used is logged, and what was used before stays. Returns a function that stops it.
 */
export function followTlsFiles(
  server: Pick<Server, 'setSecureContext'>,
  names: TlsFileNames,
  clock: Clock,
  log: Log,
): () => void {
  return watchFiles([names.certificate, names.key], clock, () => {
    try {
      server.setSecureContext(readTlsFiles(names, clock.nowMs(), log));
      log.info('certificate loaded again');
    } catch (error) {
      const { field, message } = TarnetError.from(error);
      log.error('the new certificate cannot be used, the old one stays', { field, problem: message });
    }
  });
}

function read(field: string, file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > TLS_LIMITS.maxFileBytes) throw TarnetError.tooLarge(field, size, TLS_LIMITS.maxFileBytes);
    return readFileSync(file);
  } catch (cause) {
    throw new TarnetError('malformed', `cannot be read: ${TarnetError.from(cause).message}`, { field, cause });
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;
const WARN_DAYS = 14;
