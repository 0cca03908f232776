import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../shared/base/log.ts';
import { ACTIVITY_LOG_LIMITS, openActivityLog } from './activity-log.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tarnet-activity-'));
  file = path.join(folder, 'activity.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('lines are added to what is there, for the owner’s eyes alone', async () => {
  for (const line of ['one', 'two']) {
    const log = await openActivityLog(file, silentLog);
    log.add(line);
    await log.close();
  }
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
});

test('a file that is full makes way for a new one, and what does not fit in memory is counted', async () => {
  writeFileSync(file, 'x'.repeat(ACTIVITY_LOG_LIMITS.fileBytes));
  const log = await openActivityLog(file, silentLog);
  log.add('first');
  const line = 'y'.repeat(1_023);
  for (let count = 0; count < 1_100; count += 1) log.add(line);
  await log.close();
  expect(statSync(`${file}.1`).size).toBe(ACTIVITY_LOG_LIMITS.fileBytes);
  const text = readFileSync(file, 'utf8');
  expect(text.startsWith('first\n')).toBe(true);
  const leftOut = Number(/\((\d+) lines left out\)\n/.exec(text)?.[1]);
  expect(leftOut).toBeGreaterThan(50);
  expect(text.split('\n').length - 3 + leftOut).toBe(1_100);
});

test('a file that cannot be written is told at once', async () => {
  await expect(openActivityLog(folder, silentLog)).rejects.toMatchObject({
    reason: 'not-supported',
    field: 'activity-log',
  });
});
