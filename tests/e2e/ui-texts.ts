// Owns the texts by which tests find things on the screen: those of the English locale file, never copies of them.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const FILE = path.resolve(import.meta.dirname, '../../renderer/i18n/en.json');
let texts: unknown = null;

/**
 * The text of a key such as `host.share`, as a pattern: what is not given in `values` may be anything. Throws when
 * there is no such text, so that a renamed key fails here and not as a time-out.
 */
export function text(key: string, values: Readonly<Record<string, string | number>> = {}): RegExp {
  const plural = values.count === undefined ? '' : Number(values.count) === 1 ? '_one' : '_other';
  const raw = lookUp(key + plural) ?? lookUp(key);
  if (raw === null) throw new Error(`the English texts have no ${key}${plural}`);
  const pattern = raw
    .split(/\{\{(\w+)\}\}/)
    .map((part, index) => (index % 2 === 0 ? escaped(part) : part in values ? escaped(String(values[part])) : '.*'))
    .join('');
  return new RegExp(`^\\s*${pattern}\\s*$`, 's');
}

/** The same, where more stands around it. */
export function within(key: string, values: Readonly<Record<string, string | number>> = {}): RegExp {
  return new RegExp(text(key, values).source.slice('^\\s*'.length, -'\\s*$'.length), 's');
}

function lookUp(key: string): string | null {
  texts ??= JSON.parse(readFileSync(FILE, 'utf8'));
  let at: unknown = texts;
  for (const part of key.split('.')) {
    if (typeof at !== 'object' || at === null) return null;
    at = Reflect.get(at, part);
  }
  return typeof at === 'string' ? at : null;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
