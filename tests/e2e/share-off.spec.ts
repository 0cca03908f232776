// Sharing off means off: nothing of the app listens any more, and the viewer is told.
import { listeningPorts } from '../processes/process-tree.ts';
import { expect, test } from './app-fixture.ts';
import { freePort, HOST_SIZE, isOpen, shareScreen, startSharingHost, startViewer, stateOf } from './machines.ts';
import { text } from './ui-texts.ts';

test('nothing listens before sharing and after it', async ({ launch }) => {
  const port = await freePort();
  const { app, window } = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const home = await window('home');
  await expect(home.getByRole('switch', { name: text('host.share') })).toBeVisible();
  // the debugging ports through which this test drives the app
  const before = listeningPorts(app.process().pid ?? 0);
  expect(before).not.toContain(port);

  await shareScreen(home);
  expect(listeningPorts(app.process().pid ?? 0)).toEqual([...before, port].sort((a, b) => a - b));
  expect(await isOpen(port)).toBe(true);

  await home.getByRole('switch', { name: text('host.share') }).click();
  await expect.poll(async () => (await stateOf(home)).share.phase).toBe('off');
  expect(listeningPorts(app.process().pid ?? 0)).toEqual(before);
  expect(await isOpen(port)).toBe(false);
});

test('a viewer learns that the host has ended sharing', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host, { fullscreen: false });
  const session = await viewer.window('session');
  await expect.poll(async () => (await stateOf(session)).connections[0]?.phase, { timeout: 20_000 }).toBe('active');
  const sign = await host.window('sign');
  await sign.getByRole('button', { name: text('sign.stop') }).click();
  await expect.poll(async () => (await stateOf(session)).connections[0]?.phase, { timeout: 10_000 }).toBe('ended');
  await expect(session.getByRole('heading', { name: text('viewer.ended.title') })).toBeVisible();
  await expect.poll(() => isOpen(host.port)).toBe(false);
});
