// Owns the measurements: what is done on the stage, and what is counted at the viewer's display meanwhile.
import type { XScreen } from '../tests/displays/x-screen.ts';
import type { CountingProxy } from './counting-proxy.ts';
import { readingLine, readMark } from './mark.ts';
import { crop, difference, psnr } from './pictures.ts';
import { type CpuTimes, cpuSecondsBetween, cpuTimesOf } from './processes.ts';
import { type Motion, SCREEN, type Stage } from './stage.ts';
import { ageSamples, percentile } from './statistics.ts';
import type { Watcher } from './watcher.ts';

/** Everything a measurement touches. Without processes and proxy it is the local floor. */
export interface Rig {
  stage: Stage;
  viewer: XScreen;
  watcher: Watcher;
  proxy: CountingProxy | null;
  /** Process ids; the X servers do a part of the work, and are counted apart. */
  processes: { host: number | null; viewer: number | null; hostX: number; viewerX: number };
  /** Whether what moves comes to rest first. */
  rests: boolean;
}

export interface LatencyFigures {
  p50Ms: number;
  p95Ms: number;
  samples: number;
  lost: number;
}

export interface LoadFigures {
  kilobytesPerSecond: number;
  /** Percent of one core. */
  hostCpu: number;
  viewerCpu: number;
  hostXCpu: number;
  viewerXCpu: number;
}

export interface MotionFigures extends LoadFigures {
  paintedPerSecond: number;
  framesPerSecond: number;
  ageP50Ms: number;
  ageP95Ms: number;
  /** Median luma PSNR of what was seen while it moved, in dB; null where it was not compared. */
  psnrDb: number | null;
}

export interface ReplaceFigures {
  to30DbMs: number | null;
  toExactMs: number | null;
  /** Pixels that were still wrong when waiting ended. */
  wrongPixels: number;
}

const FRAMES_PER_SECOND: Readonly<Record<Motion, number>> = { scroll: 60, drag: 60, video: 30 };
const LETTERS_PER_SECOND = 10;
const SAMPLE_TIMEOUT_MS = 2_000;
const FIRST_PICTURE_TIMEOUT_MS = 40_000;
const PAUSE = { leastMs: 150, spreadMs: 100 } as const;
const SETTLE_MS = 1_500;
const KEY_DOWN_MS = 15;
const QUALITY_EVERY_MS = 700;
const REPLACE = { timeoutMs: 4_000, rows: 54, goodDb: 30, everyMs: 4 } as const;
const REST = { everyMs: 500, quietBytes: 2_000, timeoutMs: 20_000 } as const;
const KEYSYM_A = 0x61;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Paints marks until one is seen at the viewer. Throws when none comes. */
export async function waitForFirstPicture(rig: Rig): Promise<void> {
  const { stage, watcher } = rig;
  stage.showDesk();
  const deadlineMs = performance.now() + FIRST_PICTURE_TIMEOUT_MS;
  const firstFrame = stage.newest + 1;
  let seen = 0;
  watcher.watch(
    stage.smallMark,
    () => stage.newest,
    (frame) => {
      seen = frame;
    },
  );
  while (seen < firstFrame) {
    if (performance.now() > deadlineMs) throw new Error(`no picture at the viewer in ${FIRST_PICTURE_TIMEOUT_MS} ms`);
    stage.paintSmallChange();
    await sleep(300);
  }
}

/** From the painting of a small change to its appearance at the viewer, on a screen that is otherwise still. */
export async function measureChange(rig: Rig, samples: number): Promise<LatencyFigures> {
  return measureLatency(rig, samples, () => {
    const frame = rig.stage.paintSmallChange();
    return { frame, sinceMs: rig.stage.paintedAtMs(frame) };
  });
}

/** The same while a video of 640×360 plays beside it. */
export async function measureChangeBesideVideo(rig: Rig, samples: number): Promise<LatencyFigures> {
  let frame = 0;
  const timer = setInterval(() => rig.stage.paintSmallVideo(frame++), 1_000 / FRAMES_PER_SECOND.video);
  try {
    return await measureChange(rig, samples);
  } finally {
    clearInterval(timer);
  }
}

/** From a key at the viewer, through the host's program that reacts to it, to the appearance at the viewer. */
export async function measureKey(rig: Rig, samples: number): Promise<LatencyFigures> {
  const { stage, viewer } = rig;
  const keycode = stage.screen.keycodeOf(KEYSYM_A);
  stage.screen.onInput((input) => {
    if (input.kind === 'key' && input.pressed && input.detail === keycode) stage.paintSmallChange();
  });
  viewer.movePointer(SCREEN.widthPx / 2, 900);
  await stage.takeKeyboard();
  await viewer.focus();
  await sleep(SETTLE_MS / 3);
  try {
    return await measureLatency(rig, samples, () => {
      const sinceMs = performance.now();
      viewer.key(KEYSYM_A, true);
      setTimeout(() => viewer.key(KEYSYM_A, false), KEY_DOWN_MS);
      return { frame: stage.newest + 1, sinceMs };
    });
  } finally {
    stage.screen.onInput(() => {});
  }
}

