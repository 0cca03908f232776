// Owns what comes before a session window can paint: the newest complete picture and what builds on it, within bounds.
import type { MediaDelivery } from '../../shared/ipc/media.ts';

export const FRAME_GATE_LIMITS = { maxFrames: 64, maxBytes: 16 * 1024 * 1024 } as const;

/** Holds deliveries until the page is ready, then lets everything through. */
export class FrameGate {
  readonly #deliver: (delivery: MediaDelivery) => void;
  readonly #requestKeyFrame: () => void;
  #waiting: MediaDelivery[] = [];
  #waitingBytes = 0;
  #isOpen = false;

  constructor(deliver: (delivery: MediaDelivery) => void, requestKeyFrame: () => void) {
    this.#deliver = deliver;
    this.#requestKeyFrame = requestKeyFrame;
  }

  push(delivery: MediaDelivery): void {
    if (this.#isOpen) {
      this.#deliver(delivery);
      return;
    }
    if (delivery.frame.key) this.#forget();
    else if (this.#waiting.length === 0) return;
    this.#waiting.push(delivery);
    this.#waitingBytes += delivery.sizeBytes;
    const { maxFrames, maxBytes } = FRAME_GATE_LIMITS;
    if (this.#waiting.length > maxFrames || this.#waitingBytes > maxBytes) this.#forget();
  }

  /** The page can paint, for the first time or after a reload: without a key frame at hand it needs a new one. */
  open(): void {
    const waiting = this.#waiting;
    this.#forget();
    this.#isOpen = true;
    for (const delivery of waiting) this.#deliver(delivery);
    if (waiting.length === 0) this.#requestKeyFrame();
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
