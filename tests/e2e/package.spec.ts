// Builds the Debian package, installs it and starts the installed app. As root in CI it is really installed, by dpkg;
// elsewhere it is unpacked into a folder, so that nobody's system changes.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, expect, test } from '@playwright/test';
import { startXServer } from '../displays/x-server.ts';
import { ROOT_FLAGS } from './app-fixture.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const INSTALL = process.env.CI !== undefined && process.getuid?.() === 0;

let work = '';
let executable = '';

test.skip(process.platform !== 'linux', 'a Debian package');
test.describe.configure({ mode: 'serial' });

test.beforeAll(() => {
  test.setTimeout(240_000);
  work = mkdtempSync(path.join(tmpdir(), 'tarnet-package-'));
  // a quick compression: this package is for this test alone
  const targets = ['--linux', 'deb', '-c.deb.compression=gz', `-c.directories.output=${work}/release`];
  execFileSync(process.execPath, ['scripts/package.mjs', ...targets], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const deb = readdirSync(path.join(work, 'release')).find((file) => file.endsWith('.deb'));
  if (!deb) throw new Error('no .deb was made');
  const file = path.join(work, 'release', deb);
  if (INSTALL) execFileSync('dpkg', ['--install', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  else execFileSync('dpkg-deb', ['--extract', file, path.join(work, 'root')]);
  executable = INSTALL ? '/usr/bin/tarnet' : path.join(work, 'root/opt/TARNet/tarnet');
});

test.afterAll(() => {
  if (INSTALL) execFileSync('dpkg', ['--remove', 'tarnet'], { stdio: ['ignore', 'ignore', 'inherit'] });
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});

test('the installed app opens its window on a display', async () => {
  const server = await startXServer({ widthPx: 1280, heightPx: 800 });
  const app = spawn(executable, [...ROOT_FLAGS, '--remote-debugging-port=0', `--user-data-dir=${work}/profile`], {
    env: { ...process.env, DISPLAY: server.display },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const browser = await chromium.connectOverCDP(await devToolsUrl(app));
    const home = () =>
      browser
        .contexts()
        .flatMap((context) => context.pages())
        .find((page) => page.url().startsWith('app://tarnet/index.html?view=home'));
    await expect.poll(() => home()?.url(), { timeout: 30_000 }).toBeTruthy();
    await expect.poll(() => home()?.locator('#root').innerText(), { timeout: 30_000 }).toMatch(/\w/);
    const ended = new Promise<number | null>((resolve) => app.once('exit', resolve));
    // once the call has its answer: the page is gone with the app
    await home()?.evaluate('void setTimeout(() => tarnet.invoke("app.quit"), 100)');
    expect(await ended).toBe(0);
    await browser.close();
  } finally {
    app.kill('SIGKILL');
    server.stop();
  }
});

test('the command line works without a display, and knows its version', () => {
  const { DISPLAY, WAYLAND_DISPLAY, ...env } = process.env;
  const run = (...args: string[]) => spawnSync(executable, [...ROOT_FLAGS, ...args], { env, encoding: 'utf8' });
  expect(run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run('--relay-port=none')).toMatchObject({ status: 2, stderr: expect.stringContaining('--relay-port') });
});

test('the package brings the link handler, the native modules and no way to run other code', () => {
  const installed = INSTALL ? '/opt/TARNet' : path.join(work, 'root/opt/TARNet');
  const desktop = INSTALL ? '/usr/share/applications' : path.join(work, 'root/usr/share/applications');
  expect(execFileSync('cat', [path.join(desktop, 'tarnet.desktop')], { encoding: 'utf8' })).toContain(
    'x-scheme-handler/tarnet',
  );
  const unpacked = path.join(installed, 'resources/app.asar.unpacked/node_modules/@nut-tree-fork/libnut-linux');
  expect(existsSync(path.join(unpacked, 'build/Release/libnut.node'))).toBe(true);
  expect(existsSync(path.join(installed, 'resources/default_app.asar'))).toBe(false);
  // with the fuse off the switch below would make the app a plain Node that runs the script
  const { DISPLAY, WAYLAND_DISPLAY, ...env } = process.env;
  const asNode = spawnSync(executable, ['-p', '6*7'], { env: { ...env, ELECTRON_RUN_AS_NODE: '1' }, encoding: 'utf8' });
  expect(asNode.stdout).not.toContain('42');
  expect(asNode.status).not.toBe(0);
});

function devToolsUrl(app: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stderr } = app;
    if (!stderr) throw new Error('no standard error');
    const said: string[] = [];
    app.once('exit', (code) => reject(new Error(`the app ended with ${code}: ${said.join('\n')}`)));
    createInterface({ input: stderr }).on('line', (line) => {
      said.push(line);
      const url = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}
