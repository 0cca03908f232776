import { expect, test } from 'vitest';
import { STALE, staleSeconds } from './staleness.ts';

test('a fresh picture is not stale, an old one says its age', () => {
  expect(staleSeconds('active', 1_000, 1_000 + STALE.afterMs - 1)).toBeNull();
  expect(staleSeconds('active', 1_000, 1_000 + STALE.afterMs)).toBe(3);
  expect(staleSeconds('active', 1_000, 9_900)).toBe(8);
});

test('without a connection every picture is stale at once', () => {
  expect(staleSeconds('reconnecting', 1_000, 1_000)).toBe(0);
});

test('before the first picture and after the end there is nothing to be stale', () => {
  expect(staleSeconds('active', null, 99_000)).toBeNull();
  expect(staleSeconds('ended', 1_000, 99_000)).toBeNull();
});

test('a clock that was set back makes no negative age', () => {
  expect(staleSeconds('reconnecting', 5_000, 1_000)).toBe(0);
});
