// Owns the activity log of the command service: one line for each connection, message, command and disconnection.
import { appendFile, rename, stat } from 'node:fs/promises';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';

export interface ActivityLog {
  /** Adds a line; never waits and never throws. */
  add(line: string): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

export const ACTIVITY_LOG_LIMITS = {
  /** A file over it becomes FILE.1, which replaces the one before. */
  fileBytes: 16 * 1024 * 1024,
  /** Lines that wait for the disk; above it lines are left out, and counted. */
  waitingBytes: 1024 * 1024,
} as const;

/** Keeps nothing: for an operator who named no file. */
export const noActivityLog: ActivityLog = { add: () => undefined, close: () => Promise.resolve() };

/** Opens the file to add to it, readable by its owner alone. Throws `not-supported` naming `activity-log`. */
export async function openActivityLog(file: string, log: Log): Promise<ActivityLog> {
  let sizeBytes = 0;
  try {
    await appendFile(file, '', { mode: 0o600 });
    sizeBytes = (await stat(file)).size;
  } catch (cause) {
    throw new TarnetError('not-supported', `the activity log cannot be written: ${String(cause)}`, {
      field: 'activity-log',
      cause,
    });
  }
  let waiting: string[] = [];
  let waitingBytes = 0;
  let leftOut = 0;
  let failed = false;
  let writing: Promise<void> | null = null;

  const write = async () => {
    while (waiting.length > 0) {
      const note = leftOut > 0 ? `(${leftOut} lines left out)\n` : '';
      const text = waiting.join('') + note;
      waiting = [];
      waitingBytes = 0;
      leftOut = 0;
      try {
        if (sizeBytes >= ACTIVITY_LOG_LIMITS.fileBytes) {
          await rename(file, `${file}.1`);
          sizeBytes = 0;
        }
        await appendFile(file, text, { mode: 0o600 });
        sizeBytes += Buffer.byteLength(text);
        failed = false;
      } catch (error) {
        if (!failed) log.error('the activity log cannot be written', { error: TarnetError.from(error).message });
        failed = true;
      }
    }
    writing = null;
  };

  return {
    add(line) {
      const bytes = Buffer.byteLength(line) + 1;
      if (waitingBytes + bytes > ACTIVITY_LOG_LIMITS.waitingBytes) {
        leftOut += 1;
        return;
      }
      waiting.push(`${line}\n`);
      waitingBytes += bytes;
      writing ??= write();
    },
    async close() {
      await writing;
    },
  };
}
