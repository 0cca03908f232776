// Owns looking for planted secrets in everything that an app has written.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** What is looked for, by a name that can be shown. */
export interface Planted {
  name: string;
  /** A text, or key material. */
  value: string | Uint8Array;
  /** The files below a profile folder that are its place: for the user's eyes alone. Nowhere else may it be. */
  place?: string;
}

/** The forms in which a secret may lie in a file. */
function formsOf(value: string | Uint8Array): Buffer[] {
  const bytes = Buffer.from(value);
  const text = typeof value === 'string' ? [Buffer.from(value, 'utf16le')] : [];
  return [bytes, ...text, Buffer.from(bytes.toString('hex')), ...base64Of(bytes)];
}

/** What stands in base64 of either alphabet wherever the text begins: three ways to cut it. */
function base64Of(bytes: Buffer): Buffer[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // the first and last letters also depend on what is beside the text
    const inner = text.slice(shift === 0 ? 0 : 4, Math.floor(((bytes.length + shift) * 8) / 6) - 1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')].map((form) => Buffer.from(form));
  });
}

/** Names of the secrets that stand in these bytes. */
export function secretsIn(bytes: Buffer, secrets: readonly Planted[]): string[] {
  return secrets.filter(({ value }) => formsOf(value).some((form) => bytes.includes(form))).map(({ name }) => name);
}

/**
 * Every file below a folder that holds one of the secrets, with the name of the secret; a text is its own name. A running
 * app may replace files meanwhile.
 */
export function filesWith(folder: string, planted: readonly (Planted | string)[], looks = 5): string[] {
  const secrets = planted.map((one) => (typeof one === 'string' ? { name: one, value: one } : one));
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      if (!entry.isFile()) return [];
      const file = path.join(entry.parentPath, entry.name);
      return secretsIn(readFileSync(file), secrets).map((name) => `${path.relative(folder, file)}: ${name}`);
    });
  } catch (error) {
    const isReplaced = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isReplaced || looks <= 1) throw error;
    return filesWith(folder, secrets, looks - 1);
  }
}

/** The same without what lies in its place; a place that others can read is none. */
export function strayFiles(folder: string, secrets: readonly Planted[]): string[] {
  const places = secrets.flatMap(({ name, place }) => (place === undefined ? [] : [`${place}: ${name}`]));
  return filesWith(folder, secrets).filter((found) => {
    const file = path.join(folder, found.slice(0, found.indexOf(': ')));
    return !places.includes(found) || (statSync(file).mode & 0o077) !== 0;
  });
}
