// Owns the log of a process that has no log file: its lines are handed to whoever has one.
import type { Log, LogFields } from './log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A log whose lines, with a copy of their fields, go to `forward`. Scopes are the receiver's business. */
export function forwardingLog(forward: (level: LogLevel, message: string, fields: LogFields) => void): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      forward(level, message, { ...fields });
  const log: Log = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    scope: () => log,
  };
  return log;
}
