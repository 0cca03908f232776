import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockText, isWithinSchedule, minuteOfClock, OFFICE_HOURS } from './schedule.ts';

// 2026-11-20 is a Friday; local time, whatever zone the machine is in
const at = (day: number, hours: number, minutes = 0) => new Date(2026, 10, day, hours, minutes);

describe('office hours', () => {
  test.each([
    ['Friday at nine', at(20, 9), true],
    ['Friday at a minute to nine', at(20, 8, 59), false],
    ['Friday at a minute to five', at(20, 16, 59), true],
    ['Friday at five', at(20, 17), false],
    ['Saturday at noon', at(21, 12), false],
  ])('%s: %s', (_name, when, inside) => {
    expect(isWithinSchedule(OFFICE_HOURS, when)).toBe(inside);
  });
});

describe('hours over midnight', () => {
  const nights = { days: [5], fromMinute: 22 * 60, toMinute: 6 * 60 };
  test.each([
    ['Friday late', at(20, 23), true],
    ['Saturday early', at(21, 5, 59), true],
    ['Saturday at six', at(21, 6), false],
    ['Friday early', at(20, 5), false],
    ['Saturday late', at(21, 23), false],
  ])('%s: %s', (_name, when, inside) => {
    expect(isWithinSchedule(nights, when)).toBe(inside);
  });
});

test('the same minute at both ends is the whole day from then on', () => {
  const saturdays = { days: [6], fromMinute: 0, toMinute: 0 };
  expect(isWithinSchedule(saturdays, at(21, 0))).toBe(true);
  expect(isWithinSchedule(saturdays, at(21, 23, 59))).toBe(true);
  expect(isWithinSchedule(saturdays, at(22, 0))).toBe(false);
  expect(isWithinSchedule({ ...saturdays, days: [] }, at(21, 12))).toBe(false);
});

test('times of a day are written and read alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1439 }), async (minute) => {
      expect(minuteOfClock(clockText(minute))).toBe(minute);
    }),
  );
  for (const wrong of ['', '24:00', '12:60', '1:00', '12:3', '12:30:00']) expect(minuteOfClock(wrong)).toBeNull();
});
