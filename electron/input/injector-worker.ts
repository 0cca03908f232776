// Owns the injector process's work: it takes batches of acts, carries them out in order and says so.
import { TarnetError } from '../../shared/base/errors.ts';
import type { Injector } from './injector.ts';
import {
  INJECTOR_MESSAGE_LIMITS,
  type InjectorAct,
  type InjectorMeans,
  type InjectorReply,
  parseInjectorRequest,
} from './injector-messages.ts';

export const INJECTOR_WORKER_LIMITS = {
  /** Batches that may wait while the injector is being opened. */
  maxWaitingBatches: 64,
  /** Local input is told at most this often. */
  localInputReportMs: 100,
} as const;

/**
 * An injector that says when it is done, and where it can, when the machine's own devices are used. Its `onProblem` means
 * that it is of no use any more.
 */
export interface WorkingInjector extends Injector {
  /** Something could not be done, in words; the rest goes on. */
  onNotice: ((message: string) => void) | null;
  settled(): Promise<void>;
  watchLocalInput?(onLocalInput: () => void): Promise<() => void>;
}

export interface InjectorWorkerOptions {
  open(): Promise<{ injector: WorkingInjector; means: InjectorMeans }>;
  post(reply: InjectorReply): void;
  /** Ends the process; 0 after `close`, else something is broken and a new process should start. */
  exit(code: number): void;
  monotonicMs(): number;
  /** Since the Unix epoch, with fractions. */
  nowMs(): number;
}

export class InjectorWorker {
  readonly #options: InjectorWorkerOptions;
  #injector: WorkingInjector | null = null;
  #waiting: unknown[] | null = [];
  #watch: Promise<(() => void) | null> | null = null;
  #localReportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: InjectorWorkerOptions) {
    this.#options = options;
  }

  /** Opens the injector and then works through what came meanwhile. */
  async start(): Promise<void> {
    try {
      const { injector, means } = await this.#options.open();
      injector.onNotice = (message) => this.#tell('notice', message);
      injector.onProblem = (message) => this.#fail(message ?? 'injection stopped');
      this.#injector = injector;
      this.#options.post({ op: 'ready', means, hearsDevices: injector.watchLocalInput !== undefined });
    } catch (error) {
      this.#fail(TarnetError.from(error).message);
      return;
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const message of waiting) this.receive(message);
  }

  /** Takes a message from the main process. What does not parse is reported and dropped. */
  receive(message: unknown): void {
    if (this.#waiting) {
      if (this.#waiting.length < INJECTOR_WORKER_LIMITS.maxWaitingBatches) this.#waiting.push(message);
      else this.#tell('notice', 'too much input before the injector was ready');
      return;
    }
    const injector = this.#injector;
    if (!injector) return;
    try {
      const request = parseInjectorRequest(message);
      switch (request.op) {
        case 'acts':
          this.#carryOut(injector, request.batch, request.acts);
          return;
        case 'watch':
          void this.#watchLocalInput(injector, request.on);
          return;
        case 'close':
          void this.#close(injector);
      }
    } catch (error) {
      this.#tell('notice', TarnetError.from(error).message);
    }
  }

  #carryOut(injector: WorkingInjector, batch: number, acts: readonly InjectorAct[]): void {
    const begunAtMs = this.#options.nowMs();
    for (const act of acts) perform(injector, act);
    void this.#confirm(injector, batch, begunAtMs);
  }

  async #confirm(injector: WorkingInjector, batch: number, begunAtMs: number): Promise<void> {
    try {
      await injector.settled();
      this.#options.post({ op: 'done', batch, begunAtMs });
    } catch (error) {
      // The display is gone: only a new process can find another.
      this.#fail(TarnetError.from(error).message);
    }
  }

  async #watchLocalInput(injector: WorkingInjector, on: boolean): Promise<void> {
    const before = await this.#watch;
    before?.();
    this.#watch = null;
    if (!on || !injector.watchLocalInput) return;
    this.#watch = injector
      .watchLocalInput(() => this.#localInput())
      .catch((error: unknown) => {
        this.#tell('notice', TarnetError.from(error).message);
        return null;
      });
    await this.#watch;
  }

  async #close(injector: WorkingInjector): Promise<void> {
    // Whatever happens while it closes, the process ends.
    await injector.settled().catch(() => undefined);
    injector.close();
    this.#options.exit(0);
  }

  #localInput(): void {
    const nowMs = this.#options.monotonicMs();
    if (nowMs - this.#localReportedAtMs < INJECTOR_WORKER_LIMITS.localInputReportMs) return;
    this.#localReportedAtMs = nowMs;
    this.#options.post({ op: 'local-input' });
  }

  #fail(message: string): void {
    this.#injector = null;
    this.#tell('problem', message);
    this.#options.exit(1);
  }

  #tell(op: 'problem' | 'notice', message: string): void {
    this.#options.post({ op, message: message.slice(0, INJECTOR_MESSAGE_LIMITS.maxProblemLength) });
  }
}

function perform(injector: Injector, act: InjectorAct): void {
  switch (act.act) {
    case 'move':
      injector.move(act.xPx, act.yPx);
      return;
    case 'button':
      injector.button(act.button, act.down);
      return;
    case 'scroll':
      injector.scroll(act.notchesX, act.notchesY);
      return;
    case 'key':
      injector.key(act.code, act.down);
      return;
    case 'text':
      injector.text(act.codePoint);
  }
}
