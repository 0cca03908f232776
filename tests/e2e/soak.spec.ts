// Long life, in short: captures that start and stop, key frames, motion, displays that are resized, over and over; nothing
// may pile up. `npm run soak` does it many times as long and prints what it saw.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { resizeScreen } from '../displays/screen-size.ts';
import { findColour } from '../displays/seen-colour.ts';
import { expect, type LaunchedApp, test } from './app-fixture.ts';
import { HOST_SIZE, startSharingHost, startViewer } from './machines.ts';

const ROUNDS = Number(process.env.TARNET_SOAK_ROUNDS ?? 12);
/** Until here caches fill and pools grow. */
const WARM_ROUNDS = Math.min(20, Math.ceil(ROUNDS / 2));
const ROUND_TIMEOUT_MS = 20_000;
const GROWTH = { handles: 24, memoryShare: 0.2, memoryMb: 80 } as const;
const COLOURS = [
  { red: 30, green: 60, blue: 230 },
  { red: 230, green: 140, blue: 20 },
] as const;
const PLACE = { x: 100, y: 60, width: 240, height: 160 };
const MOTION_STEPS = 12;
const KEY_FRAMES = 3;

interface Figures {
  processes: number;
  handles: number;
  memoryMb: number;
}

/** Makes the host believe that it was asleep: each time viewers get a key frame. */
async function wake({ app }: LaunchedApp): Promise<void> {
  const emitted = app.evaluate(({ powerMonitor }, times) => {
    for (let time = 0; time < times; time++) powerMonitor.emit('resume');
  }, KEY_FRAMES);
  // Playwright now and then loses the answer; what was asked for has happened by then.
  await emitted.catch((error: Error) => {
    if (!error.message.includes('garbage collected')) throw error;
  });
}

/** Each utility process of an Electron before 37 leaves some handles of /dev/null behind (electron/electron#47515). */
function isLeftByElectron(handle: string): boolean {
  try {
    return readlinkSync(handle) === '/dev/null';
  } catch {
    return false; // closed meanwhile
  }
}

/** All processes of an app together. */
async function figuresOf({ app }: LaunchedApp): Promise<Figures> {
  const metrics = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().map(({ pid, memory }) => ({ pid, memoryKb: memory.workingSetSize })),
  );
  const handles = metrics.map(({ pid }) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).filter((fd) => !isLeftByElectron(`/proc/${pid}/fd/${fd}`)).length;
    } catch {
      return 0; // it has just ended
    }
  });
  return {
    processes: metrics.length,
    handles: handles.reduce((sum, count) => sum + count, 0),
    memoryMb: Math.round(metrics.reduce((sum, { memoryKb }) => sum + memoryKb, 0) / 1024),
  };
}

for (const [way, options] of [
  ['by the page', { env: { TARNET_CAPTURE: 'page' } }],
  ['by damage', {}],
] as const)
  test(`hours of use ${way}, accelerated, leave nothing behind`, async ({ launch }) => {
    test.setTimeout(60_000 + ROUNDS * ROUND_TIMEOUT_MS);
    const host = await startSharingHost(launch, 'control', options);
    const viewer = await startViewer(launch, host);
    const window = host.screen.openWindow(PLACE, { colour: COLOURS[0] });
    const warm: { host?: Figures; viewer?: Figures } = {};
    for (let round = 1; round <= ROUNDS; round++) {
      const size = round % 2 === 1 ? { widthPx: 1024, heightPx: 768 } : HOST_SIZE;
      await resizeScreen(host.display, size);
      await wake(host);
      for (let step = 0; step < MOTION_STEPS; step++) {
        const from = (step * 8) % 80;
        host.screen.fill(window, [{ x: 0, y: from, width: PLACE.width, height: 80 }], COLOURS[step % 2] ?? COLOURS[0]);
        await host.screen.settle();
      }
      const colour = COLOURS[round % 2] ?? COLOURS[0];
      host.screen.fill(window, [{ x: 0, y: 0, width: PLACE.width, height: PLACE.height }], colour);
      host.screen.raiseWindow(window);
      await host.screen.settle();
      const [left, top] = [(HOST_SIZE.widthPx - size.widthPx) / 2, (HOST_SIZE.heightPx - size.heightPx) / 2];
      await expect
        .poll(() => findColour(viewer.screen, colour), { timeout: ROUND_TIMEOUT_MS, intervals: [50] })
        .toEqual({ ...PLACE, x: PLACE.x + left, y: PLACE.y + top });
      if (round === WARM_ROUNDS) {
        warm.host = await figuresOf(host);
        warm.viewer = await figuresOf(viewer);
      }
    }
    for (const [name, machine] of Object.entries({ host, viewer })) {
      const before = warm[name as 'host' | 'viewer'] ?? { processes: 0, handles: 0, memoryMb: 0 };
      await expect.poll(async () => (await figuresOf(machine)).processes).toBeLessThanOrEqual(before.processes);
      const after = await figuresOf(machine);
      if (process.env.TARNET_SOAK_ROUNDS) console.log(JSON.stringify({ way, name, rounds: ROUNDS, before, after }));
      expect(after.handles - before.handles).toBeLessThanOrEqual(GROWTH.handles);
      const allowedMb = before.memoryMb * (1 + GROWTH.memoryShare) + GROWTH.memoryMb;
      expect(after.memoryMb).toBeLessThan(allowedMb);
    }
    // Chromium complains when a frame of the capture was left to the garbage collector
    const logs = path.join(host.userDataDir, 'logs');
    const log = readdirSync(logs).map((name) => readFileSync(path.join(logs, name), 'utf8'));
    expect(log.join('\n')).not.toMatch(/garbage collected without being closed/);
  });
