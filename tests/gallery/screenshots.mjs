// node tests/gallery/screenshots.mjs [--out=FOLDER] [--only=TEXT]: takes a picture of every scene in both themes and both
// languages, in the Electron of the tests. They are for eyes, not for comparing: times and counters differ each run.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { _electron as electron } from '@playwright/test';
import { build, preview } from 'vite';
import { electronRuntime } from '../../scripts/electron-runtime.mjs';

const HERE = import.meta.dirname;
const SETTLE_MS = 350;
const PICTURE_SETTLE_MS = 1_600;
const MOVING_MS = 9_000;

const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } });
const out = path.resolve(values.out ?? 'test-results/gallery');
await mkdir(out, { recursive: true });

const { exe } = await electronRuntime();
// built once, so that edits made meanwhile do not reload what is being looked at
const built = await mkdtemp(path.join(tmpdir(), 'tarnet-gallery-'));
const config = { configFile: `${HERE}/vite.config.ts`, logLevel: 'warn', build: { outDir: built, emptyOutDir: true } };
await build(config);
const server = await preview(config);
const base = server.resolvedUrls.local[0];
const display = await startDisplay();
const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const app = await electron.launch({
  executablePath: exe,
  args: [...root, `${HERE}/shell.mjs`],
  env: { ...process.env, DISPLAY: display.name },
});
try {
  const page = await app.firstWindow();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(base);
  const scenes = await page.evaluate('galleryScenes');
  let taken = 0;
  for (const scene of scenes) {
    if (values.only && !scene.name.includes(values.only)) continue;
    const [width, height] = scene.size;
    await app.evaluate(
      ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0].setContentSize(w, h),
      [width, height],
    );
    for (const theme of ['light', 'dark'])
      for (const language of ['en', 'pt-BR']) {
        const bare = scene.name.includes('bare') ? { chrome: 'none' } : {};
        const query = new URLSearchParams({ scene: scene.name, view: scene.view, theme, language, ...bare });
        await page.goto(`${base}?${query}`);
        await page
          .waitForFunction('document.documentElement.dataset.galleryReady !== undefined', null, { timeout: 8_000 })
          .catch(() => complaints.push('the scene did not come to its end'));
        await page.waitForTimeout(scene.moving ? MOVING_MS : scene.picture ? PICTURE_SETTLE_MS : SETTLE_MS);
        await page.screenshot({ path: path.join(out, `${scene.name}.${theme}.${language}.png`) });
        for (const complaint of complaints.splice(0)) console.error(`${scene.name} ${theme} ${language}: ${complaint}`);
        taken++;
      }
  }
  console.log(`${taken} pictures in ${out}`);
} finally {
  await app.close();
  await server.close();
  await rm(built, { recursive: true, force: true });
  display.stop();
}

function startDisplay() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  process.on('exit', () => child.kill());
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('Xvfb stopped')));
    child.stdio[3].once('data', (number) => resolve({ name: `:${String(number).trim()}`, stop: () => child.kill() }));
  });
}
