// Owns the app's own relay: a process that listens while this machine shares, and that is started again when it dies.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type UtilityProcess, utilityProcess } from 'electron';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { type RelayCommand, type RelayReport, relayReportSchema } from '../relay/relay-messages.ts';

export const EMBEDDED_RELAY_LIMITS = {
  startTimeoutMs: 10_000,
  stopTimeoutMs: 2_000,
  /** Restarts after crashes, before sharing is given up; a relay that lasted starts the count anew. */
  maxRestarts: 5,
  firstRestartMs: 100,
  lastedMs: 60_000,
} as const;

/** The wanted port is taken. */
export class PortTakenError extends TarnetError {
  /** A free one near it; null when there is none. */
  readonly suggestedPort: number | null;

  constructor(message: string, suggestedPort: number | null) {
    super('port-taken', message, { field: 'port' });
    this.suggestedPort = suggestedPort;
  }
}

export interface EmbeddedRelayOptions {
  clock: Clock;
  log: Log;
  /** It died too often, or its port was taken meanwhile. */
  onLost(error: TarnetError): void;
}

interface Place {
  port: number;
  bindAddress: string;
  hostToken: string;
}

export class EmbeddedRelay {
  readonly #options: EmbeddedRelayOptions;
  #process: UtilityProcess | null = null;
  #place: Place | null = null;
  #startedAtMs = 0;
  #restarts = 0;
  #cancelRestart: (() => void) | null = null;

  constructor(options: EmbeddedRelayOptions) {
    this.#options = options;
  }

  /** Listens until `stop`. The token lets this app's host, and no other, open the room. Throws PortTakenError. */
  async start({
    port,
    bindAddress,
  }: {
    port: number;
    bindAddress: string;
  }): Promise<{ port: number; hostToken: string }> {
    if (this.#place) throw new TarnetError('illegal-transition', 'the relay runs already');
    const place: Place = { port, bindAddress, hostToken: randomBytes(24).toString('base64url') };
    this.#restarts = 0;
    const listeningPort = await this.#launch(place);
    this.#place = { ...place, port: listeningPort };
    return { port: listeningPort, hostToken: place.hostToken };
  }

  /** Resolves when nothing listens any more. */
  async stop(): Promise<void> {
    this.#cancelRestart?.();
    this.#cancelRestart = null;
    this.#place = null;
    const child = this.#process;
    this.#process = null;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(EMBEDDED_RELAY_LIMITS.stopTimeoutMs, () => child.kill());
      child.once('exit', () => {
        cancel();
        resolve();
      });
      child.postMessage({ kind: 'stop' } satisfies RelayCommand);
    });
  }

  #launch(place: Place): Promise<number> {
    const child = utilityProcess.fork(path.join(import.meta.dirname, 'relay-process.js'), [], {
      serviceName: 'TARNet relay',
      stdio: 'ignore',
    });
    this.#process = child;
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(EMBEDDED_RELAY_LIMITS.startTimeoutMs, () => {
        child.kill();
        reject(new TarnetError('relay-unreachable', 'the relay did not start in time'));
      });
      child.on('message', (message: unknown) => {
        const parsed = v.safeParse(relayReportSchema, message);
        if (!parsed.success) return;
        const report = parsed.output;
        if (report.kind === 'log') this.#log(report);
        if (report.kind !== 'started' && report.kind !== 'failed') return;
        cancel();
        if (report.kind === 'started') {
          this.#startedAtMs = this.#options.clock.monotonicMs();
          resolve(report.port);
          return;
        }
        child.kill();
        reject(
          report.reason === 'port-taken'
            ? new PortTakenError(report.message, report.suggestedPort)
            : new TarnetError(report.reason, report.message),
        );
      });
      child.once('exit', (code) => {
        cancel();
        reject(new TarnetError('relay-unreachable', 'the relay process ended'));
        if (this.#process !== child) return;
        this.#process = null;
        this.#died(code);
      });
      child.postMessage({ kind: 'start', ...place } satisfies RelayCommand);
    });
  }

  /** The room and its viewers come back by themselves as soon as somebody listens again on the same port. */
  #died(code: number): void {
    const place = this.#place;
    if (!place) return;
    const { clock, log, onLost } = this.#options;
    if (clock.monotonicMs() - this.#startedAtMs > EMBEDDED_RELAY_LIMITS.lastedMs) this.#restarts = 0;
    this.#restarts += 1;
    log.warn('the relay process died', { code, restarts: this.#restarts });
    if (this.#restarts > EMBEDDED_RELAY_LIMITS.maxRestarts) {
      this.#place = null;
      onLost(new TarnetError('relay-unreachable', 'the relay of this app keeps failing'));
      return;
    }
    const delayMs = EMBEDDED_RELAY_LIMITS.firstRestartMs * 2 ** (this.#restarts - 1);
    this.#cancelRestart = clock.after(delayMs, () => {
      this.#cancelRestart = null;
      // Whatever keeps it from starting ends its process, and that comes back here by itself.
      this.#launch(place).catch(() => undefined);
    });
  }

  #log({ level, message, fields }: Extract<RelayReport, { kind: 'log' }>): void {
    this.#options.log[level](message, fields);
  }
}
