// Owns locking this computer's screen, by the command that each system has for it.
import { execFile } from 'node:child_process';
import { TarnetError } from '../../shared/base/errors.ts';

export const SCREEN_LOCK_LIMITS = { commandTimeoutMs: 5_000 } as const;

type Command = readonly [file: string, ...args: string[]];

/** In the order in which they are tried: desktops on Linux differ in what they listen to. */
const COMMANDS: Partial<Record<NodeJS.Platform, readonly Command[]>> = {
  win32: [['rundll32.exe', 'user32.dll,LockWorkStation']],
  // Whether a password is asked for when the display wakes is a setting of macOS.
  darwin: [['pmset', 'displaysleepnow']],
  linux: [
    ['loginctl', 'lock-session'],
    ['xdg-screensaver', 'lock'],
    ['xset', 's', 'activate'],
  ],
};

export interface ScreenLock {
  /** Throws `not-supported` when nothing here can do it. */
  lock(): Promise<void>;
}

export interface ScreenLockOptions {
  platform: NodeJS.Platform;
  /** Runs a program without a shell; throws when it is not there, fails or takes too long. */
  run(file: string, args: readonly string[]): Promise<void>;
}

export function screenLock({ platform, run }: ScreenLockOptions): ScreenLock {
  return {
    lock: async () => {
      for (const [file, ...args] of COMMANDS[platform] ?? []) {
        try {
          await run(file, args);
          return;
        } catch {
          // the next one
        }
      }
      throw new TarnetError('not-supported', 'no program here locks the screen');
    },
  };
}

/** Runs a program without a shell, for `screenLock`. */
export function runProgram(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { timeout: SCREEN_LOCK_LIMITS.commandTimeoutMs, windowsHide: true }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
