// Owns the log lines of the headless relay: as people read them, or one JSON object each.
import type { Log, LogFields } from '../../shared/base/log.ts';
import { timeStamp } from './time-stamp.ts';

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LOGGER = 'TARNetServer';
const MAX_LINE_CHARACTERS = 2_000;
const LEVEL_NAMES: Record<LogLevel, string> = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' };

export interface CliLogOptions {
  format: LogFormat;
  /** Lines below it are left out. */
  level: LogLevel;
  nowMs(): number;
  /** Takes one line with its line end. */
  write(line: string): void;
}

/**
 * A log with lines such as `2023-09-18 12:00:02 - TARNetServer - INFO - host registered connection=1`, or such as
 * `{"time":"2023-09-18T12:00:02.000Z","level":"info","logger":"TARNetServer","message":"host registered","connection":1}`.
 */
export function openCliLog(options: CliLogOptions): Log {
  return scoped(options, LOGGER);
}

function scoped(options: CliLogOptions, logger: string): Log {
  const { format, nowMs, write } = options;
  const lowest = LOG_LEVELS.indexOf(options.level);
  const line = format === 'json' ? jsonLine : textLine;
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (LOG_LEVELS.indexOf(level) >= lowest) write(`${line(nowMs(), logger, level, message, fields ?? {})}\n`);
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    scope: (name) => scoped(options, `${logger}.${name}`),
  };
}

function textLine(atMs: number, logger: string, level: LogLevel, message: string, fields: LogFields): string {
  const told = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        ` ${name}=${typeof value === 'string' && /[\s"=]|^$/.test(value) ? JSON.stringify(value) : value}`,
    );
  const text = `${timeStamp(atMs)} - ${logger} - ${LEVEL_NAMES[level]} - ${message}${told.join('')}`;
  return text.replace(/[\r\n]+/g, ' ⏎ ').slice(0, MAX_LINE_CHARACTERS);
}

function jsonLine(atMs: number, logger: string, level: LogLevel, message: string, fields: LogFields): string {
  const told = Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? short(value) : value]);
  // What every line has comes last, so that no field can take its place.
  const always = { time: new Date(atMs).toISOString(), level, logger, message: short(message) };
  return JSON.stringify({ ...always, ...Object.fromEntries(told), ...always });
}

function short(text: string): string {
  return text.slice(0, MAX_LINE_CHARACTERS);
}
