// Moving to another computer: identity and settings go into a file under a password, and another installation becomes the
// one that wrote it. Secrets that were typed on the way are nowhere in what the app leaves behind.
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, type LaunchedApp, test } from './app-fixture.ts';
import { HOST_SIZE, stateOf } from './machines.ts';
import { filesWith } from './planted.ts';
import { text } from './ui-texts.ts';

const PASSWORD = 'planted-backup-password-58213';
const WRONG = 'planted-wrong-password-90417';

async function openSettings({ app }: LaunchedApp, home: Page, file: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
  }, file);
  await home.getByRole('button', { name: text('nav.settings') }).click();
}

test('an installation becomes the one that was exported, after a restart', async ({ launch }) => {
  const one = await launch({ size: HOST_SIZE, args: ['--no-discovery'] });
  const home = await one.window('home');
  const file = path.join(one.userDataDir, 'desk.tarnet');
  await openSettings(one, home, file);
  await home.getByRole('switch', { name: text('settings.tray') }).click();
  const friend = (await stateOf(await (await launch({ args: ['--no-discovery'] })).window('home'))).info.identityText;
  const pairing = { name: 'tablet', identityText: friend };
  await home.evaluate(`tarnet.invoke('devices.add', ${JSON.stringify(pairing)})`);
  await home.evaluate(`tarnet.invoke('hosts.save', { address: 'den.local', name: 'Den' })`);
  await expect.poll(async () => (await stateOf(home)).hosts.map(({ name }) => name)).toContain('Den');
  await home.getByRole('button', { name: text('backup.export-do') }).click();
  await home.getByLabel(text('backup.password')).fill(PASSWORD);
  await home.getByLabel(text('password.again')).fill(PASSWORD);
  await home.getByRole('button', { name: text('backup.choose-save') }).click();
  await expect(home.getByText(text('backup.exported'))).toBeVisible();
  const { share, settings, devices } = await stateOf(home);

  const other = await launch({ size: HOST_SIZE, args: ['--no-discovery'] });
  const theirs = await other.window('home');
  expect((await stateOf(theirs)).share.hostId).not.toBe(share.hostId);
  await openSettings(other, theirs, file);
  await theirs.getByRole('button', { name: text('backup.import-do') }).click();
  const password = theirs.getByLabel(text('backup.password-of'));
  await password.fill(WRONG);
  await theirs.getByRole('button', { name: text('backup.choose-open') }).click();
  await expect(theirs.getByText(text('errors.wrong-file-password.title')).first()).toBeVisible();
  await password.fill(PASSWORD);
  await theirs.getByRole('button', { name: text('backup.choose-open') }).click();
  await expect(theirs.getByRole('dialog', { name: text('backup.replace-title') })).toContainText(
    share.hostId.replace(/(\d{3})(?=\d)/g, '$1 '),
  );
  // the test starts the app again itself
  await other.app.evaluate(({ app }) => {
    app.relaunch = () => undefined;
  });
  const closed = other.app.waitForEvent('close');
  const pressed = theirs.getByRole('button', { name: text('backup.replace-do') }).click();
  // the app may be gone before the click has its answer
  await Promise.all([closed, pressed.catch(() => undefined)]);

  const again = await launch({ size: HOST_SIZE, args: ['--no-discovery'], userDataDir: other.userDataDir });
  const moved = await stateOf(await again.window('home'));
  expect(moved.share.hostId).toBe(share.hostId);
  expect(moved.settings).toEqual(settings);
  expect(moved.devices).toEqual(devices);
  expect(moved.devices).toMatchObject([{ name: 'tablet' }]);
  expect(moved.hosts.map(({ name }) => name)).toContain('Den');
  for (const { userDataDir } of [one, other]) expect(filesWith(userDataDir, [PASSWORD, WRONG])).toEqual([]);
});
