// Owns looking at a process with all that descend from it, through /proc (Linux).
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Fields of /proc/PID/stat counted from after the name: state, parent, ... user and system time (proc(5)). */
const STAT = { parent: 1, userTicks: 11, systemTicks: 12 } as const;
const LISTENING = '0A';

export interface ProcessReading {
  pid: number;
  /** CPU used so far, in clock ticks of which there are 100 a second. */
  cpuTicks: number;
}

/** A process and all its descendants, as they are now. */
export function processTree(rootPid: number): ProcessReading[] {
  const parents = new Map<number, number>();
  const readings: ProcessReading[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const fields = statFields(pid);
    if (!fields) continue;
    parents.set(pid, Number(fields[STAT.parent]));
    readings.push({ pid, cpuTicks: Number(fields[STAT.userTicks]) + Number(fields[STAT.systemTicks]) });
  }
  const isInTree = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 0; at = parents.get(at))
      if (at === rootPid) return true;
    return false;
  };
  return readings.filter(({ pid }) => isInTree(pid));
}

/** The arguments that everybody on this machine can see, of a process and all its descendants. */
export function visibleArguments(rootPid: number): string {
  return processTree(rootPid)
    .map(({ pid }) => textOf(`/proc/${pid}/cmdline`))
    .join('\n');
}

/** The TCP ports on which a process or any of its descendants listens, in ascending order. */
export function listeningPorts(rootPid: number): number[] {
  const sockets = new Set(processTree(rootPid).flatMap(({ pid }) => socketsOf(pid)));
  const ports = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    textOf(table)
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
        if (state !== LISTENING || !inode || !sockets.has(inode)) return [];
        return [Number.parseInt(local?.split(':')[1] ?? '', 16)];
      }),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode ? [inode] : [];
    });
  } catch {
    return []; // It has just ended.
  }
}

function linkOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function statFields(pid: number): string[] | null {
  const text = textOf(`/proc/${pid}/stat`);
  return text === '' ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}
