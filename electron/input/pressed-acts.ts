// Owns what the injector process may be holding down: what has to be released when it dies.
import type { InjectorAct } from './injector-messages.ts';

interface Pressed {
  release: InjectorAct;
  /** The batch that carries the release; null while none does. */
  releasedInBatch: number | null;
}

export class PressedActs {
  readonly #pressed = new Map<string, Pressed>();

  /** An act will be sent. */
  queued(act: InjectorAct): void {
    const name = nameOf(act);
    if (name === null || !('down' in act) || !act.down) return;
    this.#pressed.set(name, { release: { ...act, down: false }, releasedInBatch: null });
  }

  /** An act was sent, in this batch. */
  sent(act: InjectorAct, batch: number): void {
    const name = nameOf(act);
    if (name === null || !('down' in act)) return;
    const pressed = this.#pressed.get(name);
    if (pressed) pressed.releasedInBatch = act.down ? null : batch;
  }

  /** Everything up to this batch has been carried out. */
  done(batch: number): void {
    for (const [name, { releasedInBatch }] of this.#pressed)
      if (releasedInBatch !== null && releasedInBatch <= batch) this.#pressed.delete(name);
  }

  /** The acts that release everything that may be down. */
  releases(): InjectorAct[] {
    return Array.from(this.#pressed.values(), ({ release }) => release);
  }
}

function nameOf(act: InjectorAct): string | null {
  if (act.act === 'key') return `key:${act.code}`;
  return act.act === 'button' ? `button:${act.button}` : null;
}
