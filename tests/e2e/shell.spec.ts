// The app's shell as its user meets it: starts, second starts, links, settings, windows and the end.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { electronRuntime } from '../../scripts/electron-runtime.mjs';
import type { AppState } from '../../shared/ipc/state.ts';
import { expect, ROOT_FLAGS, test } from './app-fixture.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What the page would draw: asked for over the bridge, as the page itself does. */
async function stateOf(page: Page): Promise<AppState> {
  const answer = await page.evaluate('tarnet.invoke("app.snapshot")');
  const { value } = answer as { value: { state: AppState } };
  return value.state;
}

async function profile(): Promise<string> {
  return await mkdtemp(path.join(tmpdir(), 'tarnet-shell-'));
}

test('help, version and usage errors need no display', async () => {
  const { exe } = await electronRuntime();
  const { DISPLAY, WAYLAND_DISPLAY, ...env } = process.env;
  const run = (...args: string[]) => spawnSync(exe, [...ROOT_FLAGS, ROOT, ...args], { env, encoding: 'utf8' });
  expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--secret-file=FILE') });
  for (const option of ['--display=0', '--accept=control', '--nonsense', '--relay-port=99999']) {
    const { status, stderr } = run('--share', option);
    expect({ option, status }).toEqual({ option, status: 2 });
    expect(stderr).toContain(option.split('=')[0]);
  }
});

test('a secret that cannot be used ends the start with a sentence', async ({ launch }) => {
  const { display } = await launch();
  const { exe } = await electronRuntime();
  const userDataDir = await profile();
  const secret = path.join(userDataDir, 'secret');
  await writeFile(secret, 'short\n', { mode: 0o600 });
  const args = [
    ...ROOT_FLAGS,
    ROOT,
    `--user-data-dir=${userDataDir}`,
    '--connect=127.0.0.1:9',
    `--secret-file=${secret}`,
  ];
  const { status, stderr } = spawnSync(exe, args, { env: { ...process.env, DISPLAY: display }, encoding: 'utf8' });
  await rm(userDataDir, { recursive: true, force: true });
  expect(status).toBe(2);
  expect(stderr).toContain('--secret-file: must hold 8 to 1024 bytes');
});

test('a link fills in the connect dialog and connects nothing; a second start hands its link on', async ({
  launch,
}) => {
  const { window: windowOf, display, userDataDir, app } = await launch({ args: ['tarnet://first:9000'] });
  const page = await windowOf('home');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('first:9000');
  const { exe } = await electronRuntime();
  const second = spawnSync(exe, [...ROOT_FLAGS, ROOT, `--user-data-dir=${userDataDir}`, 'tarnet://second'], {
    env: { ...process.env, DISPLAY: display },
    timeout: 20_000,
  });
  expect(second.status).toBe(0);
  await expect(dialog).toContainText('second');
  expect((await stateOf(page)).connections).toEqual([]);
  expect(app.windows().filter((open) => open.url().includes('index.html'))).toHaveLength(1);
});

test('settings that cannot be read are set aside with a notice; a change is kept', async ({ launch }) => {
  const userDataDir = await profile();
  await writeFile(path.join(userDataDir, 'settings.json'), '{"theme": "da');
  const first = await launch({ userDataDir });
  const page = await first.window('home');
  const state = await stateOf(page);
  const notice = state.notices.find(({ kind }) => kind === 'settings-corrupt');
  expect(await readFile(notice?.detail ?? '', 'utf8')).toBe('{"theme": "da');
  await page.evaluate('tarnet.invoke("settings.update", { theme: "dark" })');
  await first.app.close();
  const second = await launch({ userDataDir, display: first.display });
  const again = await stateOf(await second.window('home'));
  expect(again.settings.theme).toBe('dark');
  expect(again.notices.map(({ kind }) => kind)).not.toContain('settings-corrupt');
  await second.app.close();
  await rm(userDataDir, { recursive: true, force: true });
});

test('the home window comes back where it was, and after closing it from the tray', async ({ launch }) => {
  const userDataDir = await profile();
  const first = await launch({ userDataDir });
  await first.window('home');
  const bounds = { x: 60, y: 70, width: 800, height: 600 };
  const boundsOf = (launched: typeof first) =>
    launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .filter((window) => window.isVisible())
        .map((window) => window.getBounds()),
    );
  await expect.poll(() => boundsOf(first)).toHaveLength(1);
  await first.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), bounds);
  await expect.poll(async () => (await boundsOf(first))[0]).toEqual(bounds);
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(() => boundsOf(first)).toEqual([]);
  const { exe } = await electronRuntime();
  spawnSync(exe, [...ROOT_FLAGS, ROOT, `--user-data-dir=${userDataDir}`], {
    env: { ...process.env, DISPLAY: first.display },
    timeout: 20_000,
  });
  await expect.poll(async () => (await boundsOf(first))[0]).toEqual(bounds);
  await first.app.close();
  const second = await launch({ userDataDir, display: first.display });
  await second.window('home');
  await expect.poll(async () => (await boundsOf(second))[0]).toEqual(bounds);
  await second.app.close();
  await rm(userDataDir, { recursive: true, force: true });
});

test('a page that dies comes back with everything it knew', async ({ launch }) => {
  const { app, window: windowOf } = await launch();
  const page = await windowOf('home');
  await page.evaluate('tarnet.invoke("settings.update", { displayName: "Ana" })');
  const name = await app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!contents) return null;
    const loaded = new Promise((resolve) => contents.once('did-finish-load', () => resolve(null)));
    contents.forcefullyCrashRenderer();
    await loaded;
    return await contents.executeJavaScript(
      'tarnet.invoke("app.snapshot").then((a) => a.value.state.info.displayName)',
    );
  });
  expect(name).toBe('Ana');
});

test('a signal ends the app cleanly, and it leaves a log', async ({ launch }) => {
  const { app, window: windowOf, userDataDir } = await launch();
  await windowOf('home');
  const child = app.process();
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await readdir(path.join(userDataDir, 'logs'))).toEqual(['tarnet.log']);
  expect(await readFile(path.join(userDataDir, 'logs/tarnet.log'), 'utf8')).toMatch(/info start version="/);
});

test('nothing listens while nothing is shared', async ({ launch }) => {
  const { app, window: windowOf } = await launch();
  await windowOf('home');
  const pids = await app.evaluate(({ app: running }) => running.getAppMetrics().map(({ pid }) => pid));
  const sockets = execFileSync('ss', ['-Hltnp'], { encoding: 'utf8' }).split('\n');
  // the test's own debugger listens on the loopback address
  const ours = sockets.filter(
    (line) => pids.some((pid) => line.includes(`pid=${pid},`)) && !line.includes('127.0.0.1:'),
  );
  expect(ours).toEqual([]);
});
