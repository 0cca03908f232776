// Owns the table: what was measured, ours beside the peers, the ratio, and whether the targets are met.
import { LATENCY_STAGES, type Percentiles, type SessionStatistics } from '../shared/ipc/statistics.ts';
import type { LineShape } from '../tests/fakes/shaped-proxy.ts';
import type { Machine } from './machine.ts';
import type { LatencyFigures, LoadFigures, MotionFigures, ReplaceFigures } from './measure.ts';

export interface Figures {
  change?: LatencyFigures;
  beside?: LatencyFigures;
  key?: LatencyFigures;
  still?: LoadFigures;
  typing?: LoadFigures;
  scroll?: MotionFigures;
  drag?: MotionFigures;
  video?: MotionFigures;
  replace?: ReplaceFigures;
}

export interface Subject {
  name: string;
  version: string;
  figures: Figures;
  /** By scene: what its viewer said of itself. */
  inside?: Readonly<Record<string, SessionStatistics>>;
  /** Why it was not measured, or where it stopped. */
  problem: string | null;
}

export interface Report {
  machine: Machine;
  screen: string;
  seconds: number;
  /** What lay between viewer and host; null: nothing but loopback. */
  link: LineShape | null;
  subjects: readonly Subject[];
}

const OURS = 'TARNet';
const FIRST_PEER = 'TigerVNC';
const LOCAL = 'local';

type Value = number | null | undefined;

interface Row {
  label: string;
  value: (figures: Figures) => Value;
  digits?: number;
  /** Whether ours is as good as it must be: by itself, beside TigerVNC, or beside all peers that were measured. */
  target?: (ours: number, tiger: Value, peers: readonly number[]) => boolean | null;
}

type Target = NonNullable<Row['target']>;

const nearTiger: Target = (ours, tiger) => (isNumber(tiger) ? ours <= 1.5 * tiger : null);
const belowAll: Target = (ours, _tiger, peers) => (peers.length > 0 ? peers.every((peer) => ours < peer) : null);
const twentieth: Target = (ours, tiger) => (isNumber(tiger) ? ours <= tiger / 20 : null);
const atLeast =
  (least: number): Target =>
  (ours) =>
    ours >= least;
const below =
  (limit: number): Target =>
  (ours) =>
    ours < limit;

function loadRows(scene: 'still' | 'typing', maxKilobytes: number, maxCpu?: { host: number; viewer: number }): Row[] {
  return [
    {
      label: `${scene}: kB/s on the wire`,
      value: (f) => f[scene]?.kilobytesPerSecond,
      digits: 2,
      target: below(maxKilobytes),
    },
    {
      label: `${scene}: host CPU, % of a core`,
      value: (f) => f[scene]?.hostCpu,
      ...(maxCpu && { target: below(maxCpu.host) }),
    },
    {
      label: `${scene}: viewer CPU`,
      value: (f) => f[scene]?.viewerCpu,
      ...(maxCpu && { target: below(maxCpu.viewer) }),
    },
    { label: `${scene}: X servers' CPU, host + viewer`, value: (f) => sum(f[scene]?.hostXCpu, f[scene]?.viewerXCpu) },
  ];
}

function motionRows(
  scene: 'scroll' | 'drag' | 'video',
  title: string,
  targets: { framesPerSecond: number; ageMs: number },
): Row[] {
  return [
    { label: `${title}: frames/s`, value: (f) => f[scene]?.framesPerSecond, target: atLeast(targets.framesPerSecond) },
    { label: `${title}: frame age p50 (ms)`, value: (f) => f[scene]?.ageP50Ms, target: below(targets.ageMs) },
    { label: `${title}: frame age p95 (ms)`, value: (f) => f[scene]?.ageP95Ms },
    {
      label: `${title}: kB/s on the wire`,
      value: (f) => f[scene]?.kilobytesPerSecond,
      digits: 0,
      target: twentieth,
    },
    { label: `${title}: luma PSNR while moving (dB)`, value: (f) => f[scene]?.psnrDb ?? undefined },
    { label: `${title}: host CPU, % of a core`, value: (f) => f[scene]?.hostCpu, digits: 0 },
    { label: `${title}: viewer CPU`, value: (f) => f[scene]?.viewerCpu, digits: 0 },
    {
      label: `${title}: X servers' CPU, host + viewer`,
      value: (f) => sum(f[scene]?.hostXCpu, f[scene]?.viewerXCpu),
      digits: 0,
    },
  ];
}

