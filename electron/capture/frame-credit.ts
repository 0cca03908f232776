// Owns the pace of whoever encodes: a frame that was taken is answered with a credit as soon as the link has drained.
import type { Clock } from '../../shared/base/clock.ts';

export const FRAME_CREDIT_LIMITS = {
  /** How often the link is asked while it has not drained. */
  pollMs: 4,
} as const;

export class FrameCredit {
  readonly #clock: Clock;
  readonly #mayEncode: () => boolean;
  readonly #grant: () => void;
  #due = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, mayEncode: () => boolean, grant: () => void) {
    this.#clock = clock;
    this.#mayEncode = mayEncode;
    this.#grant = grant;
  }

  /** A frame has come: its maker gets a credit now, or when the link has drained. */
  frameTaken(): void {
    this.#due++;
    this.#settle();
  }

  stop(): void {
    this.#due = 0;
    this.#cancel?.();
    this.#cancel = null;
  }

  #settle(): void {
    if (this.#cancel || this.#due === 0) return;
    if (this.#mayEncode()) {
      for (; this.#due > 0; this.#due--) this.#grant();
      return;
    }
    this.#cancel = this.#clock.after(FRAME_CREDIT_LIMITS.pollMs, () => {
      this.#cancel = null;
      this.#settle();
    });
  }
}
