// Owns the suspicion that a repeating key repeats only because its release is stuck on the way.
import type { Clock } from '../../shared/base/clock.ts';

export const REPEAT_WATCH_LIMITS = {
  /** Browsers repeat at least every 100 ms; a silence as long as this is a link that stalls. */
  silenceMs: 700,
} as const;

/**
 * X servers repeat a held key by themselves: a viewer whose link stalls while it holds Backspace would have the host
 * delete on. So a key that was repeated and then goes silent is let go; the next repeat presses it again. Keys that are
 * merely held, without repeats, stay down.
 */
export class RepeatWatch {
  readonly #clock: Clock;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The viewer repeated a key; `letGo` is called when nothing follows. */
  repeated(letGo: () => void): void {
    this.stop();
    this.#cancel = this.#clock.after(REPEAT_WATCH_LIMITS.silenceMs, () => {
      this.#cancel = null;
      letGo();
    });
  }

  /** Another key event came: the link is alive, and another key has taken the repeating over. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