const ROWS: readonly Row[] = [
  { label: 'change to photon p50 (ms)', value: (f) => f.change?.p50Ms, target: nearTiger },
  { label: 'change to photon p95 (ms)', value: (f) => f.change?.p95Ms },
  { label: 'the same beside a video, p50 (ms)', value: (f) => f.beside?.p50Ms, target: belowAll },
  { label: 'the same beside a video, p95 (ms)', value: (f) => f.beside?.p95Ms },
  { label: 'key to photon p50 (ms)', value: (f) => f.key?.p50Ms, target: nearTiger },
  { label: 'key to photon p95 (ms)', value: (f) => f.key?.p95Ms },
  { label: 'changes and keys never seen', value: (f) => lost(f), digits: 0 },
  ...loadRows('still', 0.5, { host: 3, viewer: 1 }),
  ...loadRows('typing', 1),
  ...motionRows('scroll', 'scrolling text at 60/s', { framesPerSecond: 45, ageMs: 40 }),
  ...motionRows('drag', 'window drag at 60/s', { framesPerSecond: 45, ageMs: 40 }),
  ...motionRows('video', 'video 1920x1080 at 30/s', { framesPerSecond: 28, ageMs: 60 }),
  { label: 'screen replaced: to 30 dB (ms)', value: (f) => f.replace?.to30DbMs, digits: 0, target: below(120) },
  { label: 'screen replaced: to exact (ms)', value: (f) => f.replace?.toExactMs, digits: 0, target: below(400) },
  { label: 'screen replaced: pixels wrong in the end', value: (f) => f.replace?.wrongPixels, digits: 0 },
];

export function formatReport(report: Report): string {
  const { machine, subjects } = report;
  const measured = subjects.filter((subject) => Object.keys(subject.figures).length > 0);
  const figuresOf = (name: string): Figures | undefined => measured.find((subject) => subject.name === name)?.figures;
  const ours = figuresOf(OURS);
  const tiger = figuresOf(FIRST_PEER);
  const peers = measured.filter(({ name }) => name !== OURS && name !== LOCAL);
  const header = ['', ...measured.map((subject) => subject.name), ...(ours ? ['ours : TigerVNC', 'target'] : [])];
  const lines = ROWS.filter((row) => measured.some(({ figures }) => row.value(figures) !== undefined)).map((row) => {
    const cells = measured.map(({ figures }) => format(row.value(figures), row.digits ?? 1));
    if (!ours) return [row.label, ...cells];
    const value = row.value(ours);
    const first = tiger && row.value(tiger);
    const others = peers.map(({ figures }) => row.value(figures)).filter(isNumber);
    const ratio = isNumber(value) && isNumber(first) && first > 0 ? (value / first).toFixed(2) : '';
    const met = isNumber(value) ? row.target?.(value, first, others) : undefined;
    return [row.label, ...cells, ratio, met === true ? 'met' : met === false ? 'MISSED' : ''];
  });
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}, Linux ${machine.kernel}, Node ${machine.node}; load before: ${machine.loadAverage}`,
    `Two Xvfb of ${report.screen}, ${describeLink(report.link)}, ${report.seconds} s a scene`,
    ...measured.map((subject) => `${subject.name}: ${subject.version}`),
    '',
    ...table([header, ...lines]),
    ...subjects.flatMap(({ name, inside }) => (inside ? ['', ...insideTable(name, inside)] : [])),
    ...subjects.filter(({ problem }) => problem !== null).map(({ name, problem }) => `${name}: ${problem}`),
  ].join('\n');
}

function describeLink(link: LineShape | null): string {
  return link ? `${link.bitsPerSecond / 1_000} kbit/s and ${link.delayMs} ms each way` : '127.0.0.1';
}

/** Where the age of the picture comes from, as the viewer itself says: medians and 95% of the last ten seconds. */
function insideTable(name: string, inside: Readonly<Record<string, SessionStatistics>>): string[] {
  const both = ({ p50Ms, p95Ms }: Percentiles) => `${format(p50Ms ?? undefined, 1)} / ${format(p95Ms ?? undefined, 1)}`;
  const header = [`${name} by itself, p50 / p95 (ms)`, ...LATENCY_STAGES, 'age', 'input to photon'];
  const rows = Object.entries(inside).map(([scene, { stages, age, inputToPhoton }]) => [
    scene,
    ...LATENCY_STAGES.map((stage) => both(stages[stage])),
    both(age),
    both(inputToPhoton),
  ]);
  return table([header, ...rows]);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `| ${cells.join(' | ')} |`;
  });
  const rule = `|${widths.map((width, column) => `${'-'.repeat(width + 1)}${column === 0 ? '-' : ':'}`).join('|')}|`;
  return [lines[0] ?? '', rule, ...lines.slice(1)];
}

function format(value: Value, digits: number): string {
  if (value === undefined) return '';
  if (value === null) return 'never';
  if (value === Number.POSITIVE_INFINITY) return 'exact';
  return Number.isNaN(value) ? 'none' : value.toFixed(digits);
}

function isNumber(value: Value): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function lost({ change, beside, key }: Figures): number | undefined {
  return [change, beside, key].map((figures) => figures?.lost).reduce(sum, undefined);
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
