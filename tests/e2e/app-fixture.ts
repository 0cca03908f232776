// Owns starting the built app for end-to-end tests: a display and a profile of its own, unless they are given.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test as base, type ElectronApplication, _electron as electron, type Page } from '@playwright/test';
import { electronRuntime } from '../../scripts/electron-runtime.mjs';
import { startXServer, type XServerSize } from '../displays/x-server.ts';

export interface LaunchOptions {
  /** As in DISPLAY; without one an X server is started. */
  display?: string;
  size?: XServerSize;
  args?: readonly string[];
  /** Profile folder; without one an empty one is made and removed. */
  userDataDir?: string;
  env?: Readonly<Record<string, string>>;
}

export interface LaunchedApp {
  app: ElectronApplication;
  /** The window with this view, as soon as it is there. */
  window(view: 'home' | 'session' | 'consent' | 'sign'): Promise<Page>;
  display: string;
  userDataDir: string;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const WINDOW_TIMEOUT_MS = 30_000;
const QUIT_TIMEOUT_MS = 20_000;

/** As root Chromium starts only without its sandbox. */
export const ROOT_FLAGS: readonly string[] = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export const test = base.extend<{ launch: (options?: LaunchOptions) => Promise<LaunchedApp> }>({
  launch: async ({}, use) => {
    const { exe } = await electronRuntime();
    const undo: (() => unknown)[] = [];
    try {
      await use(async (options = {}) => {
        let { display, userDataDir } = options;
        if (display === undefined) {
          const server = await startXServer(options.size ?? { widthPx: 1280, heightPx: 800 });
          undo.push(() => server.stop());
          display = server.display;
        }
        if (userDataDir === undefined) {
          const made = await mkdtemp(path.join(tmpdir(), 'tarnet-e2e-'));
          undo.push(() => rm(made, { recursive: true, force: true, maxRetries: 5 }));
          userDataDir = made;
        }
        const app = await electron.launch({
          executablePath: exe,
          args: [...ROOT_FLAGS, ROOT, `--user-data-dir=${userDataDir}`, ...(options.args ?? [])],
          env: { ...definedEnv(), ...options.env, DISPLAY: display },
        });
        const child = app.process();
        undo.push(() => endApp(app, child));
        return { app, window: (view) => windowOf(app, view), display, userDataDir };
      });
    } finally {
      for (const step of undo.reverse()) await step();
    }
  },
});
export { expect } from '@playwright/test';

/** Playwright may wait for ever for an app whose pages have crashed: what counts is that the process ends. */
async function endApp(app: ElectronApplication, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit').then(() => true);
  void app.close().catch(() => undefined);
  const late = setTimeout(QUIT_TIMEOUT_MS, false, { ref: false });
  if (await Promise.race([ended, late])) return;
  child.kill('SIGKILL');
  await ended;
  throw new Error(`the app did not quit within ${QUIT_TIMEOUT_MS} ms`);
}

async function windowOf(app: ElectronApplication, view: string): Promise<Page> {
  const shows = (page: Page) => new URL(page.url()).searchParams.get('view') === view;
  const open = app.windows().find(shows);
  const page = open ?? (await app.waitForEvent('window', { predicate: shows, timeout: WINDOW_TIMEOUT_MS }));
  await page.waitForLoadState('domcontentloaded');
  return page;
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
