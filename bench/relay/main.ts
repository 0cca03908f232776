// Entry of npm run bench:relay. What it measures is written in bench/README.md.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeMachine } from '../machine.ts';
import { parseOptions, USAGE } from './options.ts';
import type { SubjectKind } from './protocol.ts';
import {
  type Folders,
  type LoadFigures,
  measureFlat,
  measureIdle,
  measureLoad,
  measureSlow,
  type SlowFigures,
} from './scenes.ts';
import { SUBJECT_NAMES, whyMissing } from './subject.ts';

interface Results {
  load: { subject: SubjectKind; figures: LoadFigures }[];
  slow: { subject: SubjectKind; figures: SlowFigures }[];
  idle: { subject: SubjectKind; connectionsPer100Megabytes: number }[];
  flat: { subject: SubjectKind; memoryMegabytes: number[] }[];
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const round = (value: number, digits = 1) => value.toFixed(digits);

async function run(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  process.setMaxListeners(0);
  const subjects = options.subjects.filter((kind) => {
    const missing = whyMissing(kind);
    if (missing) say(`${SUBJECT_NAMES[kind]}: ${missing}`);
    return !missing;
  });
  const folders: Folders = { dist: import.meta.dirname, source: path.resolve('bench/relay') };
  const machine = describeMachine();
  const results: Results = { load: [], slow: [], idle: [], flat: [] };
  say(`${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; load before: ${machine.loadAverage}`);
  say('60 kB pictures, 30 a second, over 127.0.0.1; viewers in one process, the host in another\n');

  if (options.scenes.includes('load')) {
    say('| subject | viewers | MB/s | delivered | p50 ms | p99 ms | CPU ms per MB | CPU % | memory MB |');
    say('|---|---:|---:|---:|---:|---:|---:|---:|---:|');
    for (const viewers of options.viewers)
      for (const subject of subjects) {
        const figures = await measureLoad(subject, viewers, options.seconds, folders);
        results.load.push({ subject, figures });
        const { deliveredMegabytesPerSecond, deliveredShare, p50Ms, p99Ms, cpuMsPerMegabyte, cpuPercent } = figures;
        say(
          `| ${SUBJECT_NAMES[subject]} | ${viewers} | ${round(deliveredMegabytesPerSecond)} | ${round(100 * deliveredShare)} % | ${round(p50Ms)} | ${round(p99Ms)} | ${round(cpuMsPerMegabyte, 2)} | ${round(cpuPercent, 0)} | ${round(figures.memoryMegabytes, 0)} |`,
        );
      }
    say('');
  }
  if (options.scenes.includes('slow')) {
    say('Five fast viewers, then beside them one that reads 300 kB/s and one that reads nothing:\n');
    say('| subject | fast p99 ms alone | beside | slow p50 ms | slow pictures | memory MB |');
    say('|---|---:|---:|---:|---:|---:|');
    for (const subject of subjects) {
      const figures = await measureSlow(subject, options.seconds, folders);
      results.slow.push({ subject, figures });
      say(
        `| ${SUBJECT_NAMES[subject]} | ${round(figures.fastAloneP99Ms)} | ${round(figures.fastBesideP99Ms)} | ${round(figures.slowP50Ms, 0)} | ${figures.slowPictures} | ${round(figures.memoryMegabytes, 0)} |`,
      );
    }
    say('');
  }
  if (options.scenes.includes('idle')) {
    for (const subject of subjects) {
      const connections = await measureIdle(subject, folders);
      results.idle.push({ subject, connectionsPer100Megabytes: connections });
      say(`${SUBJECT_NAMES[subject]}: ${round(connections, 0)} idle viewers in 100 MB`);
    }
    say('');
  }
  if (options.scenes.includes('flat')) {
    const memoryMegabytes = await measureFlat('tarnet', options.flatMinutes, folders);
    results.flat.push({ subject: 'tarnet', memoryMegabytes });
    const half = memoryMegabytes.slice(Math.floor(memoryMegabytes.length / 2));
    say(
      `${SUBJECT_NAMES.tarnet}, 20 viewers for ${options.flatMinutes} min: memory ${round(Math.min(...memoryMegabytes), 0)} to ${round(Math.max(...memoryMegabytes), 0)} MB, ${round(Math.min(...half), 0)} to ${round(Math.max(...half), 0)} MB in the second half`,
    );
  }
  if (options.jsonFile) writeFileSync(options.jsonFile, `${JSON.stringify({ machine, ...results }, null, 2)}\n`);
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(1);
  },
);
