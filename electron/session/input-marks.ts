// Owns which of a viewer's input the host has yet to say it has carried out, while the viewer measures.
import { type InputEvent, isMeasuredInput } from '../../shared/model/input-event.ts';

export const INPUT_MARK_LIMITS = {
  /** Records that wait for their answer; the oldest are forgotten. */
  maxWaiting: 32,
} as const;

export class InputMarks {
  /** When the oldest measured input came that has not been sent; null without any. */
  #unsentAtMs: number | null = null;
  /** By number of the record. */
  readonly #waiting = new Map<number, number>();

  /** Input has come from the user, at this time of this machine's clock. */
  came(events: readonly InputEvent[], atMs: number): void {
    if (events.some(isMeasuredInput)) this.#unsentAtMs ??= atMs;
  }

  /** These have been sent as the record of this number. */
  sent(events: readonly InputEvent[], inputId: number | null): void {
    if (this.#unsentAtMs === null || !events.some(isMeasuredInput)) return;
    if (inputId !== null) this.#waiting.set(inputId, this.#unsentAtMs);
    this.#unsentAtMs = null;
    for (const oldest of this.#waiting.keys())
      if (this.#waiting.size > INPUT_MARK_LIMITS.maxWaiting) this.#waiting.delete(oldest);
  }

  /** Nothing is left to be sent: what was not sent was given up. */
  allSent(): void {
    this.#unsentAtMs = null;
  }

  /** When the record's input came; null when nobody waits for it. */
  injected(inputId: number): number | null {
    const atMs = this.#waiting.get(inputId) ?? null;
    this.#waiting.delete(inputId);
    return atMs;
  }

  clear(): void {
    this.#unsentAtMs = null;
    this.#waiting.clear();
  }
}
