import { expect, test } from 'vitest';
import { wallClock } from './wall-clock.ts';

test('has fractions while the system clock stands at the same millisecond', () => {
  const time = { date: 5_000, monotonic: 100 };
  const now = wallClock(
    () => time.date,
    () => time.monotonic,
  );
  time.monotonic += 0.25;
  expect(now()).toBe(5_000.25);
});

test('follows the system clock when that is set, or went on while the machine slept', () => {
  const time = { date: 5_000, monotonic: 100 };
  const now = wallClock(
    () => time.date,
    () => time.monotonic,
  );
  time.date += 3_600_000;
  expect(now()).toBe(3_605_000);
  time.monotonic += 1.5;
  time.date += 1;
  expect(now()).toBe(3_605_001.5);
  time.date -= 10_000;
  expect(now()).toBe(3_595_001);
});
