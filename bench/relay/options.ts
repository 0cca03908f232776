// Owns the command line of the relay bench.
import { parseArgs } from 'node:util';
import { SUBJECT_KINDS, type SubjectKind } from './protocol.ts';

export const RELAY_SCENES = ['load', 'slow', 'idle', 'flat'] as const;
export type RelayScene = (typeof RELAY_SCENES)[number];

export interface RelayBenchOptions {
  subjects: readonly SubjectKind[];
  scenes: readonly RelayScene[];
  viewers: readonly number[];
  /** Of each measurement. */
  seconds: number;
  /** How long memory is watched. */
  flatMinutes: number;
  jsonFile: string | null;
}

const LIMITS = { seconds: 120, flatMinutes: 60, viewers: 2_000 } as const;

export const USAGE = `npm run bench:relay -- [--only=${SUBJECT_KINDS.join(',')}] [--scenes=${RELAY_SCENES.join(',')}] [--viewers=1,10,50,200] [--seconds=6] [--flat-minutes=1] [--json=FILE]`;

/** Throws an error that names the wrong option. */
export function parseOptions(args: readonly string[]): RelayBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      scenes: { type: 'string' },
      viewers: { type: 'string', default: '1,10,50,200' },
      seconds: { type: 'string', default: '6' },
      'flat-minutes': { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  return {
    subjects: chosen('--only', values.only, SUBJECT_KINDS),
    scenes: chosen('--scenes', values.scenes, RELAY_SCENES),
    viewers: values.viewers.split(',').map((text) => within('--viewers', text, LIMITS.viewers)),
    seconds: within('--seconds', values.seconds, LIMITS.seconds),
    flatMinutes: within('--flat-minutes', values['flat-minutes'], LIMITS.flatMinutes),
    jsonFile: values.json ?? null,
  };
}

function within(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!(value > 0 && value <= most)) throw new Error(`${option} must be over 0 and at most ${most}`);
  return value;
}

function chosen<Name extends string>(option: string, value: string | undefined, all: readonly Name[]): readonly Name[] {
  if (value === undefined) return all;
  const wanted = value.split(',');
  const unknown = wanted.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`${option}: there is no ${unknown}; known: ${all.join(', ')}`);
  return all.filter((name) => wanted.includes(name));
}
