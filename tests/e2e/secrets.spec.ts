// Secrets that are known here are looked for in all that two apps leave behind: profile folders with logs, settings, stores
// and crash dumps, standard output, and the arguments of every process.
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { visibleArguments } from '../processes/process-tree.ts';
import { expect, type LaunchedApp, test } from './app-fixture.ts';
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
import { filesWith, type Planted, secretsIn, strayFiles } from './planted.ts';
import { text } from './ui-texts.ts';

const PERMANENT = 'planted permanent password 4417 zebra';
const WRONG_PASSWORD = 'planted wrong password 9925 okapi';
const RELAY_TOKEN = 'planted-token-of-a-relay-73529';

/** All that a started app prints from now on. */
function outputOf({ app }: LaunchedApp): () => Buffer {
  const chunks: Buffer[] = [];
  for (const stream of [app.process().stdout, app.process().stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

const IDENTITY = 'secrets/identity.secret';
const TICKETS = 'secrets/resumption-tickets.secret';

/** Both private keys of an app, from where it keeps them: a format byte, another, then pairs of 32 and 32 bytes. */
function privateKeysOf({ userDataDir }: LaunchedApp, whose: string): Planted[] {
  const file = readFileSync(path.join(userDataDir, IDENTITY));
  expect(file).toHaveLength(2 + 4 * 32);
  return [0, 64].map((at) => ({
    name: `a private key of the ${whose}`,
    value: new Uint8Array(file.subarray(2 + at, 2 + at + 32)),
    place: IDENTITY,
  }));
}

/** With which viewers come back to this host. */
function ticketsOf({ userDataDir }: LaunchedApp): Planted[] {
  const stored: unknown = JSON.parse(readFileSync(path.join(userDataDir, TICKETS)).subarray(1).toString());
  if (!Array.isArray(stored)) throw new Error('no tickets');
  return stored.map(({ secret }) => ({
    name: 'the secret of a ticket',
    value: new Uint8Array(Buffer.from(String(secret), 'base64url')),
    place: TICKETS,
  }));
}

test('no secret is in a file that is not its place, in any output or in any arguments', async ({ launch }) => {
  const port = await freePort();
  const nobody = await freePort();
  const host = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const viewer = await launch({ size: HOST_SIZE, args: ['--no-discovery'] });
  const printed = [host, viewer].map(outputOf);
  const home = await host.window('home');
  const theirs = await viewer.window('home');
  await home.evaluate(`tarnet.invoke('password.set', { password: ${JSON.stringify(PERMANENT)} })`);
  // a relay that both are told of, and that is not there
  const relays = [{ url: `ws://127.0.0.1:${nobody}/`, token: RELAY_TOKEN }];
  for (const page of [home, theirs])
    await page.evaluate(`tarnet.invoke('settings.update', { relays: ${JSON.stringify(relays)} })`);
  const code = await shareScreen(home);

  // in by the code, and a wrong one and a wrong password before it
  await openAddress(theirs, `127.0.0.1:${port}`);
  const wrong = code.startsWith('1') ? `2${code.slice(1)}` : `1${code.slice(1)}`;
  await enterCode(theirs, wrong);
  await expect(theirs.getByText(text('errors.wrong-code.title'))).toBeVisible();
  const dialog = theirs.getByRole('dialog');
  await dialog.getByRole('button', { name: text('connect.password') }).click();
  await dialog.getByRole('textbox', { name: text('connect.password') }).fill(WRONG_PASSWORD);
  await dialog.getByRole('button', { name: text('home.connect') }).click();
  await expect(theirs.getByText(text('errors.wrong-password.title'))).toBeVisible();
  await dialog.getByRole('button', { name: text('connect.code') }).click();
  const second = await readCode(home);
  await enterCode(theirs, second);
  await answerConsent(host, 'view');
  const session = await viewer.window('session');

  // and paired
  await session.evaluate('tarnet.invoke("session.pair", { wanted: true })');
  const question = await host.window('consent');
  const click = question.getByRole('button', { name: text('pairing.pair') }).click();
  await Promise.all([question.waitForEvent('close'), click.catch(() => undefined)]);
  await expect.poll(async () => (await stateOf(session)).connections[0]?.pairing).toBe('paired');
  await expect.poll(() => existsSync(path.join(host.userDataDir, TICKETS))).toBe(true);

  const words = { code, wrong, second, PERMANENT, WRONG_PASSWORD };
  const secrets: Planted[] = [
    ...Object.entries(words).map(([name, value]) => ({ name, value })),
    { name: 'the token of a relay', value: RELAY_TOKEN, place: 'settings.json' },
    ...privateKeysOf(host, 'host'),
    ...privateKeysOf(viewer, 'viewer'),
    ...ticketsOf(host),
  ];
  // what is to be found where it belongs is found there
  expect(filesWith(host.userDataDir, secrets).length).toBeGreaterThanOrEqual(4);

  // what crashes leave: every page of the one, and all of the other
  await host.app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
  });
  expect((await stateOf(theirs)).connections[0]?.phase).toBe('active');
  for (const one of [host, viewer])
    expect(secretsIn(Buffer.from(visibleArguments(one.app.process().pid ?? 0)), secrets)).toEqual([]);
  const gone = new Promise((resolve) => viewer.app.process().once('exit', (_, signal) => resolve(signal)));
  void viewer.app.evaluate(() => process.crash()).catch(() => undefined);
  expect(['SIGSEGV', 'SIGILL', 'SIGTRAP', 'SIGABRT']).toContain(await gone);

  const ended = once(host.app.process(), 'exit');
  host.app.process().kill('SIGTERM');
  await ended;

  for (const one of [host, viewer]) expect(strayFiles(one.userDataDir, secrets)).toEqual([]);
  for (const output of printed) expect(secretsIn(output(), secrets)).toEqual([]);

  // the search finds what there is to find
  const [key] = privateKeysOf(viewer, 'viewer');
  const stray = `x${PERMANENT}`;
  writeFileSync(path.join(viewer.userDataDir, 'planted'), Buffer.from(stray).toString('base64'));
  writeFileSync(path.join(viewer.userDataDir, 'dump'), Buffer.concat([Buffer.alloc(5), Buffer.from(key?.value ?? '')]));
  const strays = strayFiles(viewer.userDataDir, secrets);
  expect(new Set(strays)).toEqual(new Set(['dump: a private key of the viewer', 'planted: PERMANENT']));
});
