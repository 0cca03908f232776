// Owns starting the headless relay as a process of its own, the way its operator does, and hearing what it says.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface RelayExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RelayLine {
  level: string;
  logger: string;
  message: string;
  [field: string]: unknown;
}

/** A relay that was started with JSON log lines. */
export class RelayProcess {
  readonly child: ChildProcess;
  /** How it ended. */
  readonly ended: Promise<RelayExit>;
  stdout = '';
  stderr = '';
  #over = false;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, ['scripts/relay.mjs', ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? '', TARNET_RELAY_LOG_FORMAT: 'json', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.#over = true;
        this.#changed();
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Every whole line so far. */
  get lines(): RelayLine[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as RelayLine);
  }

  /** The first line with this message, and with this logger where it matters. */
  async line(message: string, logger?: string): Promise<RelayLine> {
    for (;;) {
      const found = this.lines.find((one) => one.message === message && (!logger || one.logger.endsWith(logger)));
      if (found) return found;
      if (this.#over) throw new Error(`ended without "${message}": ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The port of the relay, once it takes connections. */
  async port(): Promise<number> {
    return Number((await this.line('ready')).port);
  }

  /** The port of a classic service. */
  async classicPort(name: string): Promise<number> {
    return Number((await this.line('listens, without encryption', `.${name}`)).port);
  }

  /** Asks it to end. */
  async stop(): Promise<RelayExit> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Runs the relay with a command line that ends by itself. */
export function runRelay(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<RelayExit> {
  return new RelayProcess(args, environment).ended;
}
