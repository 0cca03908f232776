// Owns the command line of the bench.
import { parseArgs } from 'node:util';

export const PEERS = ['tarnet', 'tigervnc', 'freerdp', 'x11vnc', 'novnc'] as const;
export type PeerName = (typeof PEERS)[number];

/** Measured unless more is asked for. */
const USUAL_PEERS: readonly PeerName[] = ['tarnet', 'tigervnc', 'freerdp'];

export const SCENES = ['change', 'beside', 'key', 'still', 'typing', 'scroll', 'drag', 'video', 'replace'] as const;
export type SceneName = (typeof SCENES)[number];

export interface BenchOptions {
  peers: readonly PeerName[];
  scenes: readonly SceneName[];
  /** Of each scene that has a length. */
  seconds: number;
  jsonFile: string | null;
  /** Keeps logs and a picture of each viewer's display. */
  keep: boolean;
  /** Has our viewer measure too, and reports what it says of each scene. Costs it some 300 bytes a second. */
  inside: boolean;
}

const SECONDS = { default: 8, least: 1, most: 120 } as const;

export const USAGE = `npm run bench -- [--peers] [--only=${PEERS.join(',')}] [--scenes=${SCENES.join(',')}] [--seconds=${SECONDS.default}] [--json=FILE] [--keep] [--inside]`;

/** Throws an error that names the wrong option. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: 'boolean' },
      only: { type: 'string' },
      scenes: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string' },
      keep: { type: 'boolean' },
      inside: { type: 'boolean' },
    },
  });
  const seconds = Number(values.seconds ?? SECONDS.default);
  if (!(seconds >= SECONDS.least && seconds <= SECONDS.most))
    throw new Error(`--seconds must be ${SECONDS.least} to ${SECONDS.most}`);
  return {
    peers: values.only === undefined && !values.peers ? USUAL_PEERS : chosen('--only', values.only, PEERS),
    scenes: chosen('--scenes', values.scenes, SCENES),
    seconds,
    jsonFile: values.json ?? null,
    keep: values.keep ?? false,
    inside: values.inside ?? false,
  };
}

function chosen<Name extends string>(option: string, value: string | undefined, all: readonly Name[]): readonly Name[] {
  if (value === undefined) return all;
  const wanted = value.split(',');
  const unknown = wanted.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`${option}: there is no ${unknown}; known: ${all.join(', ')}`);
  return all.filter((name) => wanted.includes(name));
}
