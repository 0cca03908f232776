// The host's pointer on the viewer's screen: where it is while one only looks, ours in its place while one controls, and
// apart from ours when the host's own user moves it.
import type { Page } from '@playwright/test';
import { expect, test } from './app-fixture.ts';
import { seePatch, showPatch, startSharingHost, startViewer } from './machines.ts';

const SOON = { timeout: 10_000, intervals: [50] };
const ONE = { x: 200, y: 150 };
const OTHER = { x: 620, y: 410 };

/** How the host's pointer is drawn over the picture, and where its upper left corner is. */
async function overlay(session: Page) {
  return await session.locator('.remote-pointer').evaluate((image) => {
    const { left, top, width } = image.getBoundingClientRect();
    return { look: image.getAttribute('data-look'), x: Math.round(left), y: Math.round(top), drawn: width > 0 };
  });
}

test('whoever only looks sees the pointer of the host move', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host, { viewOnly: true });
  await showPatch(host.screen);
  await seePatch(viewer.screen);
  const session = await viewer.window('session');
  const seenAt = async (place: { x: number; y: number }) => {
    host.screen.movePointer(place.x, place.y);
    // one pixel to one pixel: it is off by its hot spot, which lies within it
    await expect
      .poll(async () => {
        const { look, x, y, drawn } = await overlay(session);
        return look === 'pointer' && drawn && Math.abs(x - place.x) < 32 && Math.abs(y - place.y) < 32;
      }, SOON)
      .toBe(true);
    return await overlay(session);
  };
  const first = await seenAt(ONE);
  const second = await seenAt(OTHER);
  expect({ x: second.x - first.x, y: second.y - first.y }).toEqual({ x: OTHER.x - ONE.x, y: OTHER.y - ONE.y });
});

test('ours stands for it while we control, until the user of the host moves it away', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host);
  await showPatch(host.screen);
  await seePatch(viewer.screen);
  const session = await viewer.window('session');
  viewer.screen.movePointer(ONE.x, ONE.y);
  await expect.poll(async () => (await host.screen.pointer()).x, SOON).toBe(ONE.x);
  await expect.poll(async () => (await overlay(session)).look, SOON).toBe('none');
  // ours has the shape of the host's
  const ours = () => session.locator('.remote-surface').evaluate((surface) => getComputedStyle(surface).cursor);
  await expect.poll(ours, SOON).toMatch(/^image-set\(/);

  host.screen.movePointer(OTHER.x, OTHER.y);
  await expect.poll(async () => (await overlay(session)).look, SOON).toBe('apart');
  viewer.screen.movePointer(ONE.x + 5, ONE.y + 5);
  await expect.poll(async () => (await overlay(session)).look, SOON).toBe('none');
  await expect.poll(async () => (await host.screen.pointer()).x, SOON).toBe(ONE.x + 5);
});
