// Owns the command line of the bench.
import { parseArgs } from 'node:util';
import type { LineShape } from '../tests/fakes/shaped-proxy.ts';

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
  /** What lies between viewer and host, the same both ways; null: nothing but loopback. */
  link: LineShape | null;
  /** Lets the first picture of what moves come to rest at the viewer before it moves: a page is read, then scrolled. */
  rest: boolean;
}

const LINK = { leastKilobits: 64, mostKilobits: 1_000_000, mostDelayMs: 2_000 } as const;
const SECONDS = { default: 8, least: 1, most: 120 } as const;

export const USAGE = `npm run bench -- [--peers] [--only=${PEERS.join(',')}] [--scenes=${SCENES.join(',')}] [--seconds=${SECONDS.default}] [--json=FILE] [--keep] [--inside] [--link=KBIT_PER_SECOND:ONE_WAY_MS] [--rest]`;

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
      link: { type: 'string' },
      rest: { type: 'boolean' },
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
    link: values.link === undefined ? null : linkOf(values.link),
    rest: values.rest ?? false,
  };
}

function linkOf(value: string): LineShape {
  const [, kilobits, delay] = /^(\d+):(\d+)$/.exec(value) ?? [];
  const [kilobitsPerSecond, delayMs] = [Number(kilobits), Number(delay)];
  const { leastKilobits, mostKilobits, mostDelayMs } = LINK;
  if (!(kilobitsPerSecond >= leastKilobits && kilobitsPerSecond <= mostKilobits && delayMs <= mostDelayMs))
    throw new Error(
      `--link must be a rate of ${leastKilobits} to ${mostKilobits} kbit/s, a colon and 0 to ${mostDelayMs} ms, as in 2000:20`,
    );
  return { bitsPerSecond: kilobitsPerSecond * 1_000, delayMs };
}

function chosen<Name extends string>(option: string, value: string | undefined, all: readonly Name[]): readonly Name[] {
  if (value === undefined) return all;
  const wanted = value.split(',');
  const unknown = wanted.find((name) => !all.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`${option}: there is no ${unknown}; known: ${all.join(', ')}`);
  return all.filter((name) => wanted.includes(name));
}
