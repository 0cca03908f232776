// Owns locking the screen when the last viewer is gone, or has been lost for a while.
import type { Clock } from '../../shared/base/clock.ts';
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { ScreenLock } from './screen-lock.ts';

/** Who is there. */
export interface Presence {
  connected: number;
  /** Lost, and may come back. */
  lost: number;
}

export interface EndLockOptions {
  lock: ScreenLock;
  clock: Clock;
  /** Whether this computer's user wants that. */
  isWanted(): boolean;
  /** How long viewers that were lost may stay away before the screen is locked, milliseconds. */
  afterLossMs(): number;
  presence(): Presence;
  onFailed(): void;
}

/** Ended here: somebody sits in front of this computer, and goes on working. */
const ENDED_HERE: ReadonlySet<ErrorReason> = new Set<ErrorReason>(['ended-by-host', 'share-stopped']);

/** Once for each absence: who unlocks it meanwhile, at the computer, is not locked out again. */
export class EndLock {
  readonly #options: EndLockOptions;
  #cancelWait: (() => void) | null = null;
  #locked = false;

  constructor(options: EndLockOptions) {
    this.#options = options;
  }

  /** A viewer came in, or back. */
  viewerCame(): void {
    this.#stopWaiting();
    this.#locked = false;
  }

  /** A viewer's connection was lost. */
  viewerLost(): void {
    if (this.#options.presence().connected === 0) this.#wait();
  }

  /** A viewer is gone for good. */
  viewerLeft(reason: ErrorReason | null): void {
    const { connected, lost } = this.#options.presence();
    if (reason !== null && ENDED_HERE.has(reason)) {
      this.#stopWaiting();
      return;
    }
    if (connected > 0) return;
    if (lost > 0) this.#wait();
    else this.#lock();
  }

  #wait(): void {
    if (this.#cancelWait || this.#locked) return;
    const { clock, afterLossMs } = this.#options;
    this.#cancelWait = clock.after(afterLossMs(), () => this.#lock());
  }

  #lock(): void {
    this.#stopWaiting();
    const { lock, isWanted, onFailed } = this.#options;
    if (this.#locked || !isWanted()) return;
    this.#locked = true;
    lock.lock().catch(onFailed);
  }

  #stopWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = null;
  }
}
