// Owns what the end-to-end tests do with whole machines: start one that shares or one that watches, and what its user does.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { AppState } from '../../shared/ipc/state.ts';
import { findColour } from '../displays/seen-colour.ts';
import { type Rgb, XScreen } from '../displays/x-screen.ts';
import type { LaunchedApp, LaunchOptions } from './app-fixture.ts';
import { text } from './ui-texts.ts';

type Launch = (options?: LaunchOptions) => Promise<LaunchedApp>;

export const HOST_SIZE = { widthPx: 1280, heightPx: 800 } as const;
/** What the host's own window shows; nothing else on a screen has this colour. */
export const PATCH: Rgb = { red: 10, green: 200, blue: 90 };
export const PATCH_PLACE = { x: 900, y: 560, width: 240, height: 160 } as const;
const PICTURE_TIMEOUT_MS = 20_000;
const SECRET = 'correct horse battery staple 42';
const POLL = { timeout: PICTURE_TIMEOUT_MS, intervals: [50] };

/** Keeps what is looked up on this machine on this machine. */
export const ON_LOOPBACK = { TARNET_DISCOVERY_REACH: 'loopback' } as const;

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}

/** Whether anybody listens on a port of this machine. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A file with the secret that lets a viewer in without asking anyone. */
export function secretFile(secret: string = SECRET): { file: string; secret: string } {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tarnet-secret-')), 'secret');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return { file, secret };
}

export interface SharingHost extends LaunchedApp {
  port: number;
  screen: XScreen;
  secret: string;
  secretFile: string;
  /** The arguments with which it was started, for another start. */
  args: readonly string[];
}

/** A machine that shares by its command line and lets in whoever has the secret. */
export async function startSharingHost(
  launch: Launch,
  accept: 'control' | 'view' = 'control',
  { hidden = true, ...options }: Pick<LaunchOptions, 'env'> & { hidden?: boolean } = {},
): Promise<SharingHost> {
  const port = await freePort();
  const { file, secret } = secretFile();
  const args = [
    '--share',
    `--accept=${accept}`,
    `--secret-file=${file}`,
    `--relay-port=${port}`,
    '--no-discovery',
    ...(hidden ? ['--hidden'] : []),
  ];
  const app = await launch({ ...options, size: HOST_SIZE, args });
  const screen = await XScreen.connect(app.display);
  screen.focusFollowsPointer();
  await untilOpen(port);
  return { ...app, port, screen, secret, secretFile: file, args };
}

export async function untilOpen(port: number): Promise<void> {
  await expect.poll(() => isOpen(port), POLL).toBe(true);
}

export interface WatchingViewer extends LaunchedApp {
  screen: XScreen;
}

export interface ViewerWish extends LaunchOptions {
  fullscreen?: boolean;
  viewOnly?: boolean;
  port?: number;
}

/** A machine that watches a sharing host by its command line: full screen without controls, one pixel to one pixel, unless told otherwise. */
export async function startViewer(
  launch: Launch,
  host: Pick<SharingHost, 'port' | 'secretFile'>,
  { fullscreen = true, viewOnly = false, port = host.port, args = [], ...options }: ViewerWish = {},
): Promise<WatchingViewer> {
  const app = await launch({
    size: HOST_SIZE,
    ...options,
    args: [
      `--connect=127.0.0.1:${port}`,
      `--secret-file=${host.secretFile}`,
      '--no-discovery',
      ...(fullscreen ? ['--fullscreen'] : []),
      ...(viewOnly ? ['--view-only'] : []),
      ...args,
    ],
  });
  return { ...app, screen: await XScreen.connect(app.display) };
}

/** Opens the patch of colour on a host's screen. */
export async function showPatch(screen: XScreen, colour: Rgb = PATCH): Promise<number> {
  const window = screen.openWindow(PATCH_PLACE, { colour });
  await screen.settle();
  return window;
}

/** Repaints the patch in another colour. */
export async function paintPatch(screen: XScreen, window: number, colour: Rgb): Promise<void> {
  const { width, height } = PATCH_PLACE;
  screen.fill(window, [{ x: 0, y: 0, width, height }], colour);
  screen.raiseWindow(window);
  await screen.settle();
}

/** Where a viewer's screen shows which point of the host's. */
export interface PictureMap {
  scale: number;
  /** A point of the host's screen → the point of the viewer's screen that shows it. */
  toViewer(x: number, y: number): { x: number; y: number };
}

