// The permanent password: set in the settings, it lets in without anybody at the host; a wrong one does not.
import type { Page } from '@playwright/test';
import { XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import { freePort, HOST_SIZE, openAddress, seePatch, shareScreen, showPatch, stateOf } from './machines.ts';
import { text, within } from './ui-texts.ts';

const PASSWORD = 'violet anvil 77 quorum';

async function setPassword(home: Page): Promise<void> {
  await home.getByRole('button', { name: text('nav.settings') }).click();
  await home.getByRole('button', { name: text('unattended.set') }).click();
  const dialog = home.getByRole('dialog');
  await dialog.getByRole('textbox', { name: text('password.new') }).fill(PASSWORD);
  await dialog.getByRole('textbox', { name: text('password.again') }).fill(PASSWORD);
  await dialog.getByRole('button', { name: text('password.set') }).click();
  await expect.poll(async () => (await stateOf(home)).password.isSet).toBe(true);
  await expect(home.getByRole('switch', { name: text('unattended.on') })).toBeChecked();
  await home.getByRole('switch', { name: text('unattended.ask') }).click();
}

async function enterPassword(home: Page, password: string): Promise<void> {
  const dialog = home.getByRole('dialog');
  const kind = dialog.getByRole('button', { name: text('connect.password') });
  if ((await kind.getAttribute('aria-pressed')) !== 'true') await kind.click();
  await dialog.getByRole('textbox', { name: text('connect.password') }).fill(password);
  await dialog.getByRole('button', { name: text('home.connect') }).click();
}

test('a password set at the host lets in with nobody there; a wrong one does not', async ({ launch }) => {
  const port = await freePort();
  const a = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const b = await launch({ size: HOST_SIZE, args: [`--relay-port=${await freePort()}`, '--no-discovery'] });
  const homeA = await a.window('home');
  const homeB = await b.window('home');
  const screenA = await XScreen.connect(a.display);
  const screenB = await XScreen.connect(b.display);
  await setPassword(homeA);
  await homeA.getByRole('button', { name: text('nav.computers') }).click();
  await shareScreen(homeA);

  await openAddress(homeB, `127.0.0.1:${port}`);
  await enterPassword(homeB, 'not the password');
  await expect(homeB.getByRole('dialog').getByRole('alert')).toContainText(within('errors.wrong-password.title'));
  await expect.poll(async () => (await stateOf(homeA)).password.wrongGuesses).toBe(1);

  await enterPassword(homeB, PASSWORD);
  await showPatch(screenA);
  await seePatch(screenB);
  const [viewer] = (await stateOf(homeA)).share.viewers;
  expect(viewer).toMatchObject({ how: 'password', permissions: ['view', 'control'] });
  expect((await stateOf(homeA)).consentRequests).toEqual([]);
});
