// Owns a relay under test as a process: started, its port, its CPU and its memory.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { processTree } from '../../tests/processes/process-tree.ts';
import type { SubjectKind } from './protocol.ts';

const CLOCK_TICKS_PER_SECOND = 100;
/** Where the Debian package python3-websockets is found, whatever other Python is in the path. */
const DEBIAN_PYTHON = '/usr/bin/python3';
const START_TIMEOUT_MS = 15_000;
const INSTALL_TIMEOUT_MS = 180_000;

export const SUBJECT_NAMES: Record<SubjectKind, string> = {
  tarnet: 'TARNet',
  splice: 'raw splice',
  seed: 'seed relay (Python)',
};

/** What has to be there for the seed's relay; as root it is installed. Null, or why the subject is left out. */
export function whyMissing(kind: SubjectKind): string | null {
  if (kind !== 'seed' || canImportWebSockets()) return null;
  const packageName = 'python3-websockets';
  if (process.getuid?.() !== 0) return `left out: apt-get install ${packageName}`;
  const options = { stdio: 'ignore', timeout: INSTALL_TIMEOUT_MS } as const;
  spawnSync('apt-get', ['update'], options);
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', packageName], options);
  return canImportWebSockets() ? null : `left out: ${packageName} cannot be installed`;
}

function canImportWebSockets(): boolean {
  return spawnSync(DEBIAN_PYTHON, ['-c', 'import websockets'], { stdio: 'ignore' }).status === 0;
}

export class Subject {
  readonly kind: SubjectKind;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #pid: number;

  private constructor(kind: SubjectKind, child: ChildProcess, pid: number, port: number) {
    this.kind = kind;
    this.#child = child;
    this.#pid = pid;
    this.port = port;
  }

  /** Throws what it said when it does not start. */
  static async start(kind: SubjectKind, distFolder: string, sourceFolder: string): Promise<Subject> {
    const [program, file] =
      kind === 'seed'
        ? [DEBIAN_PYTHON, path.join(sourceFolder, 'seed-relay.py')]
        : [process.execPath, path.join(distFolder, `${kind}-subject.js`)];
    const child = spawn(program, [file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-2_000);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [null])]);
    clearTimeout(timer);
    const port: unknown = typeof line === 'string' ? JSON.parse(line).port : null;
    if (typeof port !== 'number' || child.pid === undefined) throw new Error(`${kind} did not start: ${complaint}`);
    return new Subject(kind, child, child.pid, port);
  }

  /** CPU used so far, seconds. */
  cpuSeconds(): number {
    const ticks = processTree(this.#pid).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
    return ticks / CLOCK_TICKS_PER_SECOND;
  }

  /** Resident memory, bytes (proc(5), VmRSS). */
  memoryBytes(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1024;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
