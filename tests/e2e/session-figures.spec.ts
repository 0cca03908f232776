// What a viewer's user chooses of the picture and sees of it in figures: quality, the exact mark, the stages of its age.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { LATENCY_STAGES, type SessionStatistics, sessionStatisticsSchema } from '../../shared/ipc/statistics.ts';
import type { XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import {
  PATCH,
  PATCH_PLACE,
  paintPatch,
  seePatch,
  showPatch,
  startSharingHost,
  startViewer,
  stateOf,
} from './machines.ts';
import { text, within } from './ui-texts.ts';

const LETTER_A = 0x61;
const OTHER = { red: 240, green: 150, blue: 10 };
const FIGURES = { timeout: 15_000, intervals: [100] };

/** A program on the host that answers every press with another colour. */
function answerKeys(screen: XScreen, window: number): void {
  let pressed = 0;
  screen.onInput(({ kind, pressed: down }) => {
    if (kind === 'key' && down) void paintPatch(screen, window, pressed++ % 2 === 0 ? OTHER : PATCH);
  });
}

/** Everything is measured. */
function expectComplete({ age, stages, inputToPhoton, picture, link }: SessionStatistics): void {
  expect(picture).toMatchObject({ widthPx: 1280, heightPx: 800, exact: true, codec: 'tiles' });
  expect(link?.receivedBytes).toBeGreaterThan(0);
  for (const stage of LATENCY_STAGES) expect(stages[stage].samples, stage).toBeGreaterThan(0);
  expect(age.p50Ms).toBeGreaterThan(0);
  expect(inputToPhoton.p50Ms).toBeGreaterThan(0);
}

test('the toolbar changes the quality, and the statistics say where the age of the picture comes from', async ({
  launch,
}) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host, { fullscreen: false });
  const window = await showPatch(host.screen);
  answerKeys(host.screen, window);
  const map = await seePatch(viewer.screen);
  const session = await viewer.window('session');
  const picture = async () => (await stateOf(session)).connections[0]?.picture;
  const toolbar = session.getByRole('toolbar');

  // quality
  await session.keyboard.press('Control+Alt+Shift+T');
  const menuButton = toolbar.getByRole('button', { name: text('viewer.quality.title') });
  const choose = async (role: 'menuitemradio' | 'menuitemcheckbox', name: RegExp) => {
    await menuButton.click();
    await session.getByRole(role, { name }).click();
    // what is on or off leaves the menu open
    if (role === 'menuitemcheckbox') await session.keyboard.press('Escape');
  };
  await choose('menuitemradio', within('viewer.quality.sharp'));
  await choose('menuitemradio', text('viewer.quality.at-most', { frames: 15 }));
  await choose('menuitemcheckbox', text('viewer.quality.grey'));
  await expect.poll(picture).toEqual({ mode: 'sharp', maxFramesPerSecond: 15, greyscale: true });
  await choose('menuitemcheckbox', text('viewer.quality.grey'));
  await choose('menuitemradio', within('viewer.quality.automatic'));
  await expect.poll(picture).toEqual({ mode: 'automatic', maxFramesPerSecond: 15, greyscale: false });

  // figures
  await session.keyboard.press('Control+Alt+Shift+S');
  const panel = session.getByRole('complementary', { name: text('stats.title') });
  const target = map.toViewer(PATCH_PLACE.x + 50, PATCH_PLACE.y + 50);
  viewer.screen.movePointer(target.x, target.y);
  await viewer.screen.focus();
  await expect
    .poll(async () => {
      viewer.screen.key(LETTER_A, true);
      viewer.screen.key(LETTER_A, false);
      await viewer.screen.settle();
      return await panel.getByRole('row', { name: within('stats.input-to-photon') }).textContent();
    }, FIGURES)
    .toMatch(/\d/);
  for (const stage of LATENCY_STAGES)
    await expect(panel.getByRole('row', { name: within(`stats.stage.${stage}`) })).toContainText(/\d/);
  await expect(toolbar.getByText(text('viewer.chip.exact'))).toHaveCount(1);
  await expect(panel.getByText(text('stats.pixels-exact'))).toBeVisible();

  await panel.getByRole('button', { name: text('stats.copy') }).click();
  const copied = () => viewer.app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toMatch(/^\{/);
  expectComplete(v.parse(sessionStatisticsSchema, JSON.parse(await copied())));
});

test('the command line keeps the same figures in a file, and the choice of quality stays with the host', async ({
  launch,
}) => {
  const host = await startSharingHost(launch);
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tarnet-figures-')), 'figures.json');
  const viewer = await startViewer(launch, host, { args: [`--statistics-json=${file}`] });
  const window = await showPatch(host.screen);
  answerKeys(host.screen, window);
  const map = await seePatch(viewer.screen);
  const target = map.toViewer(PATCH_PLACE.x + 50, PATCH_PLACE.y + 50);
  viewer.screen.movePointer(target.x, target.y);
  await viewer.screen.focus();
  const kept = (): SessionStatistics | null => {
    try {
      return v.parse(sessionStatisticsSchema, JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return null;
    }
  };
  await expect
    .poll(async () => {
      viewer.screen.key(LETTER_A, true);
      viewer.screen.key(LETTER_A, false);
      await viewer.screen.settle();
      return kept()?.inputToPhoton.samples ?? 0;
    }, FIGURES)
    .toBeGreaterThan(2);
  await expect.poll(() => kept()?.picture.exact, FIGURES).toBe(true);
  const figures = kept();
  if (figures) expectComplete(figures);

  const session = await viewer.window('session');
  const wish = { mode: 'smooth', maxFramesPerSecond: 30, greyscale: false };
  await session.evaluate(`tarnet.invoke('session.set-picture-preferences', ${JSON.stringify(wish)})`);
  await viewer.app.close();
  // an odd number of keys has left it in the other colour
  host.screen.onInput(() => undefined);
  await paintPatch(host.screen, window, PATCH);
  const again = await startViewer(launch, host, { userDataDir: viewer.userDataDir });
  await seePatch(again.screen);
  expect((await stateOf(await again.window('session'))).connections[0]?.picture).toEqual(wish);
});
