// The second factor in two real apps: set up at the host with an authenticator app, asked for on the way in, recovered from
// without the app, and left alone while somebody watches. What is shown once is in no file afterwards.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { XScreen } from '../displays/x-screen.ts';
import { shownAt } from '../fakes/authenticator.ts';
import { expect, type LaunchedApp, test } from './app-fixture.ts';
import { freePort, HOST_SIZE, openAddress, secretFile, seePatch, shareScreen, showPatch, stateOf } from './machines.ts';
import { filesWith } from './planted.ts';
import { text, within } from './ui-texts.ts';

const PASSWORD = 'violet anvil 77 quorum';
const STEP_MS = 30_000;

/** Goes through the set-up as its user does; the app on the telephone gets the secret by hand. */
async function setUpFactor(home: Page): Promise<{ uri: string; codes: string[] }> {
  await home.getByRole('button', { name: text('factor.set-up') }).click();
  const dialog = home.getByRole('dialog', { name: text('factor.title') });
  await expect(dialog.getByRole('img', { name: text('factor.qr') })).toBeVisible();
  const secret = ((await dialog.locator('code').textContent()) ?? '').replaceAll(' ', '');
  const uri = `otpauth://totp/TARNet:desk?secret=${secret}`;
  const field = dialog.getByRole('textbox', { name: text('factor.confirm') });
  const right = shownAt(uri, Date.now());
  await field.fill(right === '000000' ? '000001' : '000000');
  await field.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText(text('factor.confirm-wrong'));
  expect((await stateOf(home)).password.secondFactor).toBe(false);
  await field.fill(shownAt(uri, Date.now()));
  await field.press('Enter');
  const shown = home.getByRole('dialog', { name: text('factor.codes-title') });
  await expect(shown.getByRole('listitem')).toHaveCount(10);
  return { uri, codes: await shown.getByRole('listitem').allTextContents() };
}

async function saveCodes({ app }: LaunchedApp, home: Page, file: string): Promise<string[]> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
  const shown = home.getByRole('dialog', { name: text('factor.codes-title') });
  await shown.getByRole('button', { name: text('factor.codes-save') }).click();
  await expect(home.getByText(text('factor.saved')).first()).toBeVisible();
  await shown.getByRole('button', { name: text('factor.codes-done') }).click();
  return readFileSync(file, 'utf8').trim().split('\n');
}

async function enterPassword(home: Page): Promise<void> {
  const dialog = home.getByRole('dialog');
  const kind = dialog.getByRole('button', { name: text('connect.password') });
  if ((await kind.getAttribute('aria-pressed')) !== 'true') await kind.click();
  await dialog.getByRole('textbox', { name: text('connect.password') }).fill(PASSWORD);
  await dialog.getByRole('button', { name: text('home.connect') }).click();
  await expect(dialog.getByText(text('connect.factor.about'))).toBeVisible();
}

async function enterFactor(home: Page, code: string): Promise<void> {
  const dialog = home.getByRole('dialog');
  await dialog.getByRole('textbox', { name: text('connect.factor.code') }).fill(code);
  await dialog.getByRole('button', { name: text('connect.factor.go') }).click();
}

test('a code of the app, or a recovery code once, gets in behind the password', async ({ launch }, testInfo) => {
  const port = await freePort();
  const a = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const b = await launch({ size: HOST_SIZE, args: [`--relay-port=${await freePort()}`, '--no-discovery'] });
  const homeA = await a.window('home');
  const homeB = await b.window('home');
  await homeA.evaluate(`tarnet.invoke('password.set', { password: ${JSON.stringify(PASSWORD)} })`);
  await homeA.evaluate(`tarnet.invoke('settings.update', { unattendedAccess: true, passwordAsksUser: false })`);
  await homeA.getByRole('button', { name: text('nav.settings') }).click();
  const { uri, codes } = await setUpFactor(homeA);
  expect(await saveCodes(a, homeA, testInfo.outputPath('codes.txt'))).toEqual(codes);
  const [recovery = ''] = codes;
  await homeA.getByRole('button', { name: text('nav.computers') }).click();
  await shareScreen(homeA);

  await openAddress(homeB, `127.0.0.1:${port}`);
  await enterPassword(homeB);
  // the code that has confirmed it was used by that, and what is older is none any more
  await enterFactor(homeB, shownAt(uri, Date.now() - STEP_MS));
  await expect(homeB.getByRole('dialog').getByRole('alert')).toContainText(within('errors.wrong-second-factor.title'));
  await expect.poll(async () => (await stateOf(homeA)).password.wrongGuesses).toBe(1);
  expect((await stateOf(homeA)).share.viewers).toEqual([]);

  // the next one, for the app's clock may be ahead by one
  await enterFactor(homeB, shownAt(uri, Date.now() + STEP_MS));
  const screenA = await XScreen.connect(a.display);
  const screenB = await XScreen.connect(b.display);
  await showPatch(screenA);
  await seePatch(screenB);
  expect((await stateOf(homeA)).share.viewers).toMatchObject([{ how: 'password' }]);

  // what is secret is not shown to whoever watches, nor can they switch it off
  for (const channel of ['propose', 'renew-codes', 'switch-off'])
    expect(await homeA.evaluate(`tarnet.invoke('second-factor.${channel}')`)).toMatchObject({
      ok: false,
      error: { reason: 'being-watched' },
    });

  const session = await b.window('session');
  await session.close();
  await expect.poll(async () => (await stateOf(homeA)).share.viewers).toEqual([]);
  await openAddress(homeB, `127.0.0.1:${port}`);
  await enterPassword(homeB);
  await enterFactor(homeB, recovery.toLowerCase());
  await (await b.window('session')).close();
  await expect.poll(async () => (await stateOf(homeA)).password.recoveryCodesLeft).toBe(9);
  await expect.poll(async () => (await stateOf(homeA)).share.viewers).toEqual([]);
  await openAddress(homeB, `127.0.0.1:${port}`);
  await enterPassword(homeB);
  await enterFactor(homeB, recovery);
  await expect(homeB.getByRole('dialog').getByRole('alert')).toContainText(within('errors.wrong-second-factor.title'));

  // from the command line there is no dialog: the window of the session opens early, and asks
  const { file } = secretFile(PASSWORD);
  const c = await launch({ args: [`--connect=127.0.0.1:${port}`, `--secret-file=${file}`, '--no-discovery'] });
  const asking = await c.window('session');
  await asking.getByRole('textbox', { name: text('connect.factor.code') }).fill(codes[1] ?? '');
  await asking.getByRole('button', { name: text('connect.factor.go') }).click();
  await expect.poll(async () => (await stateOf(asking)).connections[0]?.phase).toBe('active');
  await expect.poll(async () => (await stateOf(homeA)).password.recoveryCodesLeft).toBe(8);

  for (const { userDataDir } of [a, b, c]) expect(filesWith(userDataDir, codes)).toEqual([]);
});
