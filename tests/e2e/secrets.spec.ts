// Secrets that are known here are looked for in all that two apps leave behind: profile folders with logs, settings, stores
// and crash dumps, standard output, and the arguments of every process.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { visibleArguments } from '../processes/process-tree.ts';
import { expect, type LaunchedApp, test } from './app-fixture.ts';
import { answerConsent, enterCode, freePort, HOST_SIZE, openAddress, shareScreen, stateOf } from './machines.ts';
import { filesWith, secretsIn } from './planted.ts';
import { text } from './ui-texts.ts';

const PERMANENT = 'planted permanent password 4417 zebra';

/** All that a started app prints from now on. */
function outputOf({ app }: LaunchedApp): () => Buffer {
  const chunks: Buffer[] = [];
  for (const stream of [app.process().stdout, app.process().stderr])
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

test('codes and passwords are in no file, no output and no arguments', async ({ launch }) => {
  const port = await freePort();
  const host = await launch({ size: HOST_SIZE, args: [`--relay-port=${port}`, '--no-discovery'] });
  const viewer = await launch({ size: HOST_SIZE, args: ['--no-discovery'] });
  const printed = [host, viewer].map(outputOf);
  const home = await host.window('home');
  await home.evaluate(`tarnet.invoke('password.set', { password: ${JSON.stringify(PERMANENT)} })`);
  const code = await shareScreen(home);

  // in by the code, and a wrong one before it
  const theirs = await viewer.window('home');
  await openAddress(theirs, `127.0.0.1:${port}`);
  const wrong = code.startsWith('1') ? `2${code.slice(1)}` : `1${code.slice(1)}`;
  await enterCode(theirs, wrong);
  await expect(theirs.getByText(text('errors.wrong-code.title'))).toBeVisible();
  await enterCode(theirs, code);
  await answerConsent(host, 'view');
  await viewer.window('session');

  // what a crash would leave, and what the app says of an argument that is a secret
  await host.app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
  });
  const newest = (await stateOf(theirs)).connections[0];
  expect(newest?.phase).toBe('active');

  const secrets = [code, wrong, PERMANENT];
  for (const one of [host, viewer]) {
    expect(filesWith(one.userDataDir, secrets)).toEqual([]);
    expect(secretsIn(Buffer.from(visibleArguments(one.app.process().pid ?? 0)), secrets)).toEqual([]);
  }
  for (const output of printed) expect(secretsIn(output(), secrets)).toEqual([]);

  // the search finds what there is to find
  writeFileSync(path.join(viewer.userDataDir, 'planted'), Buffer.from(`x${PERMANENT}`).toString('base64'));
  expect(filesWith(viewer.userDataDir, secrets)).toEqual([`planted: ${PERMANENT}`]);
});
