// What breaks, and comes back: the viewer, the host, the relay.
import { XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import {
  nothingPressed,
  PATCH_PLACE,
  paintPatch,
  seePatch,
  showPatch,
  startSharingHost,
  startViewer,
  stateOf,
} from './machines.ts';
import { text } from './ui-texts.ts';

const SHIFT = 0xffe1;
const LETTER_A = 0x61;
const BLUE = { red: 30, green: 60, blue: 230 };
const RECOVERED = { timeout: 30_000, intervals: [100] };

test('a viewer killed with keys and a button down leaves nothing pressed', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host);
  await showPatch(host.screen);
  const map = await seePatch(viewer.screen);
  const target = map.toViewer(PATCH_PLACE.x + 50, PATCH_PLACE.y + 50);
  viewer.screen.movePointer(target.x, target.y);
  await viewer.screen.focus();
  viewer.screen.key(SHIFT, true);
  viewer.screen.key(LETTER_A, true);
  viewer.screen.button(1, true);
  await expect.poll(async () => (await host.screen.keysDown()).length).toBe(2);
  await expect.poll(async () => (await host.screen.pointer()).buttons).toEqual([1]);
  viewer.app.process().kill('SIGKILL');
  await nothingPressed(host.screen);
});

test('a killed host is missed in words, and the viewer is back by itself when the host is', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host, { fullscreen: false });
  const window = await showPatch(host.screen);
  await seePatch(viewer.screen);
  const session = await viewer.window('session');
  host.app.process().kill('SIGKILL');
  await expect.poll(async () => (await stateOf(session)).connections[0]?.phase, RECOVERED).toBe('reconnecting');
  await expect(session.getByRole('heading', { name: text('viewer.reconnecting.title') })).toBeVisible();

  await launch({ display: host.display, userDataDir: host.userDataDir, args: host.args });
  await expect.poll(async () => (await stateOf(session)).connections[0]?.phase, RECOVERED).toBe('active');
  await paintPatch(host.screen, window, BLUE);
  await seePatch(viewer.screen, BLUE);
});

test('a killed relay comes back, and the session with it', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host);
  const window = await showPatch(host.screen);
  await seePatch(viewer.screen);
  const session = await viewer.window('session');
  const relayPid = await host.app.evaluate(({ app }) => {
    const relay = app.getAppMetrics().find(({ name, serviceName }) => /relay/i.test(`${name} ${serviceName}`));
    return relay?.pid ?? 0;
  });
  expect(relayPid).toBeGreaterThan(0);
  process.kill(relayPid, 'SIGKILL');
  await expect.poll(async () => (await stateOf(session)).connections[0]?.phase, RECOVERED).not.toBe('active');
  await expect.poll(async () => (await stateOf(session)).connections[0]?.phase, RECOVERED).toBe('active');
  await paintPatch(host.screen, window, BLUE);
  const map = await seePatch(viewer.screen, BLUE);
  const target = map.toViewer(PATCH_PLACE.x + 20, PATCH_PLACE.y + 20);
  viewer.screen.movePointer(target.x, target.y);
  const pointerAt = await XScreen.connect(host.display);
  await expect.poll(async () => (await pointerAt.pointer()).x).toBe(PATCH_PLACE.x + 20);
});