/** Waits until a viewer's screen shows the patch; how it is shown tells scale and place of the whole picture. */
export async function seePatch(viewer: XScreen, colour: Rgb = PATCH): Promise<PictureMap> {
  const { x, y, width, height } = PATCH_PLACE;
  // What was seen counts, not a second look: by then the next picture may be there.
  const sightings: NonNullable<Awaited<ReturnType<typeof findColour>>>[] = [];
  await expect
    .poll(
      async () => {
        const found = await findColour(viewer, colour);
        // A part of it, while it is being painted, tells nothing of its scale.
        if (!found || Math.abs(found.height / height - found.width / width) > 0.05) return 0;
        sightings.push(found);
        return found.width;
      },
      { ...POLL, message: `the viewer's screen shows ${JSON.stringify(colour)}` },
    )
    .toBeGreaterThan(width / 4);
  const seen = sightings.at(-1);
  if (!seen) throw new Error('the patch was never seen');
  const scale = seen.width / width;
  return {
    scale,
    toViewer: (hostX, hostY) => ({
      x: Math.round(seen.x + (hostX - x + 0.5) * scale - 0.5),
      y: Math.round(seen.y + (hostY - y + 0.5) * scale - 0.5),
    }),
  };
}

/** What a page would draw: asked for over the bridge, as the page itself does. */
export async function stateOf(page: Page): Promise<AppState> {
  const answer = await page.evaluate('tarnet.invoke("app.snapshot")');
  const { value } = answer as { value: { state: AppState } };
  return value.state;
}

/** Types text on a display as a keyboard would, shifted characters with Shift. */
export function typeOn(display: string, typed: string): void {
  const env = { ...process.env, DISPLAY: display };
  const run = (...args: string[]) => execFileSync('xdotool', args, { env, timeout: 30_000 });
  const [first = '', ...others] = typed.split('\n');
  run('type', '--delay', '30', first);
  for (const line of others) {
    // What xdotool types for a line break is no key that a keyboard has.
    run('key', 'Return');
    if (line !== '') run('type', '--delay', '30', line);
  }
}

/** Switches sharing on in the home window, through what a first-time user is told, and waits until the code is there. */
export async function shareScreen(home: Page): Promise<string> {
  await home.getByRole('switch', { name: text('host.share') }).click();
  const agree = home.getByRole('button', { name: text('first-share.agree') });
  await agree.click();
  await expect.poll(async () => (await stateOf(home)).share.phase, POLL).toBe('on');
  return await readCode(home);
}

/** The code that the host's window shows now. */
export async function readCode(home: Page): Promise<string> {
  const shown = home.locator('.code .unseen');
  await expect(shown).toHaveText(/^(\d ){8}\d$/, { timeout: PICTURE_TIMEOUT_MS });
  return ((await shown.textContent()) ?? '').replaceAll(' ', '');
}

/** Types a code into the open connect dialog and sends it. */
export async function enterCode(home: Page, code: string): Promise<void> {
  const dialog = home.getByRole('dialog');
  await dialog.getByRole('textbox', { name: text('connect.code') }).fill(code);
  await dialog.getByRole('button', { name: text('home.connect') }).click();
}

/** Opens the connect dialog for an address. */
export async function openAddress(home: Page, address: string): Promise<void> {
  await home.getByRole('textbox', { name: text('home.address.label') }).fill(address);
  await home
    .getByRole('button', { name: text('home.connect'), exact: true })
    .first()
    .click();
  await expect(home.getByRole('dialog')).toBeVisible();
}

/** The words of the short authentication string in a window. */
export async function sasIn(page: Page): Promise<string[]> {
  const words = page
    .getByRole('list', { name: text('proof.sas') })
    .first()
    .getByRole('listitem');
  await expect(words.first()).toBeVisible({ timeout: PICTURE_TIMEOUT_MS });
  return await words.allTextContents();
}

/** Answers the question whether somebody may come in. */
export async function answerConsent(host: LaunchedApp, answer: 'control' | 'view' | 'deny'): Promise<void> {
  const consent = await host.window('consent');
  const closed = consent.waitForEvent('close');
  const click = consent.getByRole('button', { name: text(`consent.${answer}`) }).click();
  // The answer closes the window, which may well be before the click has been reported as done.
  await Promise.all([closed, click.catch(() => undefined)]);
}

/** Waits until no key and no button is down on a screen. */
export async function nothingPressed(screen: XScreen): Promise<void> {
  await expect.poll(() => screen.keysDown(), POLL).toEqual([]);
  await expect.poll(async () => (await screen.pointer()).buttons, POLL).toEqual([]);
}
