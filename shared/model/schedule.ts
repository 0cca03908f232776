// Owns at which hours something holds, in the local time of the machine. Pure.
import * as v from 'valibot';

const MINUTES_A_DAY = 24 * 60;

const minute = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MINUTES_A_DAY - 1));

export const scheduleSchema = v.strictObject({
  /** 0 is Sunday, as in Date. The day on which a span begins counts. */
  days: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6))),
    v.maxLength(7),
    v.check((days) => new Set(days).size === days.length, 'each day once'),
  ),
  /** Minutes since midnight. An end before the start is on the next day; the same minute means the whole day. */
  fromMinute: minute,
  toMinute: minute,
});
export type Schedule = v.InferOutput<typeof scheduleSchema>;

/** Working days, nine to five: what somebody finds who sets hours for the first time. */
export const OFFICE_HOURS: Schedule = { days: [1, 2, 3, 4, 5], fromMinute: 9 * 60, toMinute: 17 * 60 };

/** Whether a moment is within the schedule: the clock on the wall counts, whatever it did in between. */
export function isWithinSchedule({ days, fromMinute, toMinute }: Schedule, now: Date): boolean {
  const minuteNow = now.getHours() * 60 + now.getMinutes();
  const today = now.getDay();
  const yesterday = (today + 6) % 7;
  if (fromMinute < toMinute) return days.includes(today) && minuteNow >= fromMinute && minuteNow < toMinute;
  return (days.includes(today) && minuteNow >= fromMinute) || (days.includes(yesterday) && minuteNow < toMinute);
}

/** `09:05`, as an input of hours writes it. */
export function clockText(minuteOfDay: number): string {
  return `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`;
}

/** Null for what is no time of a day. */
export function minuteOfClock(text: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(text) ?? [];
  const value = Number(hours) * 60 + Number(minutes);
  return Number(hours) < 24 && Number(minutes) < 60 ? value : null;
}
