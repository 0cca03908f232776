// The way to capture that works on every platform, forced on X11: from video to exact pixels on the viewer's display.
import type { XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import { paintPatch, seePatch, showPatch, startSharingHost, startViewer } from './machines.ts';

const BY_PAGE = { env: { TARNET_CAPTURE: 'page' } } as const;
const RED = { red: 255, green: 0, blue: 0 };
const BLACK = { red: 0, green: 0, blue: 0 };
const BLUE = { red: 20, green: 30, blue: 220 };
const NOTE = { x: 100, y: 80, width: 640, height: 320 };
const LINES = 16;
/** The viewer draws the host's pointer by itself: it waits here. */
const CORNER = { x: 1270, y: 790 };
const COMPARED = { x: 0, y: 0, width: 1200, height: 720 };
const EXACT = { timeout: 15_000, intervals: [50] };

/** How many pixels of two screens differ. */
async function differences(one: XScreen, other: XScreen): Promise<number> {
  const [a, b] = await Promise.all([one.grab(COMPARED), other.grab(COMPARED)]);
  let count = 0;
  for (let at = 0; at < a.bytes.length; at += 4)
    if (a.bytes[at] !== b.bytes[at] || a.bytes[at + 1] !== b.bytes[at + 1] || a.bytes[at + 2] !== b.bytes[at + 2])
      count++;
  return count;
}

/** Red text on black: what halved colours smear most. */
function writeLines(screen: XScreen, window: number, from: number): void {
  for (let line = 0; line < LINES; line++)
    screen.drawText(
      window,
      8,
      16 + line * 19,
      `${from + line}: the quick brown fox jumps over the lazy dog`,
      RED,
      BLACK,
    );
}

test('what is still is exact in every pixel, what moves is seen, and what has moved is exact again', async ({
  launch,
}) => {
  const host = await startSharingHost(launch, 'control', BY_PAGE);
  host.screen.movePointer(CORNER.x, CORNER.y);
  const viewer = await startViewer(launch, host);
  viewer.screen.movePointer(CORNER.x, CORNER.y);
  const patch = await showPatch(host.screen);
  await seePatch(viewer.screen);

  // coloured text: small changes
  const note = host.screen.openWindow(NOTE, { colour: BLACK });
  writeLines(host.screen, note, 0);
  await expect.poll(() => differences(host.screen, viewer.screen), EXACT).toBe(0);

  // everything in it changes again and again: motion
  for (let step = 1; step <= 40; step++) {
    writeLines(host.screen, note, step * 7);
    await host.screen.settle();
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  await paintPatch(host.screen, patch, BLUE);
  await seePatch(viewer.screen, BLUE);
  await expect.poll(() => differences(host.screen, viewer.screen), EXACT).toBe(0);
});
