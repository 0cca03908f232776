// The main job as its two users do it: share, find, ask, allow, see, control, end. Two machines on two displays.
import { openTerminal } from '../displays/terminal.ts';
import { type WindowInput, XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import {
  answerConsent,
  enterCode,
  freePort,
  HOST_SIZE,
  nothingPressed,
  ON_LOOPBACK,
  PATCH_PLACE,
  readCode,
  sasIn,
  seePatch,
  shareScreen,
  showPatch,
  stateOf,
  typeOn,
} from './machines.ts';
import { text } from './ui-texts.ts';

const SHIFT = 0xffe1;
const LETTER_A = 0x61;
const FOUND_WITHIN_MS = 2_000;

test('one shares, the other finds it, gets in, sees and controls, and nothing stays pressed', async ({ launch }) => {
  const port = await freePort();
  const a = await launch({ size: HOST_SIZE, env: ON_LOOPBACK, args: [`--relay-port=${port}`] });
  const b = await launch({ size: HOST_SIZE, env: ON_LOOPBACK, args: [`--relay-port=${await freePort()}`] });
  const homeA = await a.window('home');
  const homeB = await b.window('home');
  const screenA = await XScreen.connect(a.display);
  const screenB = await XScreen.connect(b.display);
  await expect(homeB.getByRole('heading', { name: text('home.title') })).toBeVisible();

  // A shares, B sees it in its list
  await shareScreen(homeA);
  const sharedAtMs = performance.now();
  const row = homeB
    .getByRole('list', { name: text('home.title') })
    .getByRole('button')
    .filter({ hasText: `:${port}` });
  await expect(row.first()).toBeVisible();
  expect(performance.now() - sharedAtMs).toBeLessThan(FOUND_WITHIN_MS);
  const code = await readCode(homeA);

  // B clicks it and types the code; both compare the same words; A allows
  await row.first().click();
  await enterCode(homeB, code);
  const consent = await a.window('consent');
  const wordsA = await sasIn(consent);
  expect(await sasIn(homeB)).toEqual(wordsA);
  expect(wordsA.length).toBeGreaterThanOrEqual(3);
  await answerConsent(a, 'control');

  // B sees A's screen
  const session = await b.window('session');
  const inputs: WindowInput[] = [];
  screenA.onInput((input) => inputs.push(input));
  await showPatch(screenA);
  const map = await seePatch(screenB);
  expect(await readCode(homeA)).not.toBe(code);

  // the mouse
  const middle = { x: PATCH_PLACE.x + PATCH_PLACE.width / 2, y: PATCH_PLACE.y + PATCH_PLACE.height / 2 };
  const there = map.toViewer(middle.x, middle.y);
  screenB.movePointer(there.x, there.y);
  await expect
    .poll(async () => Math.abs((await screenA.pointer()).x - middle.x))
    .toBeLessThanOrEqual(1 / map.scale + 1);
  await expect
    .poll(async () => Math.abs((await screenA.pointer()).y - middle.y))
    .toBeLessThanOrEqual(1 / map.scale + 1);
  for (const button of [1, 3, 4, 5]) {
    screenB.button(button, true);
    screenB.button(button, false);
    await expect.poll(() => inputs.some(({ detail, pressed }) => detail === button && !pressed)).toBe(true);
  }

  // the keyboard, in a terminal
  const terminal = await openTerminal(a.display, 120, 420);
  try {
    screenA.focusFollowsPointer();
    const inTerminal = map.toViewer(240, 500);
    screenB.movePointer(inTerminal.x, inTerminal.y);
    await expect.poll(async () => (await screenA.pointer()).y).toBeLessThan(510);
    screenB.button(1, true);
    screenB.button(1, false);
    typeOn(b.display, 'echo "Hello, World!" > {1+2} #$%\n');
    await expect.poll(() => terminal.typed(), { timeout: 15_000 }).toBe('echo "Hello, World!" > {1+2} #$%\n');
  } finally {
    terminal.stop();
  }

  // A ends it while B holds keys and a button down
  screenB.movePointer(there.x, there.y);
  screenB.key(SHIFT, true);
  screenB.key(LETTER_A, true);
  screenB.button(1, true);
  await expect.poll(async () => (await screenA.keysDown()).length).toBe(2);
  await expect.poll(async () => (await screenA.pointer()).buttons).toEqual([1]);
  const [viewer] = (await stateOf(homeA)).share.viewers;
  await homeA
    .getByRole('button', { name: text('host.viewers.disconnect', { name: viewer?.name || (viewer?.address ?? '') }) })
    .click();
  await nothingPressed(screenA);
  await expect.poll(async () => (await stateOf(session)).connections[0]?.phase).toBe('ended');
  for (const key of [SHIFT, LETTER_A]) screenB.key(key, false);
  screenB.button(1, false);
  await session.close();

  // once more with the next code; this time B ends it
  await row.first().click();
  await enterCode(homeB, await readCode(homeA));
  await answerConsent(a, 'control');
  const again = await b.window('session');
  // A's window has come to the front when its user pressed a button in it.
  await showPatch(screenA);
  await seePatch(screenB);
  await again.close();
  await expect.poll(async () => (await stateOf(homeA)).share.viewers).toEqual([]);
  await nothingPressed(screenA);
});
