// View only: the picture comes, and no input gets through, whichever of the two sides wants it so.
import type { WindowInput } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import {
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
const RESTING = { x: 20, y: 20 };
const NOTHING = { kinds: [], pointerMoved: false };
const OTHER_COLOURS = [
  { red: 220, green: 40, blue: 200 },
  { red: 240, green: 150, blue: 10 },
];

/** What reaches the host of a move, a click and a key at the viewer. */
async function inputThatArrives(host: SharingHost, viewer: WatchingViewer) {
  const inputs: WindowInput[] = [];
  host.screen.onInput((input) => inputs.push(input));
  const window = await showPatch(host.screen);
  host.screen.movePointer(RESTING.x, RESTING.y);
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
  const { x, y } = await host.screen.pointer();
  return {
    kinds: [...new Set(inputs.map(({ kind }) => kind))].sort(),
    pointerMoved: x !== RESTING.x || y !== RESTING.y,
  };
}

test('a viewer that wants only to look sends no input', async ({ launch }) => {
  const host = await startSharingHost(launch, 'control');
  const viewer = await startViewer(launch, host, { viewOnly: true });
  expect(await inputThatArrives(host, viewer)).toEqual(NOTHING);
});

test('a host that allows only looking takes no input', async ({ launch }) => {
  const host = await startSharingHost(launch, 'view');
  const viewer = await startViewer(launch, host);
  expect(await inputThatArrives(host, viewer)).toEqual(NOTHING);
});

test('the same move, click and key get through where both sides want it', async ({ launch }) => {
  const host = await startSharingHost(launch, 'control');
  const viewer = await startViewer(launch, host);
  expect(await inputThatArrives(host, viewer)).toEqual({ kinds: ['button', 'key'], pointerMoved: true });
});
