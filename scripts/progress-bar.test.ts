import { expect, test } from 'vitest';
import { barText, folderBytes, showProgress } from './progress-bar.mjs';

test('a bar says how far it is, and never more than all', () => {
  expect(barText(0, 200e6)).toBe(`[${'.'.repeat(30)}]   0%  0 of 200 MB`);
  expect(barText(100e6, 200e6)).toBe(`[${'#'.repeat(15)}${'.'.repeat(15)}]  50%  100 of 200 MB`);
  expect(barText(900e6, 200e6)).toBe(`[${'#'.repeat(30)}] 100%  200 of 200 MB`);
});

test('stopping leaves nothing running and, without a terminal, nothing written', () => {
  const written: string[] = [];
  const stop = showProgress(() => 0, 100, { isTTY: false, write: (text: string) => written.push(text) > 0 } as never);
  stop();
  expect(written).toEqual([]);
});

test('a folder that is not there holds nothing', () => {
  expect(folderBytes('/nowhere/at/all')).toBe(0);
});
