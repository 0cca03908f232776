// Owns a virtual X server for tests and benches: Xvfb on a display number that is free.
import { spawn } from 'node:child_process';

export interface XServerSize {
  widthPx: number;
  heightPx: number;
}

export interface XServer {
  /** As in DISPLAY. */
  readonly display: string;
  readonly pid: number;
  stop(): void;
}

const READY_TIMEOUT_MS = 15_000;
const MAX_DISPLAY_NUMBER_BYTES = 16;

/** Starts a screen of `size` with 24 bits of colour and waits until it can be connected to. */
export function startXServer(size: XServerSize): Promise<XServer> {
  const screen = `${size.widthPx}x${size.heightPx}x24`;
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.on('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const numberPipe = child.stdio[3];
  return new Promise((resolve, reject) => {
    let said = '';
    let complaints = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`Xvfb ${screen}: ${why}. ${complaints.trim()}`));
    };
    const timer = setTimeout(() => fail(`not ready after ${READY_TIMEOUT_MS} ms`), READY_TIMEOUT_MS);
    child.once('error', (error) => fail(error.message));
    const stoppedEarly = (code: number | null): void => fail(`stopped with ${String(code)}`);
    child.once('exit', stoppedEarly);
    child.stderr?.on('data', (bytes: Buffer) => {
      if (complaints.length < 2_000) complaints += bytes.toString();
    });
    numberPipe?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.length > MAX_DISPLAY_NUMBER_BYTES) fail('says no display number');
      if (!said.endsWith('\n')) return;
      clearTimeout(timer);
      child.off('exit', stoppedEarly);
      resolve({ display: `:${said.trim()}`, pid: child.pid ?? 0, stop: () => void child.kill('SIGTERM') });
    });
  });
}
