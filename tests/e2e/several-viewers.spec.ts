// Several viewers at once: all see the same, and one that stands still slows no other.
import { processTree } from '../processes/process-tree.ts';
import { expect, test } from './app-fixture.ts';
import { paintPatch, seePatch, showPatch, startSharingHost, startViewer, type WatchingViewer } from './machines.ts';

const COLOURS = [
  { red: 220, green: 40, blue: 200 },
  { red: 240, green: 150, blue: 10 },
  { red: 30, green: 60, blue: 230 },
  { red: 10, green: 200, blue: 90 },
];
/** Without the stalled one a change takes some tens of milliseconds; one that had to wait for it would never come. */
const ROUNDS = 3;

function signalAll(viewer: WatchingViewer, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const { pid } of processTree(viewer.app.process().pid ?? 0)) process.kill(pid, signal);
}

test('two viewers see the same; while one is stopped the other sees every change', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const window = await showPatch(host.screen);
  const [one, two] = [await startViewer(launch, host), await startViewer(launch, host)];
  await Promise.all([seePatch(one.screen), seePatch(two.screen)]);

  const change = async (viewer: WatchingViewer, colour: (typeof COLOURS)[number]): Promise<number> => {
    const startMs = performance.now();
    await paintPatch(host.screen, window, colour);
    await seePatch(viewer.screen, colour);
    return performance.now() - startMs;
  };
  const before: number[] = [];
  for (const colour of COLOURS) before.push(await change(two, colour));
  await seePatch(one.screen, COLOURS.at(-1));

  signalAll(one, 'SIGSTOP');
  const during: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) for (const colour of COLOURS) during.push(await change(two, colour));
  } finally {
    signalAll(one, 'SIGCONT');
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  expect(median(during)).toBeLessThan(median(before) * 3 + 500);
  await seePatch(one.screen, COLOURS.at(-1));
});
