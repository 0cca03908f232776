// Owns how times, sizes and rates are written in a language. Pure.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Format {
  /** 14:05 */
  clock(atMs: number): string;
  /** "Mon", "Monday"; 0 is Sunday. */
  weekday(day: number, length: 'short' | 'long'): string;
  /** "Saturday, 21 November 2026" */
  day(atMs: number): string;
  /** "45 s", "12 min", "3 h 20 min" */
  duration(ms: number): string;
  /** "2 hours ago", "yesterday" */
  ago(sinceMs: number): string;
  /** "8:05" left on a countdown */
  countdown(ms: number): string;
  /** "3.2 Mbit/s" */
  bitRate(bitsPerSecond: number): string;
  /** "12 ms"; a dash where there is none. */
  milliseconds(ms: number | null): string;
  number(value: number, digits?: number): string;
  /** "1.3 MB" */
  bytes(bytes: number): string;
}

export const NO_VALUE = '–';

export function createFormat(language: string): Format {
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  return {
    number,
    clock: (atMs) => new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }).format(atMs),
    // 2023-01-01 was a Sunday
    weekday: (day, length) =>
      new Intl.DateTimeFormat(language, { weekday: length, timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day)),
    day: (atMs) => new Intl.DateTimeFormat(language, { dateStyle: 'full' }).format(atMs),
    duration(ms) {
      const rounded = Math.max(0, ms);
      if (rounded < MINUTE_MS) return unit(Math.floor(rounded / 1000), 'second');
      if (rounded < HOUR_MS) return unit(Math.floor(rounded / MINUTE_MS), 'minute');
      const minutes = Math.floor((rounded % HOUR_MS) / MINUTE_MS);
      const hours = unit(Math.floor(rounded / HOUR_MS), 'hour');
      return minutes === 0 ? hours : `${hours} ${unit(minutes, 'minute')}`;
    },
    ago(sinceMs) {
      const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
      const passed = Math.max(0, sinceMs);
      if (passed < MINUTE_MS) return relative.format(0, 'second');
      if (passed < HOUR_MS) return relative.format(-Math.floor(passed / MINUTE_MS), 'minute');
      if (passed < DAY_MS) return relative.format(-Math.floor(passed / HOUR_MS), 'hour');
      return relative.format(-Math.floor(passed / DAY_MS), 'day');
    },
    countdown(ms) {
      const seconds = Math.max(0, Math.ceil(ms / 1000));
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    },
    bitRate(bitsPerSecond) {
      if (bitsPerSecond < 1_000_000) return `${number(bitsPerSecond / 1000)} kbit/s`;
      return `${number(bitsPerSecond / 1_000_000, 1)} Mbit/s`;
    },
    milliseconds(ms) {
      if (ms === null) return NO_VALUE;
      return `${number(ms, Math.abs(ms) < 10 ? 1 : 0)} ms`;
    },
    bytes(bytes) {
      if (bytes < 1_000_000) return `${number(bytes / 1000)} kB`;
      if (bytes < 1_000_000_000) return `${number(bytes / 1_000_000, 1)} MB`;
      return `${number(bytes / 1_000_000_000, 2)} GB`;
    },
  };
}
