// What a viewer may do, changed while it watches: from the sign on top of all windows and from its card, seen on both sides.
import { expect, test } from './app-fixture.ts';
import { startSharingHost, startViewer, stateOf } from './machines.ts';
import { text, within } from './ui-texts.ts';

test('the host changes what a viewer may do, and both sides see it at once', async ({ launch }) => {
  const host = await startSharingHost(launch, 'view', { hidden: false });
  const home = await host.window('home');
  await expect.poll(async () => (await stateOf(home)).share.phase).toBe('on');
  const viewer = await startViewer(launch, host, { fullscreen: false });
  const session = await viewer.window('session');
  const [{ name } = { name: '' }] = (await stateOf(home)).share.viewers;
  const mayThere = async () => (await stateOf(session)).connections[0]?.permissions;
  expect(await mayThere()).toEqual(['view']);

  // control, from the sign
  const sign = await host.window('sign');
  await sign.getByRole('button', { name: text('sign.may-control', { name }) }).click();
  await expect.poll(mayThere).toEqual(['view', 'control']);
  await expect(session.getByText(text('viewer.permissions.given'))).toBeVisible();
  await expect(sign.getByRole('button', { name: text('sign.may-control', { name }), pressed: true })).toBeVisible();

  // the clipboard, from the card; the menu stays open for more
  await home.getByRole('button', { name: text('host.viewers.permissions', { name }) }).click();
  await home.getByRole('menuitemcheckbox', { name: text('may.clipboard-to-host') }).click();
  await expect.poll(mayThere).toEqual(['view', 'control', 'clipboard-to-host']);

  // and the picture itself
  await home.getByRole('menuitemcheckbox', { name: text('may.view') }).click();
  await expect.poll(mayThere).toEqual(['control', 'clipboard-to-host']);

  // shown there
  const tab = session.getByRole('button', { name: within('viewer.show-toolbar') });
  await expect(async () => {
    await tab.click({ timeout: 1_000 });
    await session.getByRole('button', { name: text('viewer.permissions.title') }).click({ timeout: 1_000 });
  }).toPass();
  const list = session.getByRole('list', { name: text('viewer.permissions.title') });
  await expect(list.locator('[data-allowed="true"]')).toHaveCount(2);
  await expect(list.locator('[data-allowed="true"]').first()).toContainText(within('viewer.may.control'));
});
