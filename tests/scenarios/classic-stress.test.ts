// The stress test of the command service: 500 clients, 100,000 commands, 1 % broken off in the middle; no error, no leak.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { RelayProcess } from '../processes/relay-process.ts';
import { runCommandStress } from '../stress/command-stress.ts';

const CLIENTS = 500;
const COMMANDS = 100_000;

it('500 clients, 100,000 commands, 1 % of them broken off: every answer is right, and nothing stays', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tarnet-stress-'));
  const activity = path.join(folder, 'activity.log');
  const relay = new RelayProcess([
    '--port=0',
    '--bind=127.0.0.1',
    '--classic=commands:0',
    `--activity-log=${activity}`,
  ]);
  try {
    const port = await relay.classicPort('commands');
    await relay.port();
    const descriptors = openDescriptorsOf(relay.child.pid);
    const warmUp = await runCommandStress({ port, clients: 50, commands: 5_000, abortOneIn: 100 });
    expect(warmUp.errors).toEqual([]);
    const bytesBefore = residentBytes(relay.child.pid);
    const result = await runCommandStress({ port, clients: CLIENTS, commands: COMMANDS, abortOneIn: 100 });
    expect(result.errors).toEqual([]);
    expect(result.aborted).toBe(COMMANDS / 100);
    expect(result.answered).toBe(COMMANDS - COMMANDS / 100);
    const gone = () => relay.lines.filter(({ message }) => message === 'client gone').length;
    await expect.poll(gone, { timeout: 10_000 }).toBe(result.connections + warmUp.connections);
    if (descriptors !== null) expect(openDescriptorsOf(relay.child.pid)).toBeLessThanOrEqual(descriptors);
    const grownBytes = residentBytes(relay.child.pid) - bytesBefore;
    expect(grownBytes).toBeLessThan(100 * 1024 * 1024);
    expect(relay.stderr).toBe('');
    expect((await relay.stop()).code).toBe(0);
    const lines = readFileSync(activity, 'utf8').trimEnd().split('\n');
    const leftOut = lines.reduce((sum, line) => sum + Number(/^\((\d+) lines left out\)$/.exec(line)?.[1] ?? 0), 0);
    expect(lines.length + leftOut).toBeGreaterThan(COMMANDS);
    console.log(
      `stress: ${result.answered} answers, ${result.aborted} aborts, ${result.connections} connections in ` +
        `${Math.round(result.tookMs)} ms; resident memory grew by ${Math.round(grownBytes / 1024 / 1024)} MiB`,
    );
  } finally {
    relay.child.kill('SIGKILL');
    await relay.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

function openDescriptorsOf(pid: number | undefined): number | null {
  return process.platform === 'linux' && pid !== undefined ? readdirSync(`/proc/${pid}/fd`).length : null;
}

function residentBytes(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return 0;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}
