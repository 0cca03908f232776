// Owns what the relay bench measures: pictures to many viewers, a slow and a stalled one among them, idle ones, memory.
import { BenchHost, HOST_ID } from './bench-host.ts';
import type { Pace } from './bench-viewer.ts';
import { Load } from './load.ts';
import { PICTURE_BYTES, type SubjectKind } from './protocol.ts';
import { Subject } from './subject.ts';
import type { GroupReport } from './viewer-load.ts';

const WARM_UP_MS = 1_500;
const SLOW_BYTES_PER_SECOND = 300_000;
const SLOW_SECONDS = 12;
const FAST_VIEWERS = 5;
const IDLE_VIEWERS = 1_000;
const SAMPLE_EVERY_MS = 5_000;
const MEGABYTE = 1_000_000;

export interface Folders {
  dist: string;
  source: string;
}

export interface LoadFigures {
  viewers: number;
  deliveredMegabytesPerSecond: number;
  /** Of what was sent, times the viewers. */
  deliveredShare: number;
  p50Ms: number;
  p99Ms: number;
  cpuMsPerMegabyte: number;
  cpuPercent: number;
  memoryMegabytes: number;
}

/** Pictures to so many viewers that all keep up. */
export async function measureLoad(
  kind: SubjectKind,
  viewers: number,
  seconds: number,
  folders: Folders,
): Promise<LoadFigures> {
  return onStage(kind, [{ name: 'fast', count: viewers, pace: 'fast' }], folders, async ({ subject, host, load }) => {
    await delay(WARM_UP_MS);
    await load.begin();
    const before = { cpu: subject.cpuSeconds(), sent: host.sent, atMs: performance.now() };
    await delay(seconds * 1000);
    const [fast] = await load.report();
    const elapsedSeconds = (performance.now() - before.atMs) / 1000;
    const cpuSeconds = subject.cpuSeconds() - before.cpu;
    const pictures = fast?.pictures ?? 0;
    const megabytes = (pictures * PICTURE_BYTES) / MEGABYTE;
    return {
      viewers,
      deliveredMegabytesPerSecond: megabytes / elapsedSeconds,
      deliveredShare: pictures / Math.max(1, (host.sent - before.sent) * viewers),
      p50Ms: fast?.p50Ms ?? Number.NaN,
      p99Ms: fast?.p99Ms ?? Number.NaN,
      cpuMsPerMegabyte: (cpuSeconds * 1000) / megabytes,
      cpuPercent: (100 * cpuSeconds) / elapsedSeconds,
      memoryMegabytes: subject.memoryBytes() / MEGABYTE,
    };
  });
}

export interface SlowFigures {
  /** The fast ones, first by themselves, then beside a slow and a stalled one. */
  fastAloneP99Ms: number;
  fastBesideP99Ms: number;
  slowP50Ms: number;
  slowPictures: number;
  memoryMegabytes: number;
}

export async function measureSlow(kind: SubjectKind, seconds: number, folders: Folders): Promise<SlowFigures> {
  const alone = await measureGroups(kind, [{ name: 'fast', count: FAST_VIEWERS, pace: 'fast' }], seconds, folders);
  const beside = await measureGroups(
    kind,
    [
      { name: 'fast', count: FAST_VIEWERS, pace: 'fast' },
      { name: 'slow', count: 1, pace: { bytesPerSecond: SLOW_BYTES_PER_SECOND } },
      { name: 'stalled', count: 1, pace: 'stalled' },
    ],
    Math.max(seconds, SLOW_SECONDS),
    folders,
  );
  const group = (name: string) => beside.groups.find((candidate) => candidate.name === name);
  return {
    fastAloneP99Ms: alone.groups[0]?.p99Ms ?? Number.NaN,
    fastBesideP99Ms: group('fast')?.p99Ms ?? Number.NaN,
    slowP50Ms: group('slow')?.p50Ms ?? Number.NaN,
    slowPictures: group('slow')?.pictures ?? 0,
    memoryMegabytes: beside.memoryMegabytes,
  };
}

/** Viewers that wait in a room: how many fit into 100 MB. */
export async function measureIdle(kind: SubjectKind, folders: Folders): Promise<number> {
  const subject = await Subject.start(kind, folders.dist, folders.source);
  const load = new Load(folders.dist);
  const host = await BenchHost.open(kind, subject.port);
  try {
    const beforeBytes = subject.memoryBytes();
    await load.join(kind, subject.port, HOST_ID, [{ name: 'idle', count: IDLE_VIEWERS, pace: 'fast' }]);
    await delay(WARM_UP_MS);
    return (100 * MEGABYTE * IDLE_VIEWERS) / Math.max(1, subject.memoryBytes() - beforeBytes);
  } finally {
    host.close();
    await load.stop();
    await subject.stop();
  }
}

/** Resident memory every few seconds under load, in megabytes. */
export async function measureFlat(kind: SubjectKind, minutes: number, folders: Folders): Promise<number[]> {
  return onStage(kind, [{ name: 'fast', count: 20, pace: 'fast' }], folders, async ({ subject, load }) => {
    const samples: number[] = [];
    const endMs = performance.now() + minutes * 60_000;
    while (performance.now() < endMs) {
      await delay(SAMPLE_EVERY_MS);
      await load.begin();
      samples.push(subject.memoryBytes() / MEGABYTE);
    }
    return samples;
  });
}

interface Group {
  name: string;
  count: number;
  pace: Pace;
}

interface Stage {
  subject: Subject;
  host: BenchHost;
  load: Load;
}

async function measureGroups(
  kind: SubjectKind,
  groups: readonly Group[],
  seconds: number,
  folders: Folders,
): Promise<{ groups: GroupReport[]; memoryMegabytes: number }> {
  return onStage(kind, groups, folders, async ({ subject, load }) => {
    await delay(WARM_UP_MS);
    await load.begin();
    await delay(seconds * 1000);
    return { groups: await load.report(), memoryMegabytes: subject.memoryBytes() / MEGABYTE };
  });
}

async function onStage<T>(
  kind: SubjectKind,
  groups: readonly Group[],
  folders: Folders,
  measure: (stage: Stage) => Promise<T>,
): Promise<T> {
  const subject = await Subject.start(kind, folders.dist, folders.source);
  const load = new Load(folders.dist);
  const host = await BenchHost.open(kind, subject.port);
  try {
    await load.join(kind, subject.port, HOST_ID, groups);
    host.start();
    return await measure({ subject, host, load });
  } finally {
    host.close();
    await load.stop();
    await subject.stop();
  }
}

function delay(timeMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, timeMs));
}
