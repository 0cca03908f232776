// Owns a terminal on a display: a real program that writes what is typed into it to a file.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const READY_TIMEOUT_MS = 15_000;

export interface Terminal {
  /** What was typed so far, in whole lines. */
  typed(): string;
  stop(): void;
}

/** Opens an xterm with its top left corner at `x`, `y` and waits until it takes keys. It has no window manager, so it needs the pointer over it. */
export async function openTerminal(display: string, x: number, y: number): Promise<Terminal> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tarnet-terminal-'));
  const ready = path.join(folder, 'ready');
  const typed = path.join(folder, 'typed');
  const child: ChildProcess = spawn(
    'xterm',
    ['-geometry', `60x12+${x}+${y}`, '-e', 'sh', '-c', `touch '${ready}'; exec cat > '${typed}'`],
    { stdio: 'ignore', env: { ...process.env, DISPLAY: display, LC_ALL: 'C.UTF-8' } },
  );
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = error;
  });
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!existsSync(ready)) {
    if (failure) throw failure;
    if (performance.now() > deadlineMs) throw new Error(`xterm is not ready after ${READY_TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return {
    typed: () => (existsSync(typed) ? readFileSync(typed, 'utf8') : ''),
    stop: () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
