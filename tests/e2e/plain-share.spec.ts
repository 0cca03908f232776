// The real app as a host of protocol v1: switched on by its user with a warning, asked for each time, marked everywhere,
// and gone with sharing. Its clients are a plain WebSocket and our own app.
import type { Page } from '@playwright/test';
import { systemClock } from '../../electron/app/system-clock.ts';
import { type Relay, startRelay } from '../../electron/relay/relay-server.ts';
import { silentLog } from '../../shared/base/log.ts';
import { XScreen } from '../displays/x-screen.ts';
import { V1Bare } from '../scenarios/v1-bare.ts';
import { expect, type LaunchedApp, test } from './app-fixture.ts';
import {
  answerConsent,
  freePort,
  HOST_SIZE,
  nothingPressed,
  ON_LOOPBACK,
  PATCH,
  PATCH_PLACE,
  paintPatch,
  seePatch,
  shareScreen,
  showPatch,
  stateOf,
} from './machines.ts';
import { text } from './ui-texts.ts';

const NAME = 'old-host';
const POLL = { timeout: 20_000 };

let relay: Relay;
test.beforeEach(async () => {
  relay = await startRelay({ port: 0, bindAddress: '127.0.0.1', clock: systemClock, log: silentLog, v1: true });
});
test.afterEach(() => relay.close());

async function startHost(launch: (options: object) => Promise<LaunchedApp>) {
  const args = [`--relay-port=${await freePort()}`, '--no-discovery'];
  const host = await launch({ size: HOST_SIZE, args, env: ON_LOOPBACK });
  const screen = await XScreen.connect(host.display);
  screen.focusFollowsPointer();
  return { ...host, screen, home: await host.window('home') };
}

/** Through the settings, the warning and its confirmation. */
async function agree(home: Page): Promise<void> {
  await home.getByRole('button', { name: text('nav.settings') }).click();
  const setting = home.getByRole('switch', { name: text('plain-share.setting') });
  await expect(setting).toHaveAttribute('aria-checked', 'false');
  await setting.click();
  const dialog = home.getByRole('dialog');
  await expect(dialog.getByText(text('plain-share.warning-help'))).toBeVisible();
  await dialog.getByRole('textbox', { name: text('plain.relay') }).fill(`127.0.0.1:${relay.port}`);
  await dialog.getByRole('textbox', { name: text('plain-share.name') }).fill(NAME);
  const start = dialog.getByRole('button', { name: text('plain-share.start') });
  await expect(start).toBeDisabled();
  await dialog.getByRole('switch', { name: text('plain-share.agree') }).click();
  await start.click();
  await expect(dialog).toBeHidden();
  await expect(setting).toHaveAttribute('aria-checked', 'true');
  await home.getByRole('button', { name: text('nav.computers') }).click();
}

const plainOf = async (home: Page) => (await stateOf(home)).plainShare;
const untilPhase = (home: Page, phase: string) =>
  expect.poll(async () => (await plainOf(home)).phase, POLL).toBe(phase);

async function joins(clientId: string): Promise<V1Bare> {
  const client = await new V1Bare(relay.port).open();
  client.send({ type: 'register_client', client_id: clientId, target_host: NAME });
  await client.take('client_registered');
  return client;
}

/** Width, height and the colour in the middle of the patch, of a JPEG as v1 carries it. */
const looksOf = (home: Page, jpeg: unknown) =>
  home.evaluate(
    async ({ data, x, y }) => {
      const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
      const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(picture, 0, 0);
      const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
      return { width: picture.width, height: picture.height, red, green, blue };
    },
    {
      data: String(jpeg),
      x: PATCH_PLACE.x + PATCH_PLACE.width / 2,
      y: PATCH_PLACE.y + PATCH_PLACE.height / 2,
    },
  );

async function sees(home: Page, client: V1Bare, colour: typeof PATCH): Promise<void> {
  await expect(async () => {
    const { data } = await client.take('screen_frame');
    const look = await looksOf(home, data);
    expect([look.width, look.height]).toEqual([HOST_SIZE.widthPx, HOST_SIZE.heightPx]);
    for (const part of ['red', 'green', 'blue'] as const) expect(Math.abs(look[part] - colour[part])).toBeLessThan(24);
  }).toPass(POLL);
}

