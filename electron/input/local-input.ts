// Owns who notices that the person at this machine acts, so that they go first: only while a viewer controls.
import type { Clock } from '../../shared/base/clock.ts';

export const LOCAL_INPUT_LIMITS = {
  checkMs: 200,
  /** After an injected act the pointer may move by that act: it is no sign of a person. */
  injectedQuietMs: 500,
} as const;

interface LocalInputGate {
  readonly anyoneControls: boolean;
  noteLocalInput(): void;
}

export interface LocalInputInjector {
  /** Whether it can tell the machine's own devices from injected input; null while it is not known. */
  readonly hearsDevices: boolean | null;
  readonly lastActAtMs: number;
  onLocalInput: (() => void) | null;
  watchLocalInput(on: boolean): void;
}

export interface LocalInputOptions {
  gate: LocalInputGate;
  injector: LocalInputInjector;
  clock: Clock;
  /** Where the pointer is (Electron's screen.getCursorScreenPoint), for systems whose devices cannot be heard. */
  cursorPoint(): { x: number; y: number };
}

/**
 * On X11 the injector process hears the devices themselves. Elsewhere the pointer is looked at five times a second, and
 * a move counts only when nothing was injected just before: a person is noticed late rather than a viewer mistaken for
 * one.
 */
export class LocalInputWatch {
  readonly #options: LocalInputOptions;
  #watching: boolean;
  #lastPoint: { x: number; y: number } | null = null;
  #cancel: (() => void) | null = null;

  constructor(options: LocalInputOptions) {
    this.#options = options;
    this.#watching = false;
  }

  start(): void {
    if (this.#cancel) return;
    this.#options.injector.onLocalInput = () => {
      if (this.#options.gate.anyoneControls) this.#options.gate.noteLocalInput();
    };
    this.#check();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#options.injector.onLocalInput = null;
    this.#watch(false);
  }

  #check(): void {
    const { gate, injector, clock } = this.#options;
    this.#watch(gate.anyoneControls);
    if (this.#watching && injector.hearsDevices === false) this.#look();
    this.#cancel = clock.after(LOCAL_INPUT_LIMITS.checkMs, () => this.#check());
  }

  #watch(on: boolean): void {
    if (on === this.#watching) return;
    this.#watching = on;
    this.#lastPoint = null;
    this.#options.injector.watchLocalInput(on);
  }

  #look(): void {
    const { gate, injector, clock, cursorPoint } = this.#options;
    const point = cursorPoint();
    const moved = this.#lastPoint !== null && (point.x !== this.#lastPoint.x || point.y !== this.#lastPoint.y);
    this.#lastPoint = point;
    const quiet = clock.monotonicMs() - injector.lastActAtMs >= LOCAL_INPUT_LIMITS.injectedQuietMs;
    if (moved && quiet) gate.noteLocalInput();
  }
}
