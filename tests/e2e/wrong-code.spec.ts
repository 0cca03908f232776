// Wrong codes: how many tries are left is said, the fifth makes a new code, and a refusal is said in words.
import { expect, test } from './app-fixture.ts';
import {
  answerConsent,
  enterCode,
  freePort,
  HOST_SIZE,
  openAddress,
  readCode,
  shareScreen,
  stateOf,
} from './machines.ts';
import { within } from './ui-texts.ts';

const TRIES = 5;

test('five wrong codes renew the code; the new one leads to the question, whose answer may be no', async ({
  launch,
}) => {
  const port = await freePort();
  const a = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const b = await launch({ size: HOST_SIZE, args: ['--no-discovery'] });
  const homeA = await a.window('home');
  const homeB = await b.window('home');
  const code = await shareScreen(homeA);
  const wrong = code === '123456789' ? '987654321' : '123456789';

  await openAddress(homeB, `127.0.0.1:${port}`);
  const dialog = homeB.getByRole('dialog');
  for (let left = TRIES - 1; left >= 0; left--) {
    await enterCode(homeB, wrong);
    await expect.poll(async () => (await stateOf(homeB)).connections[0]?.triesLeft, { timeout: 15_000 }).toBe(left);
    if (left > 0) await expect(dialog.getByRole('alert')).toContainText(within('connect.tries', { count: left }));
  }
  await expect.poll(() => readCode(homeA), { timeout: 15_000 }).not.toBe(code);

  await enterCode(homeB, await readCode(homeA));
  await answerConsent(a, 'deny');
  await expect.poll(async () => (await stateOf(homeB)).connections[0]?.error?.reason).toBe('denied');
  await expect(dialog.getByRole('alert')).toContainText(within('errors.denied.title'));
  expect((await stateOf(homeA)).share.viewers).toEqual([]);
});
