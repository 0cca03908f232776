// A host of protocol v1, seen and controlled by the real app through a real relay: agreed to, marked, and never mixed up.
import { systemClock } from '../../electron/app/system-clock.ts';
import { type Relay, startRelay } from '../../electron/relay/relay-server.ts';
import { silentLog } from '../../shared/base/log.ts';
import { V1Bare } from '../scenarios/v1-bare.ts';
import { expect, test } from './app-fixture.ts';
import { ON_LOOPBACK, stateOf } from './machines.ts';
import { text } from './ui-texts.ts';

const HOST = '6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c';
const WIDTH = 640;
const HEIGHT = 400;

let relay: Relay;
test.beforeEach(async () => {
  relay = await startRelay({ port: 0, bindAddress: '127.0.0.1', clock: systemClock, log: silentLog, v1: true });
});
test.afterEach(() => relay.close());

/** A picture of one colour, as a v1 host sends it; the page that is there makes it. */
const makePicture = (colour: string, type: string) => `(async () => {
  const canvas = new OffscreenCanvas(${WIDTH}, ${HEIGHT});
  const context = canvas.getContext('2d');
  context.fillStyle = '${colour}';
  context.fillRect(0, 0, ${WIDTH}, ${HEIGHT});
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: '${type}' })).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
})()`;

/** The colour in the middle of what is shown. */
const SHOWN = `(() => {
  const canvas = document.querySelector('.remote-picture');
  const { data } = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
  return [canvas.width, canvas.height, ...data.slice(0, 3)].map((value) => Math.round(value / 8) * 8).join();
})()`;

test('is seen and controlled after its user has agreed, and says everywhere that nothing is encrypted', async ({
  launch,
}) => {
  const host = await new V1Bare(relay.port).open();
  host.send({ type: 'register_host', host_id: HOST, timestamp: 1 });
  await host.take('host_registered');

  const app = await launch({ args: ['--no-discovery'], env: ON_LOOPBACK });
  const home = await app.window('home');
  await home.getByRole('button', { name: text('plain.open') }).click();
  const dialog = home.getByRole('dialog');
  await dialog.getByRole('textbox', { name: text('plain.relay') }).fill(`127.0.0.1:${relay.port}`);
  await dialog.getByRole('button', { name: text('plain.list') }).click();
  await dialog.getByRole('radio').check();
  const connect = dialog.getByRole('button', { name: text('plain.connect') });
  await expect(connect).toBeDisabled();
  await dialog.getByRole('switch', { name: text('connect.view-only') }).click();
  await dialog.getByRole('switch', { name: text('plain.agree') }).click();
  await connect.click();

  const session = await app.window('session');
  await expect(session.locator('.session-bar .badge', { hasText: text('plain.badge') })).toBeVisible();
  await expect(session.locator('.session-chips .badge', { hasText: text('plain.badge') })).toBeVisible();
  // nothing that speaks of an encrypted session
  await expect(session.getByRole('button', { name: text('viewer.permissions.title') })).toHaveCount(0);
  const [connection] = (await stateOf(home)).connections;
  expect(connection).toMatchObject({ phase: 'active', encrypted: false, how: 'none', sas: null, fingerprint: [] });

  // each of the three kinds of file is shown
  for (const [colour, type, shown] of [
    ['rgb(16 200 88)', 'image/png', '640,400,16,200,88'],
    ['rgb(200 40 16)', 'image/webp', '640,400,200,40,16'],
    ['rgb(24 40 200)', 'image/jpeg', '640,400,24,40,200'],
  ] as const) {
    const data = await session.evaluate(makePicture(colour, type));
    host.send({ type: 'screen_frame', host_id: HOST, data, timestamp: 2 });
    await expect.poll(() => session.evaluate(SHOWN).catch(String)).toBe(shown);
  }

  // a click in the middle is one in the middle of the host's screen
  const box = await session.locator('.remote-picture').boundingBox();
  if (!box) throw new Error('no picture');
  await session.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const { command } = await host.take('control_command');
  const clicked = command as { type: string; x: number; y: number; button?: string };
  const click =
    clicked.type === 'mouse_click' ? clicked : ((await host.take('control_command')).command as typeof clicked);
  expect(click).toMatchObject({ type: 'mouse_click', button: 'left' });
  expect(Math.abs(click.x - WIDTH / 2)).toBeLessThan(4);
  expect(Math.abs(click.y - HEIGHT / 2)).toBeLessThan(4);
  await session.keyboard.press('a');
  expect((await host.take('control_command')).command).toEqual({ type: 'key_down', key: 'a' });
  expect((await host.take('control_command')).command).toEqual({ type: 'key_up', key: 'a' });

  // the host leaves and comes back: the session goes on, still marked
  host.socket.close();
  await expect.poll(async () => (await stateOf(home)).connections[0]?.phase).toBe('reconnecting');
  const back = await new V1Bare(relay.port).open();
  back.send({ type: 'register_host', host_id: HOST, timestamp: 3 });
  await expect.poll(async () => (await stateOf(home)).connections[0]?.phase).toBe('active');
  back.socket.terminate();
});

test('is never reached without the question, and never by the way of the encrypted ones', async ({ launch }) => {
  const host = await new V1Bare(relay.port).open();
  host.send({ type: 'register_host', host_id: '123456789', timestamp: 1 });
  await host.take('host_registered');

  const app = await launch({ args: ['--no-discovery'], env: ON_LOOPBACK });
  const home = await app.window('home');
  const target = JSON.stringify({ relay: `127.0.0.1:${relay.port}`, hostId: '123456789', viewOnly: true });
  for (const consent of ['', '{ unencrypted: false }', '{ unencrypted: "yes" }']) {
    const asked = `tarnet.invoke('connection.open-plain', { ...${target}, ...${consent || '{}'} })`;
    expect(await home.evaluate(asked)).toMatchObject({ ok: false, error: { reason: 'malformed' } });
  }
  // by address, as an encrypted host: the relay knows none there
  const opened = `tarnet.invoke('connection.open', { address: '127.0.0.1:${relay.port}', viewOnly: true,
    proof: { kind: 'code', secret: '123456789' } })`;
  expect(await home.evaluate(opened)).toMatchObject({ ok: true });
  await expect.poll(async () => (await stateOf(home)).connections[0]?.phase).toBe('ended');
  expect((await stateOf(home)).connections[0]).toMatchObject({ encrypted: true, error: { reason: 'host-offline' } });
  expect(host.heard.map(({ type }) => type)).toEqual(['host_registered']);
});
