// Paired devices: proposed by the viewer, agreed to at the host, in without a code from then on, out when revoked.
import { expect, test } from './app-fixture.ts';
import { answerConsent, enterCode, freePort, HOST_SIZE, openAddress, shareScreen, stateOf } from './machines.ts';
import { text } from './ui-texts.ts';

test('paired in a session, a computer needs no code any more, until it is revoked', async ({ launch }) => {
  const port = await freePort();
  const a = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const b = await launch({ size: HOST_SIZE, args: [`--relay-port=${await freePort()}`, '--no-discovery'] });
  const homeA = await a.window('home');
  const homeB = await b.window('home');
  const code = await shareScreen(homeA);
  await openAddress(homeB, `127.0.0.1:${port}`);
  await enterCode(homeB, code);
  await answerConsent(a, 'control');

  // B asks, A agrees in the same window in which it lets people in
  const session = await b.window('session');
  await session.evaluate('tarnet.invoke("session.pair", { wanted: true })');
  const question = await a.window('consent');
  await expect(question.getByRole('heading', { name: text('pairing.question') })).toBeVisible();
  const closed = question.waitForEvent('close');
  const click = question.getByRole('button', { name: text('pairing.pair') }).click();
  await Promise.all([closed, click.catch(() => undefined)]);
  await expect.poll(async () => (await stateOf(session)).connections[0]?.pairing).toBe('paired');
  const [device] = (await stateOf(homeA)).devices;
  expect(device?.fingerprint).toEqual((await stateOf(homeB)).info.fingerprint);
  await session.close();
  await expect.poll(async () => (await stateOf(homeA)).share.viewers).toEqual([]);

  // its user does not want to be asked about this device any more
  await homeA.getByRole('button', { name: text('nav.settings') }).click();
  await homeA.getByRole('switch', { name: text('devices.asks') }).click();
  await expect.poll(async () => (await stateOf(homeA)).devices[0]?.asksUser).toBe(false);

  // nor shall it control anything; a click in the list is enough
  await homeA.getByRole('button', { name: text('devices.may-of') }).click();
  await homeA.getByRole('menuitemcheckbox', { name: text('may.control') }).click();
  await expect.poll(async () => (await stateOf(homeA)).devices[0]?.permissions).toEqual(['view']);
  await homeA.keyboard.press('Escape');

  // B comes again with one click
  const row = homeB
    .getByRole('list', { name: text('home.title') })
    .getByRole('button', { name: new RegExp(`:${port}`) });
  await expect(row.first()).toContainText(text('home.paired').source.includes('Paired') ? 'Paired' : '');
  await row.first().click();
  const again = await b.window('session');
  await expect.poll(async () => (await stateOf(again)).connections.at(-1)?.phase).toBe('active');
  expect((await stateOf(homeA)).share.viewers).toMatchObject([{ how: 'paired', permissions: ['view'] }]);
  expect((await stateOf(again)).connections.at(-1)?.permissions).toEqual(['view']);

  // revoked: out at once, and the click leads to the question for the code
  await homeA.getByRole('button', { name: text('devices.revoke') }).click();
  await expect.poll(async () => (await stateOf(again)).connections.at(-1)?.phase).toBe('ended');
  await again.close();
  await row.first().click();
  await expect(homeB.getByRole('dialog').getByRole('alert')).toContainText('not paired');
  await expect(homeB.getByRole('textbox', { name: text('connect.code') })).toBeVisible();
});
