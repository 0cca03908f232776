// View only: the picture comes, and no input gets through, whichever of the two sides wants it so.
import type { WindowInput } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import {
  PATCH,
  PATCH_PLACE,
  paintPatch,
  type SharingHost,
  seePatch,
  showPatch,
  startSharingHost,
  startViewer,
  type WatchingViewer,
} from './machines.ts';

const LETTER_A = 0x61;
const OTHER_COLOURS = [
  { red: 220, green: 40, blue: 200 },
  { red: 240, green: 150, blue: 10 },
];

/** What reaches the host of a move, a click and a key at the viewer. */
async function inputThatArrives(host: SharingHost, viewer: WatchingViewer): Promise<WindowInput[]> {
  const inputs: WindowInput[] = [];
  host.screen.onInput((input) => inputs.push(input));
  const window = await showPatch(host.screen);
  host.screen.movePointer(20, 20);
  const map = await seePatch(viewer.screen);
  const target = map.toViewer(PATCH_PLACE.x + 50, PATCH_PLACE.y + 50);
  viewer.screen.movePointer(target.x, target.y);
  viewer.screen.button(1, true);
  viewer.screen.button(1, false);
  await viewer.screen.focus();
  viewer.screen.key(LETTER_A, true);
  viewer.screen.key(LETTER_A, false);
  await viewer.screen.settle();
  // Pictures go round twice: input that was on its way has arrived by then.
  for (const colour of OTHER_COLOURS) {
    await paintPatch(host.screen, window, colour);
    await seePatch(viewer.screen, colour);
  }
  expect(await host.screen.pointer()).toMatchObject({ x: 20, y: 20, buttons: [] });
  expect(await host.screen.keysDown()).toEqual([]);
  await paintPatch(host.screen, window, PATCH);
  return inputs;
}

test('a viewer that wants only to look sends no input', async ({ launch }) => {
  const host = await startSharingHost(launch, 'control');
  const viewer = await startViewer(launch, host, { viewOnly: true });
  expect(await inputThatArrives(host, viewer)).toEqual([]);
});

test('a host that allows only looking takes no input', async ({ launch }) => {
  const host = await startSharingHost(launch, 'view');
  const viewer = await startViewer(launch, host);
  expect(await inputThatArrives(host, viewer)).toEqual([]);
});