async function measureLatency(
  rig: Rig,
  samples: number,
  act: () => { frame: number; sinceMs: number },
): Promise<LatencyFigures> {
  const { stage, watcher } = rig;
  stage.showDesk();
  stage.paintSmallChange();
  await sleep(SETTLE_MS);
  let onSeen: (frame: number, atMs: number) => void = () => {};
  watcher.watch(
    stage.smallMark,
    () => stage.newest,
    (frame, atMs) => onSeen(frame, atMs),
  );
  const latenciesMs: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    // Of changing length, so that no rhythm of capture or display is always met at the same moment.
    await sleep(PAUSE.leastMs + Math.random() * PAUSE.spreadMs);
    const action = act();
    const seenAtMs = await new Promise<number | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), SAMPLE_TIMEOUT_MS);
      onSeen = (frame, atMs) => {
        if (frame < action.frame) return;
        clearTimeout(timer);
        resolve(atMs);
      };
    });
    if (seenAtMs !== null) latenciesMs.push(seenAtMs - action.sinceMs);
  }
  return {
    p50Ms: percentile(latenciesMs, 50),
    p95Ms: percentile(latenciesMs, 95),
    samples,
    lost: samples - latenciesMs.length,
  };
}

/** What it costs to show a screen on which nothing happens. */
export async function measureStill(rig: Rig, seconds: number): Promise<LoadFigures> {
  rig.stage.showDesk();
  await sleep(2 * SETTLE_MS);
  return measureLoad(rig, () => sleep(seconds * 1_000));
}

/** What it costs to type at the viewer into a program on the host. */
export async function measureTyping(rig: Rig, seconds: number): Promise<LoadFigures> {
  const { stage, viewer } = rig;
  stage.openNote();
  stage.screen.onInput((input) => input.kind === 'key' && input.pressed && stage.typeLetter());
  viewer.movePointer(SCREEN.widthPx / 2, 900);
  await stage.takeKeyboard();
  await viewer.focus();
  await sleep(SETTLE_MS);
  try {
    return await measureLoad(rig, async () => {
      for (let letter = 0; letter < seconds * LETTERS_PER_SECOND; letter++) {
        viewer.key(KEYSYM_A + (letter % 26), true);
        await sleep(KEY_DOWN_MS);
        viewer.key(KEYSYM_A + (letter % 26), false);
        await sleep(1_000 / LETTERS_PER_SECOND - KEY_DOWN_MS);
      }
    });
  } finally {
    stage.screen.onInput(() => {});
  }
}

async function measureLoad(rig: Rig, act: () => Promise<void>): Promise<LoadFigures> {
  const { host, viewer, hostX, viewerX } = rig.processes;
  const read = (): CpuTimes[] => [host, viewer, hostX, viewerX].map((pid) => (pid ? cpuTimesOf(pid) : new Map()));
  const before = read();
  const bytesBefore = rig.proxy?.bytes() ?? 0;
  const startMs = performance.now();
  await act();
  const seconds = (performance.now() - startMs) / 1_000;
  const after = read();
  const percent = before.map((times, index) => (cpuSecondsBetween(times, after[index] ?? times) / seconds) * 100);
  return {
    kilobytesPerSecond: ((rig.proxy?.bytes() ?? 0) - bytesBefore) / 1_000 / seconds,
    hostCpu: percent[0] ?? 0,
    viewerCpu: percent[1] ?? 0,
    hostXCpu: percent[2] ?? 0,
    viewerXCpu: percent[3] ?? 0,
  };
}

/** How often and how old the picture of something that moves is, and what it costs. */
export async function measureMotion(rig: Rig, motion: Motion, seconds: number): Promise<MotionFigures> {
  const { stage, watcher } = rig;
  stage.openMotion(motion);
  const sightings: { frame: number; seenAtMs: number }[] = [];
  const runFor = async (ms: number): Promise<number> => {
    const startMs = performance.now();
    const periodMs = 1_000 / FRAMES_PER_SECOND[motion];
    let painted = 0;
    for (let tick = 1; performance.now() - startMs < ms; tick++) {
      stage.paintMotion(motion);
      painted += 1;
      await stage.screen.settle();
      // A frame that the X server could not take in time is left out, not made up for.
      tick = Math.max(tick, Math.floor((performance.now() - startMs) / periodMs));
      await sleep(Math.max(0, startMs + tick * periodMs - performance.now()));
    }
    return painted;
  };
  if (rig.rests) {
    stage.paintMotion(motion);
    await comeToRest(rig);
  }
  await runFor(SETTLE_MS);
  const firstFrame = stage.newest + 1;
  watcher.watch(
    stage.marksOf(motion),
    () => stage.newest,
    (frame, seenAtMs) => {
      if (frame >= firstFrame && frame > (sightings.at(-1)?.frame ?? 0)) sightings.push({ frame, seenAtMs });
    },
  );
  const qualities: number[] = [];
  const qualityTimer = setInterval(() => {
    void sampleQuality(rig, motion).then((db) => db !== null && qualities.push(db));
  }, QUALITY_EVERY_MS);
  let painted = 0;
  const startMs = performance.now();
  const load = await measureLoad(rig, async () => {
    painted = await runFor(seconds * 1_000);
  });
  clearInterval(qualityTimer);
  const endMs = performance.now();
  watcher.watch(
    [],
    () => stage.newest,
    () => {},
  );
  const agesMs = ageSamples(
    sightings.map(({ frame, seenAtMs }) => ({ paintedAtMs: stage.paintedAtMs(frame), seenAtMs })),
    endMs,
  );
  const duration = (endMs - startMs) / 1_000;
  return {
    ...load,
    paintedPerSecond: painted / duration,
    framesPerSecond: sightings.length / duration,
    ageP50Ms: percentile(agesMs, 50),
    ageP95Ms: percentile(agesMs, 95),
    psnrDb: qualities.length > 0 ? percentile(qualities, 50) : null,
  };
}

