// Owns measuring the exact pictures of an X display: latency, bytes and CPU per scene, as a table.
import { X11Capture } from '../electron/capture/x11/x11-capture.ts';
import { nodeClock as clock } from '../electron/node-clock.ts';
import { silentLog } from '../shared/base/log.ts';
import { XScreen } from '../tests/displays/x-screen.ts';
import { startXServer } from '../tests/displays/x-server.ts';
import { describeMachine } from './machine.ts';
import { makePictures, SCREEN, Stage } from './stage.ts';

const SCENE_MS = 5_000;
const CHANGES = 60;

/** What has been sent since the last look. */
class Sink {
  frames = 0;
  bytes = 0;
  agesMs: number[] = [];
  onFrame: (() => void) | null = null;

  reset(): void {
    this.frames = 0;
    this.bytes = 0;
    this.agesMs = [];
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const p50and95 = (values: readonly number[]) =>
  `${quantile(values, 0.5).toFixed(1)} / ${quantile(values, 0.95).toFixed(1)}`;

/** From the request to draw to the coded update, milliseconds. */
async function measureChanges(sink: Sink, draw: (step: number) => void): Promise<number[]> {
  const latencies: number[] = [];
  for (let step = 0; step < CHANGES; step++) {
    await pause(60 + ((step * 37) % 41));
    const framed = new Promise<void>((resolve) => {
      sink.onFrame = resolve;
    });
    const startMs = performance.now();
    draw(step);
    await framed;
    latencies.push(performance.now() - startMs);
  }
  sink.onFrame = null;
  return latencies;
}

/** Runs a scene: what it sent each second, and the share of a core that it took (the scene's painting included). */
async function measureScene(sink: Sink, stepMs: number, draw: (() => void) | null): Promise<string> {
  await pause(500);
  sink.reset();
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  for (let step = 1; performance.now() - startMs < SCENE_MS; step++) {
    draw?.();
    await pause(Math.max(0, startMs + step * stepMs - performance.now()));
  }
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return [
    (sink.frames / seconds).toFixed(1),
    sink.agesMs.length > 0 ? p50and95(sink.agesMs) : '-',
    (sink.bytes / 1000 / seconds).toFixed(1),
    ((user + system) / 10_000 / seconds).toFixed(1),
  ].join(' | ');
}

const server = await startXServer(SCREEN);
const screen = await XScreen.connect(server.display);
console.error('making the pictures ...');
const stage = await Stage.open(server.display, await makePictures(screen));
const sink = new Sink();
const capture: X11Capture = await X11Capture.start(server.display, { xPx: 0, yPx: 0, ...SCREEN }, clock, silentLog, {
  onFrame: (frame) => {
    sink.frames++;
    sink.bytes += frame.data.length;
    sink.agesMs.push(clock.nowMs() - frame.captureTimeUs / 1000);
    sink.onFrame?.();
    setImmediate(() => capture.addCredit());
  },
  onCursor: () => undefined,
  onVideo: () => undefined,
  onGeometry: () => undefined,
  onFailed: (error) => {
    throw error;
  },
});
stage.showDesk();
await pause(1_000);

const { cpu, cores, node, loadAverage } = describeMachine();
console.log(
  `${cpu}, ${cores} cores, Node ${node}, load ${loadAverage}; ${SCREEN.widthPx}x${SCREEN.heightPx}, no video`,
);
console.log('\n| change | to the coded update p50 / p95 (ms) |\n|---|---|');
console.log(`| a word | ${p50and95(await measureChanges(sink, () => stage.paintSmallChange()))} |`);
stage.openNote();
await pause(500);
console.log(`| a letter | ${p50and95(await measureChanges(sink, () => stage.typeLetter()))} |`);

console.log('\n| scene | updates/s | age p50 / p95 (ms) | kB/s | % of a core |\n|---|---|---|---|---|');
console.log(`| still | ${await measureScene(sink, 100, null)} |`);
stage.openNote();
console.log(`| typing, 10 letters/s | ${await measureScene(sink, 100, () => stage.typeLetter())} |`);
stage.openMotion('scroll');
console.log(`| page scrolling, 60/s | ${await measureScene(sink, 1000 / 60, () => stage.paintMotion('scroll'))} |`);
stage.openMotion('drag');
console.log(`| window dragged, 60/s | ${await measureScene(sink, 1000 / 60, () => stage.paintMotion('drag'))} |`);

capture.close();
stage.close();
screen.close();
server.stop();
