// Owns the programs that the bench starts: each in a process group of its own, with the CPU that its whole tree has used.
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { processTree } from '../tests/processes/process-tree.ts';

export interface Command {
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

const CLOCK_TICKS_PER_SECOND = 100;
const TERM_GRACE_MS = 2_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

/** Starts a program; what it says goes to a file. */
export function startProgram(command: Command, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(command.program, command.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...command.env },
  });
  running.add(child);
  child.once('error', () => running.delete(child));
  return child;
}

/** Ends a program with all that it started, first by asking. */
export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // Only the program itself: it ends its own children in the order that suits it.
    child.kill('SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), TERM_GRACE_MS);
    await ended;
    clearTimeout(timer);
  }
  signalGroup(child, 'SIGKILL');
  running.delete(child);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** CPU ticks of a process and all that descend from it, by process id. */
export type CpuTimes = ReadonlyMap<number, number>;

export function cpuTimesOf(rootPid: number): CpuTimes {
  return new Map(processTree(rootPid).map(({ pid, cpuTicks }) => [pid, cpuTicks]));
}

/** CPU used between two readings, in seconds. */
export function cpuSecondsBetween(before: CpuTimes, after: CpuTimes): number {
  let ticks = 0;
  for (const [pid, total] of after) ticks += total - (before.get(pid) ?? 0);
  return ticks / CLOCK_TICKS_PER_SECOND;
}
