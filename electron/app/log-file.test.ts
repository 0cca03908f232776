import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Log } from '../../shared/base/log.ts';
import { LOG_FILE_LIMITS, openLogFile } from './log-file.ts';

let folder = '';
let log: Log;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tarnet-log-'));
  log = openLogFile({ folder, level: 'info', toConsole: false });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(): Promise<string> {
  const files = await readdir(folder);
  return (await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')))).join('');
}

test('a line has a time, a level, a scope, a message and fields', async () => {
  log.scope('relay').warn('a viewer was too slow', { viewerId: 'v1', sizeBytes: 12, ok: false, gone: undefined });
  expect(await written()).toMatch(
    /^\d{4}-\d\d-\d\dT\S+ warn relay: a viewer was too slow viewerId="v1" sizeBytes=12 ok=false\n$/,
  );
});

test('planted secrets never reach the file', async () => {
  const bytes = randomBytes(32);
  const secrets = {
    code: '918273645',
    hex: bytes.toString('hex'),
    base64: createHash('sha256').update(bytes).digest('base64'),
    base64url: `${createHash('sha256').update('x').digest('base64url')}Aa0`,
    word: 'correct-horse-battery',
  };
  log.info(`a code ${secrets.code} in words`);
  log.info('a code 918 273 645 as people write it, or 918-273-645');
  log.warn('in a text field', { detail: `got ${secrets.code}, ${secrets.hex}` });
  log.error(`a key ${secrets.hex}, another ${secrets.base64}, and ${secrets.base64url}`);
  log.info('by the name of the field', {
    code: secrets.word,
    accessCode: secrets.word,
    sharedSecret: secrets.word,
    password: secrets.word,
    groupKey: secrets.word,
    hostToken: secrets.word,
    resumptionTicket: secrets.word,
    clipboardText: secrets.word,
  });
  log.info('as a number', { value: Number(secrets.code) });
  const text = await written();
  for (const secret of [...Object.values(secrets), '918 273 645', '918-273-645', secrets.hex.toUpperCase()])
    expect(text).not.toContain(secret);
  expect(text.trimEnd().split('\n')).toHaveLength(6);
});

test('what is harmless stays readable', async () => {
  log.info('/home/somebody/.config/TARNet/settings.json', {
    codec: 'av01.0.08M.08',
    keyStore: true,
    at: 1_790_000_000_000,
    address: '192.168.100.200:8000',
    id: '3f2c8a50-1111-4222-8333-944444444444',
  });
  const text = await written();
  for (const part of [
    'settings.json',
    'av01.0.08M.08',
    'keyStore=true',
    '1790000000000',
    '192.168.100.200:8000',
    '3f2c',
  ])
    expect(text).toContain(part);
});

test('a line cannot pretend to be two, nor be endless', async () => {
  log.info(`first\n2026-01-01T00:00:00Z error forged ${'x'.repeat(100_000)}`);
  const text = await written();
  expect(text.trimEnd().split('\n')).toHaveLength(1);
  expect(text.length).toBeLessThan(3000);
});

test('lines below the level are dropped', async () => {
  log.debug('not this');
  log.info('this');
  expect(await written()).not.toContain('not this');
});

test('files rotate, and only so many stay', async () => {
  const line = 'y '.repeat(900);
  for (let size = 0; size < LOG_FILE_LIMITS.fileBytes * (LOG_FILE_LIMITS.files + 1.5); size += 1800) log.info(line);
  const files = (await readdir(folder)).sort();
  expect(files).toEqual(['tarnet.1.log', 'tarnet.2.log', 'tarnet.3.log', 'tarnet.4.log', 'tarnet.log']);
  for (const file of files) {
    const { size, mode } = await stat(path.join(folder, file));
    expect(size).toBeLessThan(LOG_FILE_LIMITS.fileBytes + 4000);
    if (process.platform !== 'win32') expect(mode & 0o077).toBe(0);
  }
});
