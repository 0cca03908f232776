// Owns a viewer's input on its way out: what is joined, what may wait, and what is given up when the link is blocked.
import type { InputEvent } from '../../shared/model/input-event.ts';
import { INPUT_RECORD_LIMITS } from '../../shared/wire/messages/input.ts';

export const INPUT_OUTBOX_LIMITS = {
  /** Events that may wait while the link is blocked. */
  maxWaiting: 128,
} as const;

export class InputOutbox {
  #waiting: InputEvent[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Adds events. Of moves that follow each other only the last counts. When too many wait, they are given up and
   * everything is released instead: old clicks must not come down minutes later, and no key may stay pressed.
   */
  add(events: readonly InputEvent[]): void {
    for (const event of events) {
      if (event.kind === 'move' && this.#waiting.at(-1)?.kind === 'move') this.#waiting.pop();
      this.#waiting.push(event);
    }
    if (this.#waiting.length > INPUT_OUTBOX_LIMITS.maxWaiting) this.#waiting = [{ kind: 'release-all' }];
  }

  /** The next record's events, in order; empty when nothing waits. */
  take(): InputEvent[] {
    return this.#waiting.splice(0, INPUT_RECORD_LIMITS.maxEvents);
  }

  clear(): void {
    this.#waiting = [];
  }
}
