// Owns the tokens that a relay asks for: read from a file, compared in constant time, read again when the file changes.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { watchFiles } from './watched-files.ts';

export const TOKEN_LIMITS = {
  maxFileBytes: 64 * 1024,
  /** Several are good at one time, so that they can be replaced one after the other. */
  maxTokens: 64,
  minLength: 16,
  maxLength: 256,
} as const;

/** Some tokens, any of which is good. Only their hashes are kept. */
export class AccessTokens {
  #hashes: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#hashes = tokens.map(hashOf);
  }

  replace(tokens: readonly string[]): void {
    this.#hashes = tokens.map(hashOf);
  }

  /** In a time that tells nothing about any of them, nor which one it was. */
  accept(given: string | undefined): boolean {
    const hash = hashOf(given ?? '');
    let found = false;
    for (const known of this.#hashes) found = timingSafeEqual(known, hash) || found;
    return found && given !== undefined;
  }
}

/**
 * The tokens of a file: one a line, blank lines and lines that begin with # left out. Throws `malformed` with the field;
 * no message holds anything of the file.
 */
export function readTokens(field: string, file: string): string[] {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > TOKEN_LIMITS.maxFileBytes) throw TarnetError.tooLarge(field, size, TOKEN_LIMITS.maxFileBytes);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TarnetError('malformed', `cannot be read: ${TarnetError.from(cause).message}`, { field, cause });
  }
  const lines = text.split('\n').map((line, index) => ({ token: line.trim(), number: index + 1 }));
  const kept = lines.filter(({ token }) => token !== '' && !token.startsWith('#'));
  const { minLength, maxLength, maxTokens } = TOKEN_LIMITS;
  for (const { token, number } of kept)
    if (token.length < minLength || token.length > maxLength || !/^[\x21-\x7e]+$/.test(token))
      throw new TarnetError(
        'malformed',
        `line ${number} is no token of ${minLength} to ${maxLength} ASCII characters`,
        { field },
      );
  if (kept.length === 0) throw new TarnetError('malformed', 'the file holds no token', { field });
  if (kept.length > maxTokens)
    throw new TarnetError('malformed', `the file holds more than ${maxTokens} tokens`, {
      field,
      limit: `${maxTokens}`,
    });
  return kept.map(({ token }) => token);
}

/** Keeps the tokens those of the file. What cannot be used is logged, and the old ones stay. Returns what stops it. */
export function followTokens(tokens: AccessTokens, field: string, file: string, clock: Clock, log: Log): () => void {
  return watchFiles([file], clock, () => {
    try {
      tokens.replace(readTokens(field, file));
      log.info('tokens loaded again', { field });
    } catch (error) {
      log.error('the new tokens cannot be used, the old ones stay', {
        field,
        problem: TarnetError.from(error).message,
      });
    }
  });
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
