// Owns when a viewer tells its host what has come of the pictures: often while much comes, hardly while little does.
import type { Clock } from '../../../shared/base/clock.ts';
import type { PictureFeedback } from '../../../shared/wire/messages/picture-feedback.ts';

export const FEEDBACK_LIMITS = {
  /** So much has come: it is said at once, unless it was just said. */
  soonBytes: 32 * 1024,
  soonEveryMs: 10,
  /** Less, but this at least: it is said this often. */
  someBytes: 1_500,
  everyMs: 30,
  /** A letter typed, a clock's second: not worth a message of its own. */
  quietMs: 500,
  /** While the user's input waits for the link, this waits too. */
  againMs: 10,
} as const;

export interface FeedbackSenderOptions {
  clock: Clock;
  /** Input is waiting, and goes first. */
  mustWait(): boolean;
  roundTripMs(): number | null;
  send(feedback: PictureFeedback): void;
}

export class FeedbackSender {
  readonly #options: FeedbackSenderOptions;
  #receivedBytes = 0;
  #unsaidBytes = 0;
  #unsaidSinceMs = 0;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #newest: { seq: number; arrivedMs: number } | null = null;
  #waitingFrames = 0;
  #dueAtMs = 0;
  #cancel: (() => void) | null = null;

  constructor(options: FeedbackSenderOptions) {
    this.#options = options;
  }

  /** A new connection: its bytes are counted from zero. */
  start(): void {
    this.stop();
    this.#receivedBytes = 0;
    this.#unsaidBytes = 0;
    this.#newest = null;
    this.#waitingFrames = 0;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** A picture update has come. */
  arrived(seq: number, sizeBytes: number): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#unsaidBytes === 0) this.#unsaidSinceMs = nowMs;
    this.#receivedBytes += sizeBytes;
    this.#unsaidBytes += sizeBytes;
    this.#newest = { seq, arrivedMs: nowMs };
    this.#scheduleFor(this.#dueMs());
  }

  /** What the painter has not got to; said together with what comes. */
  painted(waitingFrames: number): void {
    this.#waitingFrames = waitingFrames;
  }

  #dueMs(): number {
    const { soonBytes, soonEveryMs, someBytes, everyMs, quietMs } = FEEDBACK_LIMITS;
    if (this.#unsaidBytes >= soonBytes) return this.#saidAtMs + soonEveryMs;
    if (this.#unsaidBytes >= someBytes) return this.#saidAtMs + everyMs;
    return this.#unsaidSinceMs + quietMs;
  }

  #scheduleFor(dueAtMs: number): void {
    if (this.#cancel && dueAtMs >= this.#dueAtMs) return;
    this.#cancel?.();
    this.#cancel = null;
    this.#dueAtMs = dueAtMs;
    const waitMs = dueAtMs - this.#options.clock.monotonicMs();
    if (waitMs <= 0) this.#say();
    else this.#cancel = this.#options.clock.after(Math.ceil(waitMs), () => this.#say());
  }

  #say(): void {
    this.#cancel = null;
    const { clock, mustWait, roundTripMs, send } = this.#options;
    if (!this.#newest) return;
    const nowMs = clock.monotonicMs();
    if (mustWait()) {
      this.#dueAtMs = nowMs + FEEDBACK_LIMITS.againMs;
      this.#cancel = clock.after(FEEDBACK_LIMITS.againMs, () => this.#say());
      return;
    }
    this.#saidAtMs = nowMs;
    this.#unsaidBytes = 0;
    send({
      ...this.#newest,
      waitingFrames: this.#waitingFrames,
      heldMs: nowMs - this.#newest.arrivedMs,
      roundTripMs: roundTripMs(),
      receivedBytes: this.#receivedBytes,
    });
  }
}
