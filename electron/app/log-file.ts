// Owns the log file: where it lies, how it rotates, and that only redacted lines reach it.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import logger from 'electron-log/node';
import type { Log, LogFields } from '../../shared/base/log.ts';
import { redactFields, redactText } from './log-redaction.ts';

export const LOG_FILE_LIMITS = {
  /** A file this large is put away before the next line. */
  fileBytes: 1024 * 1024,
  /** The current file and those put away. */
  files: 5,
} as const;

export interface LogFileOptions {
  /** Absolute path of the folder that holds tarnet.log and the older tarnet.1.log to tarnet.4.log. */
  folder: string;
  /** Lines below this level are dropped. */
  level: 'debug' | 'info';
  /** Also write to standard error, for a developer's terminal. */
  toConsole: boolean;
}

/** Opens the log. Lines are written at once, so that the last ones before a crash are there. */
export function openLogFile({ folder, level, toConsole }: LogFileOptions): Log {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'tarnet.log');
  const log = logger.create({ logId: file });
  log.transports.console.level = toConsole ? level : false;
  log.transports.console.format = '{h}:{i}:{s}.{ms} {level} {text}';
  const transport = log.transports.file;
  transport.level = level;
  transport.maxSize = LOG_FILE_LIMITS.fileBytes;
  transport.format = '{iso} {level} {text}';
  transport.resolvePathFn = () => file;
  transport.archiveLogFn = () => rotate(file);
  transport.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  return scoped((lineLevel, line) => log[lineLevel](line), '');
}

/** tarnet.log becomes tarnet.1.log, that one tarnet.2.log, and so on; the oldest goes. */
function rotate(file: string): void {
  const { dir, name, ext } = path.parse(file);
  const numbered = (number: number) => (number === 0 ? file : path.join(dir, `${name}.${number}${ext}`));
  rmSync(numbered(LOG_FILE_LIMITS.files - 1), { force: true });
  for (let number = LOG_FILE_LIMITS.files - 2; number >= 0; number -= 1)
    if (existsSync(numbered(number))) renameSync(numbered(number), numbered(number + 1));
}

type Level = 'debug' | 'info' | 'warn' | 'error';

function scoped(write: (level: Level, line: string) => void, scope: string): Log {
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}) =>
      write(level, `${scope}${redactText(message)}${redactFields(fields)}`.replace(/[\r\n]+/g, ' ⏎ '));
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    scope: (name) => scoped(write, `${scope}${name}: `),
  };
}
