// Owns the main process's end of injection: forks the injector process, feeds it in order, and restarts it after a crash
// with everything released first.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { MouseButton } from '../../shared/model/input-event.ts';
import type { KeyCode } from '../../shared/model/key-codes.ts';
import type { Injector } from './injector.ts';
import {
  INJECTOR_MESSAGE_LIMITS,
  type InjectorAct,
  type InjectorRequest,
  parseInjectorReply,
} from './injector-messages.ts';
import { PressedActs } from './pressed-acts.ts';

export const INJECTOR_CLIENT_LIMITS = {
  /** Acts that wait for the process; past it the process counts as stuck. */
  maxQueuedActs: 2048,
  /** Batches that the process has and has not carried out yet. */
  maxBatchesInFlight: 4,
  /** A batch that takes longer means that the process is stuck. */
  stuckAfterMs: 20_000,
  /** The process did not become ready. */
  startTimeoutMs: 10_000,
  firstRestartMs: 250,
  lastRestartMs: 10_000,
  /** How long the process may take to put things back when it is closed. */
  closeMs: 1000,
  /** How many may wait to be told when their input was injected; the oldest are forgotten. */
  maxWaitingToBeTold: 32,
} as const;

/** What we need of a utility process. */
export interface InjectorChild {
  post(message: InjectorRequest): void;
  kill(): void;
}

export interface InjectorChildEvents {
  onMessage(message: unknown): void;
  onExit(code: number | null): void;
}

export interface InjectorClientOptions {
  fork(events: InjectorChildEvents): InjectorChild;
  clock: Clock;
  log: Log;
}

interface Running {
  child: InjectorChild;
  ready: boolean;
  hearsDevices: boolean;
  /** Batches sent and not confirmed. */
  inFlight: number;
  lastBatch: number;
  problem: string | null;
  cancelTimer: (() => void) | null;
}

export class InjectorClient implements Injector {
  onProblem: ((message: string | null) => void) | null = null;
  /** The person at this machine moved the mouse or typed. */
  onLocalInput: (() => void) | null = null;