/** Waits until hardly anything is sent any more, or for as long as anybody would. */
async function comeToRest({ proxy }: Rig): Promise<void> {
  if (!proxy) return;
  const deadlineMs = performance.now() + REST.timeoutMs;
  for (let before = Number.NEGATIVE_INFINITY; proxy.bytes() - before > REST.quietBytes; ) {
    if (performance.now() > deadlineMs) return;
    before = proxy.bytes();
    await sleep(REST.everyMs);
  }
}

/** Compares a part of the viewer's picture with the frame that it claims to be; null while it changes. */
async function sampleQuality(rig: Rig, motion: Motion): Promise<number | null> {
  const { stage, viewer } = rig;
  const guess = stage.sampleOf(motion, stage.newest);
  if (!guess) return null;
  const lines = stage.marksOf(motion).map(({ x, y }) => readingLine(x, y));
  // One batch: the X server answers it without letting the viewer draw in between.
  const [shown, ...marks] = await Promise.all([viewer.grab(guess.rect), ...lines.map((line) => viewer.grab(line))]);
  const values = marks.map(readMark);
  const value = values[0];
  if (!shown || value === null || value === undefined || values.some((other) => other !== value)) return null;
  const { newest } = stage;
  const frame = newest - ((newest - value) & 0xfff);
  const truth = stage.sampleOf(motion, frame);
  if (!truth) return null;
  return psnr(difference(shown, truth.pixels).squared, shown.width * shown.height);
}

/** Replaces the whole screen several times; the medians of the times until it is good and until it is exact. */
export async function measureReplace(rig: Rig): Promise<ReplaceFigures> {
  const { stage } = rig;
  rig.watcher.watch(
    [],
    () => stage.newest,
    () => {},
  );
  const to30Db: number[] = [];
  const toExact: number[] = [];
  const wrongPixels: number[] = [];
  for (let index = 0; index < stage.wholeCount; index++) {
    await sleep(2 * SETTLE_MS);
    const figures = await replaceOnce(rig, index);
    to30Db.push(figures.to30DbMs ?? Number.POSITIVE_INFINITY);
    toExact.push(figures.toExactMs ?? Number.POSITIVE_INFINITY);
    wrongPixels.push(figures.wrongPixels);
  }
  const median = (values: number[]): number | null => {
    const middle = percentile(values, 50);
    return Number.isFinite(middle) ? middle : null;
  };
  return { to30DbMs: median(to30Db), toExactMs: median(toExact), wrongPixels: percentile(wrongPixels, 50) };
}

async function replaceOnce({ stage, viewer }: Rig, index: number): Promise<ReplaceFigures> {
  const everyRows = SCREEN.heightPx / REPLACE.rows;
  // From the middle of each interval, so that no block of any codec is met at its edge every time.
  const rows = Array.from({ length: REPLACE.rows }, (_, row) => row * everyRows + ((row * 7) % everyRows));
  const startMs = performance.now();
  const picture = stage.paintWhole(index);
  const all = { x: 0, y: 0, width: SCREEN.widthPx, height: SCREEN.heightPx };
  const truths = rows.map((y) => crop(picture, 0, y, picture.width, 1));
  const result: ReplaceFigures = { to30DbMs: null, toExactMs: null, wrongPixels: 0 };
  while (result.toExactMs === null && performance.now() - startMs < REPLACE.timeoutMs) {
    const lines = await Promise.all(rows.map((y) => viewer.grab({ x: 0, y, width: SCREEN.widthPx, height: 1 })));
    const elapsedMs = performance.now() - startMs;
    const parts = lines.map((line, row) => difference(line, truths[row] ?? line));
    const squared = parts.reduce((sum, part) => sum + part.squared, 0);
    if (result.to30DbMs === null && psnr(squared, SCREEN.widthPx * rows.length) >= REPLACE.goodDb)
      result.to30DbMs = elapsedMs;
    if (parts.every((part) => part.wrongPixels === 0)) {
      result.wrongPixels = difference(await viewer.grab(all), picture).wrongPixels;
      if (result.wrongPixels === 0) result.toExactMs = elapsedMs;
    }
    await sleep(REPLACE.everyMs);
  }
  if (result.toExactMs === null) result.wrongPixels = difference(await viewer.grab(all), picture).wrongPixels;
  return result;
}
