// Do not disturb, as both users meet it: nobody is asked, the viewer is told why, and the log has it.
import { expect, test } from './app-fixture.ts';
import { enterCode, freePort, HOST_SIZE, openAddress, readCode, shareScreen, stateOf } from './machines.ts';
import { text, within } from './ui-texts.ts';

test('while do not disturb is on a request is turned away unasked, with its reason', async ({ launch }) => {
  const port = await freePort();
  const host = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const viewer = await launch({ size: HOST_SIZE, args: ['--no-discovery'] });
  const home = await host.window('home');
  const code = await shareScreen(home);
  await home.getByRole('button', { name: text('nav.settings') }).click();
  await home.getByRole('switch', { name: text('incoming.disturb') }).click();
  await expect(home.getByText(text('incoming.disturb-note'))).toBeVisible();

  const theirs = await viewer.window('home');
  await openAddress(theirs, `127.0.0.1:${port}`);
  await enterCode(theirs, code);
  await expect(theirs.getByText(text('errors.do-not-disturb.title'))).toBeVisible();
  const { consentRequests, share } = await stateOf(home);
  expect(consentRequests).toEqual([]);
  expect(share.viewers).toEqual([]);
  await home.getByRole('button', { name: text('nav.activity') }).click();
  const entry = home.getByRole('listitem').filter({ hasText: within('errors.do-not-disturb.title') });
  await expect(entry.first()).toBeVisible();

  // one click ends it; the code was used up
  await home.getByRole('button', { name: text('incoming.disturb-off') }).click();
  await expect(home.getByText(text('incoming.disturb-note'))).toBeHidden();
  expect(await readCode(home)).not.toBe(code);
});
