import { expect, test } from 'vitest';
import { runProgram, screenLock } from './screen-lock.ts';

function lockOn(platform: NodeJS.Platform, works: (file: string) => boolean) {
  const tried: string[] = [];
  const lock = screenLock({
    platform,
    run: (file, args) => {
      tried.push([file, ...args].join(' '));
      return works(file) ? Promise.resolve() : Promise.reject(new Error('not there'));
    },
  });
  return { lock, tried };
}

test.each([
  ['win32', 'rundll32.exe user32.dll,LockWorkStation'],
  ['darwin', 'pmset displaysleepnow'],
  ['linux', 'loginctl lock-session'],
] as const)('%s has a command for it', async (platform, command) => {
  const { lock, tried } = lockOn(platform, () => true);
  await lock.lock();
  expect(tried).toEqual([command]);
});

test('on Linux one way after the other is tried', async () => {
  const { lock, tried } = lockOn('linux', (file) => file === 'xset');
  await lock.lock();
  expect(tried).toEqual(['loginctl lock-session', 'xdg-screensaver lock', 'xset s activate']);
});

test.each(['linux', 'aix'] as const)('where nothing does it on %s, it says so', async (platform) => {
  await expect(lockOn(platform, () => false).lock.lock()).rejects.toMatchObject({ reason: 'not-supported' });
});

test('a program that is not there, or fails, is an error', async () => {
  await expect(runProgram('tarnet-no-such-program', [])).rejects.toThrow();
  await expect(runProgram(process.execPath, ['-e', 'process.exit(3)'])).rejects.toThrow();
  await expect(runProgram(process.execPath, ['-e', ''])).resolves.toBeUndefined();
});
