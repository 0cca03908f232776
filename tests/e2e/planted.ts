// Owns looking for planted secrets in everything that an app has written.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The forms in which a text may lie in a file. */
function formsOf(secret: string): Buffer[] {
  const utf8 = Buffer.from(secret);
  return [utf8, Buffer.from(secret, 'utf16le'), Buffer.from(utf8.toString('hex')), ...base64Of(utf8)];
}

/** What stands in base64 wherever the text begins: three ways to cut it. */
function base64Of(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // the first and last letters also depend on what is beside the text
    return Buffer.from(text.slice(shift === 0 ? 0 : 4, Math.floor(((bytes.length + shift) * 8) / 6) - 1));
  });
}

/** Which of the secrets stand in these bytes. */
export function secretsIn(bytes: Buffer, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => formsOf(secret).some((form) => bytes.includes(form)));
}

/** Every file below a folder that holds one of the secrets, with the secret. A running app may replace files meanwhile. */
export function filesWith(folder: string, secrets: readonly string[], looks = 5): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      if (!entry.isFile()) return [];
      const file = path.join(entry.parentPath, entry.name);
      return secretsIn(readFileSync(file), secrets).map((secret) => `${path.relative(folder, file)}: ${secret}`);
    });
  } catch (error) {
    const isReplaced = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isReplaced || looks <= 1) throw error;
    return filesWith(folder, secrets, looks - 1);
  }
}
