// A viewer who controls the screen cannot answer the question whether somebody else may come in.
import { XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import {
  answerConsent,
  freePort,
  HOST_SIZE,
  nothingPressed,
  type SharingHost,
  secretFile,
  seePatch,
  showPatch,
  startViewer,
  untilOpen,
} from './machines.ts';

const LETTER_A = 0x61;

test('while the question is on the screen viewers’ input waits, and what they held is let go', async ({ launch }) => {
  const port = await freePort();
  const { file, secret } = secretFile();
  const args = ['--share', `--secret-file=${file}`, `--relay-port=${port}`, '--no-discovery', '--hidden'];
  const app = await launch({ size: HOST_SIZE, args });
  const screen = await XScreen.connect(app.display);
  screen.focusFollowsPointer();
  await untilOpen(port);
  const host: SharingHost = { ...app, port, screen, secret, secretFile: file, args };

  const viewer = startViewer(launch, host);
  await answerConsent(app, 'control');
  const { screen: theirs } = await viewer;
  await showPatch(screen);
  const map = await seePatch(theirs);
  const pointTo = (x: number, y: number) => {
    const point = map.toViewer(x, y);
    theirs.movePointer(point.x, point.y);
  };
  pointTo(300, 300);
  await expect.poll(async () => (await screen.pointer()).x).toBe(300);
  await theirs.focus();
  theirs.key(LETTER_A, true);
  await expect.poll(async () => (await screen.keysDown()).length).toBe(1);

  const second = startViewer(launch, host);
  await app.window('consent');
  await nothingPressed(screen);
  theirs.key(LETTER_A, false);
  pointTo(600, 600);
  // The picture goes round once more: input that was on its way has arrived by then.
  await showPatch(screen, { red: 220, green: 40, blue: 200 });
  await seePatch(theirs, { red: 220, green: 40, blue: 200 });
  expect((await screen.pointer()).x).toBe(300);

  await answerConsent(app, 'view');
  await second;
  pointTo(610, 610);
  await expect.poll(async () => (await screen.pointer()).x).toBe(610);
});
