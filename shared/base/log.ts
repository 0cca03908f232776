// Owns the log port. Whoever logs takes a Log; only electron/app/log-file.ts and the relay's command line write one.

/** Values that may appear in a log line. Never contents, codes, keys or passwords: sizes, reasons, counts and IDs. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines carry this scope, for example `relay`. */
  scope(name: string): Log;
}

/** Drops everything: for tests, and for parts whose owner does not want their lines. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  scope: () => silentLog,
};
