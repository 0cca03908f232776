// Owns what may stand in a log line: secrets are taken out before a line leaves the process, whoever wrote it.
import type { LogFields } from '../../shared/base/log.ts';

export const LOG_LIMITS = { messageLength: 2000, fieldLength: 1000 } as const;

const SECRET_FIELD = /code|secret|pass|key|token|ticket|credential|clipboard|contents/i;
/** Fields whose names sound secret and are not: what kind of thing it is, not its value. */
const HARMLESS_FIELD =
  /^(keyStore|keyFrames?|keyframes?|codec|keyCount|exitCode|closeCode|statusCode|errorCode|keyBits)$/;

const PATTERNS: readonly [RegExp, string][] = [
  // an access code, as it is stored or as people write it
  [/(?<!\d\.?)\d{3}[ .\-\u2013]?\d{3}[ .\-\u2013]?\d{3}(?!\.?\d)/g, '[nine digits]'],
  // keys and hashes: hexadecimal from 16 bytes on
  [/(?<![0-9a-z])[0-9a-f]{32,}(?![0-9a-z])/gi, '[hex]'],
  // the same as base64, of either alphabet; a path or an ordinary word has no such run with digits and both cases
  [/(?<![\w+/-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{24,}={0,2}/g, '[base64]'],
];

/** The text without what looks like a code, a key or a hash, and no longer than the limit. */
export function redactText(text: string, maxLength: number = LOG_LIMITS.messageLength): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return PATTERNS.reduce((line, [pattern, instead]) => line.replace(pattern, instead), cut);
}

/** The fields as ` name=value` pairs; the value of a field whose name sounds secret is left out. */
export function redactFields(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${redactField(name, value)}`)
    .join('');
}

function redactField(name: string, value: LogFields[string]): string {
  if (SECRET_FIELD.test(name) && !HARMLESS_FIELD.test(name)) return '[redacted]';
  if (typeof value === 'string') return JSON.stringify(redactText(value, LOG_LIMITS.fieldLength));
  return redactText(String(value), LOG_LIMITS.fieldLength);
}