test('is agreed to, asks about each viewer, shows and obeys, says so everywhere, and ends with sharing', async ({
  launch,
}) => {
  const host = await startHost(launch);
  const { home, screen } = host;
  await agree(home);
  // agreed to before sharing: nobody hears of it yet
  await expect(home.getByText(text('plain-share.armed'))).toBeVisible();
  expect(relay.counts().rooms).toBe(0);
  await shareScreen(home);
  await untilPhase(home, 'waiting');
  await expect(
    home.getByRole('article', { name: text('plain-share.card') }).getByText(text('plain.badge')),
  ).toBeVisible();

  const client = await joins('client-1');
  const consent = await host.window('consent');
  await expect(consent.getByRole('heading', { name: text('plain-share.question', { count: 1 }) })).toBeVisible();
  await expect(consent.getByText(text('plain.badge'))).toBeVisible();
  expect(client.heard.map(({ type }) => type)).toEqual(['client_registered']);
  const patch = await showPatch(screen);
  await answerConsent(host, 'view');
  await sees(home, client, PATCH);
  await paintPatch(screen, patch, { red: 200, green: 30, blue: 60 });
  await sees(home, client, { red: 200, green: 30, blue: 60 });

  // looking is not touching, until the host's user says so at the sign
  const sign = await host.window('sign');
  await expect(sign.getByText(text('plain.badge'))).toBeVisible();
  const send = (command: object) =>
    client.send({ type: 'control_command', client_id: 'client-1', target_host: NAME, command });
  const before = await screen.pointer();
  send({ type: 'mouse_move', x: 640, y: 120 });
  await client.hosts();
  expect(await screen.pointer()).toEqual(before);
  await sign.getByRole('button', { name: text('plain-share.may') }).click();
  await expect.poll(async () => (await plainOf(home)).control).toBe(true);
  await expect(async () => {
    send({ type: 'mouse_down', x: 700, y: 130, button: 'left' });
    expect(await screen.pointer()).toMatchObject({ x: 700, y: 130, buttons: [1] });
  }).toPass(POLL);

  // another one comes: what is held is let go, and nobody sees more before its user has answered
  const second = await joins('client-2');
  await untilPhase(home, 'asking');
  await nothingPressed(screen);
  const again = await host.window('consent');
  await expect(again.getByRole('heading', { name: text('plain-share.question', { count: 2 }) })).toBeVisible();
  await answerConsent(host, 'control');
  await sees(home, second, { red: 200, green: 30, blue: 60 });

  // everything ends with sharing, and none of it comes back by itself
  await (await host.window('sign')).getByRole('button', { name: text('sign.stop') }).click();
  await client.take('host_disconnected');
  await expect.poll(async () => (await stateOf(home)).share.phase, POLL).toBe('off');
  expect(await plainOf(home)).toMatchObject({ wanted: false, phase: 'off' });
  expect(relay.counts().rooms).toBe(0);
  await home.getByRole('switch', { name: text('host.share') }).click();
  await expect.poll(async () => (await stateOf(home)).share.phase, POLL).toBe('on');
  expect((await client.hosts()).hosts).toEqual([]);

  // the log has it, as unencrypted
  const said = await home.evaluate('tarnet.invoke("activity.search", { search: "", group: "viewers", before: null })');
  const { value } = said as { value: { entries: { kind: string; authentication?: string; count?: number }[] } };
  const plain = value.entries.filter(
    ({ kind, authentication }) => kind.startsWith('plain-') || authentication === 'none',
  );
  expect(plain.map(({ kind, count }) => [kind, count]).reverse()).toEqual([
    ['plain-started', undefined],
    ['viewer-joined', 1],
    ['viewer-permissions', 1],
    ['viewer-left', 1],
    ['viewer-joined', 2],
    ['viewer-left', 2],
    ['plain-stopped', undefined],
  ]);
});

test('is seen and controlled by our own app, and cannot be switched on by anything but that consent', async ({
  launch,
}) => {
  const host = await startHost(launch);
  const { home, screen } = host;
  // neither by a setting, nor without the consent
  const target = `{ relay: '127.0.0.1:${relay.port}', hostId: '${NAME}' }`;
  for (const unencrypted of ['undefined', 'false', '"yes"']) {
    const asked = `tarnet.invoke('plain-share.start', { ...${target}, unencrypted: ${unencrypted} })`;
    expect(await home.evaluate(asked)).toMatchObject({ ok: false, error: { reason: 'malformed' } });
  }
  await home.evaluate(
    `tarnet.invoke('settings.update', { plainRelay: '127.0.0.1:${relay.port}', plainHostId: '${NAME}' })`,
  );
  await shareScreen(home);
  expect(await plainOf(home)).toMatchObject({ wanted: false, phase: 'off' });
  await agree(home);
  await untilPhase(home, 'waiting');
  await showPatch(screen);

  const viewer = await launch({ size: HOST_SIZE, args: ['--no-discovery'], env: ON_LOOPBACK });
  const there = await viewer.window('home');
  await there.getByRole('button', { name: text('plain.open') }).click();
  const dialog = there.getByRole('dialog');
  await dialog.getByRole('textbox', { name: text('plain.relay') }).fill(`127.0.0.1:${relay.port}`);
  await dialog.getByRole('button', { name: text('plain.list') }).click();
  await dialog.getByRole('radio').check();
  await dialog.getByRole('switch', { name: text('connect.view-only') }).click();
  await dialog.getByRole('switch', { name: text('plain.agree') }).click();
  await dialog.getByRole('button', { name: text('plain.connect') }).click();
  await viewer.window('session');
  await host.window('consent');
  await answerConsent(host, 'control');

  const map = await seePatch(await XScreen.connect(viewer.display));
  const { x, y } = map.toViewer(PATCH_PLACE.x + 40, PATCH_PLACE.y + 30);
  const hand = await XScreen.connect(viewer.display);
  hand.movePointer(x, y);
  await expect
    .poll(async () => {
      const at = await screen.pointer();
      return Math.max(Math.abs(at.x - PATCH_PLACE.x - 40), Math.abs(at.y - PATCH_PLACE.y - 30));
    }, POLL)
    .toBeLessThan(4);
  // the viewer ends while it holds a button down
  hand.button(1, true);
  await expect.poll(async () => (await screen.pointer()).buttons, POLL).toEqual([1]);
  const session = await viewer.window('session');
  await session.close();
  await nothingPressed(screen);
  await untilPhase(home, 'waiting');
  hand.button(1, false);
});
