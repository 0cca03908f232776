// Owns what v1 clients do with mouse and keyboard: by the one way that all input goes, and nothing stays pressed.
import type { Clock } from '../../../shared/base/clock.ts';
import { VIEW_AND_CONTROL } from '../../../shared/model/permissions.ts';
import type { InputSink } from '../room-ports.ts';
import type { PlainAudience } from './plain-audience.ts';
import type { V1HeardCommand } from './v1-host-wire.ts';

export const PLAIN_HANDS_LIMITS = {
  /** Who holds something down and says nothing for so long is gone: v1 tells nobody who has left. */
  silentHoldMs: 10_000,
} as const;

export interface PlainHandsOptions {
  clock: Clock;
  input: InputSink;
  audience: PlainAudience;
  onActed(): void;
}

export class PlainHands {
  readonly #options: PlainHandsOptions;
  readonly #admitted = new Set<string>();
  readonly #silences = new Map<string, () => void>();
  #control = false;

  constructor(options: PlainHandsOptions) {
    this.#options = options;
  }

  /** For all of them: whoever may not control any more lets go. */
  setControl(control: boolean): void {
    this.#control = control;
    if (!control) this.letGo();
  }

  /** `new` when the client cannot be one of those who were let in. */
  command(clientId: string, command: V1HeardCommand): 'done' | 'new' {
    const { input, audience, onActed } = this.#options;
    const hand = audience.handOf(clientId);
    if (hand === 'new') return 'new';
    if (!hand || !this.#control) return 'done';
    const id = inputId(clientId);
    if (!this.#admitted.has(id)) {
      input.admit(id, VIEW_AND_CONTROL);
      this.#admitted.add(id);
    }
    const accepted = hand.inputOf(command).filter((event) => input.accept(id, event));
    if (accepted.length > 0) onActed();
    this.#silences.get(id)?.();
    this.#silences.delete(id);
    if (hand.holdsAny) {
      const cancel = this.#options.clock.after(PLAIN_HANDS_LIMITS.silentHoldMs, () => {
        this.#silences.delete(id);
        hand.forget();
        input.release(id);
      });
      this.#silences.set(id, cancel);
    }
    return 'done';
  }

  /** Everybody lets go of everything, and is forgotten. */
  letGo(): void {
    for (const cancel of this.#silences.values()) cancel();
    this.#silences.clear();
    for (const id of this.#admitted) this.#options.input.dismiss(id);
    this.#admitted.clear();
  }
}

/** Never the name of anybody who has proved who they are. */
function inputId(clientId: string): string {
  return `unencrypted ${clientId}`;
}
