// Owns locking the screen when the last viewer is gone.
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { ScreenLock } from './screen-lock.ts';

export interface EndLockOptions {
  lock: ScreenLock;
  /** Whether this computer's user wants that. */
  isWanted(): boolean;
  onFailed(): void;
}

/** Ended here: somebody sits in front of this computer, and goes on working. */
const ENDED_HERE: ReadonlySet<ErrorReason> = new Set<ErrorReason>(['ended-by-host', 'share-stopped']);

export class EndLock {
  readonly #options: EndLockOptions;

  constructor(options: EndLockOptions) {
    this.#options = options;
  }

  /** @param others viewers that are still in, lost ones that may come back included */
  viewerLeft(reason: ErrorReason | null, others: number): void {
    const { lock, isWanted, onFailed } = this.#options;
    if (others > 0 || (reason !== null && ENDED_HERE.has(reason)) || !isWanted()) return;
    lock.lock().catch(onFailed);
  }
}