  readonly #options: InjectorClientOptions;
  #running: Running | null = null;
  #queue: InjectorAct[] = [];
  /** Who waits for all of the queue's acts, and once these have been sent, for which batch. */
  #toTell: { batch: number | null; tell: (begunAtMs: number) => void }[] = [];
  readonly #pressed = new PressedActs();
  #flushScheduled: boolean;
  #watching: boolean;
  #closed: boolean;
  #restartMs: number = INJECTOR_CLIENT_LIMITS.firstRestartMs;
  #cancelRestart: (() => void) | null = null;
  #lastActAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: InjectorClientOptions) {
    this.#options = options;
    this.#flushScheduled = false;
    this.#watching = false;
    this.#closed = false;
  }

  /** Forks the process if it is not running: before the first act, so that it does not wait for that. */
  start(): void {
    if (!this.#running && !this.#cancelRestart && !this.#closed) this.#fork();
  }

  /** Whether the process can tell local input from injected input; null while it is not known. */
  get hearsDevices(): boolean | null {
    return this.#running?.ready ? this.#running.hearsDevices : null;
  }

  /** Monotonic time of the last act, which explains a pointer that moves. */
  get lastActAtMs(): number {
    return this.#lastActAtMs;
  }

  /** Whether onLocalInput is wanted. */
  watchLocalInput(on: boolean): void {
    this.#watching = on;
    if (this.#running?.ready) this.#running.child.post({ op: 'watch', on });
  }

  move(xPx: number, yPx: number): void {
    const last = this.#queue.at(-1);
    const act: InjectorAct = { act: 'move', xPx: Math.round(xPx), yPx: Math.round(yPx) };
    // Moves that wait together are one move.
    if (last?.act === 'move') this.#queue[this.#queue.length - 1] = act;
    else this.#add(act);
  }

  button(button: MouseButton, down: boolean): void {
    this.#add({ act: 'button', button, down });
  }

  scroll(notchesX: number, notchesY: number): void {
    const { maxNotches } = INJECTOR_MESSAGE_LIMITS;
    const bounded = (notches: number) => Math.min(maxNotches, Math.max(-maxNotches, Math.trunc(notches)));
    this.#add({ act: 'scroll', notchesX: bounded(notchesX), notchesY: bounded(notchesY) });
  }

  key(code: KeyCode, down: boolean): void {
    this.#add({ act: 'key', code, down });
  }

  text(codePoint: number): void {
    this.#add({ act: 'text', codePoint });
  }

  whenInjected(tell: (begunAtMs: number) => void): void {
    // nothing was asked for that has not been sent already
    if (this.#queue.length === 0) return;
    this.#toTell.push({ batch: null, tell });
    if (this.#toTell.length > INJECTOR_CLIENT_LIMITS.maxWaitingToBeTold) this.#toTell.shift();
  }

  /** Releases what is held and ends the process. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRestart?.();
    const running = this.#running;
    if (!running) return;
    running.child.post({ op: 'acts', batch: running.lastBatch + 1, acts: this.#pressed.releases() });
    running.child.post({ op: 'close' });
    running.cancelTimer?.();
    running.cancelTimer = this.#options.clock.after(INJECTOR_CLIENT_LIMITS.closeMs, () => running.child.kill());
  }

  #add(act: InjectorAct): void {
    if (this.#closed) return;
    this.#lastActAtMs = this.#options.clock.monotonicMs();
    // Waiting for a restart: nothing old is replayed, and what is held gets released by the restart itself.
    if (this.#cancelRestart) return;
    this.start();
    if (this.#queue.length >= INJECTOR_CLIENT_LIMITS.maxQueuedActs) {
      this.#giveUpOn('the input process does not keep up');
      return;
    }
    this.#pressed.queued(act);
    this.#queue.push(act);
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const running = this.#running;
    if (!running?.ready || this.#closed) return;
    while (this.#queue.length > 0 && running.inFlight < INJECTOR_CLIENT_LIMITS.maxBatchesInFlight) {
      const acts = this.#queue.splice(0, INJECTOR_MESSAGE_LIMITS.maxActs);
      running.lastBatch += 1;
      running.inFlight += 1;
      if (this.#queue.length === 0) for (const waiting of this.#toTell) waiting.batch ??= running.lastBatch;
      for (const act of acts) this.#pressed.sent(act, running.lastBatch);
      running.child.post({ op: 'acts', batch: running.lastBatch, acts });
      this.#armTimer(running);
    }
  }

  #fork(): void {
    let running: Running | null = null;
    const child = this.#options.fork({
      onMessage: (message) => {
        if (running && running === this.#running) this.#receive(running, message);
      },
      onExit: (code) => {
        if (running && running === this.#running) this.#ended(running, code);
      },
    });
    running = {
      child,
      ready: false,
      hearsDevices: false,
      inFlight: 0,
      lastBatch: 0,
      problem: null,
      cancelTimer: this.#options.clock.after(INJECTOR_CLIENT_LIMITS.startTimeoutMs, () =>
        this.#giveUpOn('the input process did not start'),
      ),
    };
    this.#running = running;
  }

  #receive(running: Running, message: unknown): void {
    try {
      const reply = parseInjectorReply(message);
      switch (reply.op) {
        case 'ready':
          running.ready = true;
          running.hearsDevices = reply.hearsDevices;
          running.cancelTimer?.();
          running.cancelTimer = null;
          this.#options.log.info('input is injected', { means: reply.means });
          if (this.#watching) running.child.post({ op: 'watch', on: true });
          this.onProblem?.(null);
          this.#flush();
          return;
        case 'done':
          this.#done(running, reply.batch);
          this.#tellOf(reply.batch, reply.begunAtMs);
          return;
        case 'problem':
          running.problem = reply.message;
          return;
        case 'notice':
          this.#options.log.warn('input could not be injected', { detail: reply.message });
          return;
        case 'local-input':
          this.onLocalInput?.();
      }
    } catch (error) {
      this.#options.log.warn('the input process sent something else', { detail: TarnetError.from(error).message });
    }
  }

  #done(running: Running, batch: number): void {
    running.inFlight = Math.max(0, running.inFlight - 1);
    this.#restartMs = INJECTOR_CLIENT_LIMITS.firstRestartMs;
    this.#pressed.done(batch);
    this.#armTimer(running);
    this.#flush();
  }

  #tellOf(batch: number, begunAtMs: number): void {
    const told = this.#toTell.filter((waiting) => waiting.batch !== null && waiting.batch <= batch);
    if (told.length === 0) return;
    this.#toTell = this.#toTell.filter((waiting) => !told.includes(waiting));
    for (const { tell } of told) tell(begunAtMs);
  }

  #armTimer(running: Running): void {
    running.cancelTimer?.();
    running.cancelTimer =
      running.inFlight === 0
        ? null
        : this.#options.clock.after(INJECTOR_CLIENT_LIMITS.stuckAfterMs, () =>
            this.#giveUpOn('the input process is stuck'),
          );
  }

  #giveUpOn(problem: string): void {
    const running = this.#running;
    if (!running) return;
    running.problem = problem;
    running.child.kill();
    this.#ended(running, null);
  }

  #ended(running: Running, code: number | null): void {
    running.cancelTimer?.();
    this.#running = null;
    this.#toTell = [];
    if (this.#closed) return;
    const message = running.problem ?? `the input process ended (${code ?? 'killed'})`;
    this.#options.log.error('input cannot be injected', { detail: message, restartMs: this.#restartMs });
    this.onProblem?.(message);
    // Whoever still holds something will not get it back by a late replay: only releases survive a crash.
    this.#queue = this.#pressed.releases();
    this.#cancelRestart = this.#options.clock.after(this.#restartMs, () => {
      this.#cancelRestart = null;
      this.#fork();
    });
    this.#restartMs = Math.min(this.#restartMs * 2, INJECTOR_CLIENT_LIMITS.lastRestartMs);
  }
}
