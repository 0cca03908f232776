// Owns who is in the room of a host without encryption, as far as anybody can tell: their number, and who gives commands.
import { V1Hand } from './v1-hand.ts';

export const PLAIN_AUDIENCE_LIMITS = {
  /** Clients that may give commands at one time. */
  maxHands: 16,
} as const;

/** `new`: more than were agreed to, so that the host's user has to be asked. `fewer`: somebody has gone, and nobody knows who. */
export type AudienceChange = 'same' | 'new' | 'fewer' | 'empty';

/**
 * Version 1 has no proof and no word of who comes and goes. What there is: the relay's count of clients, and the name that
 * a client puts on its commands. An agreement is for a number of viewers; one more, or one more name, is somebody new.
 */
export class PlainAudience {
  #count = 0;
  #agreed = 0;
  readonly #hands = new Map<string, V1Hand>();

  get count(): number {
    return this.#count;
  }

  get clientIds(): string[] {
    return [...this.#hands.keys()];
  }

  /** The relay's count. */
  counted(count: number): AudienceChange {
    const before = this.#count;
    this.#count = count;
    if (count === 0) {
      this.disagree();
      return before === 0 ? 'same' : 'empty';
    }
    if (count > this.#agreed) return 'new';
    if (count === this.#agreed) return 'same';
    // whoever comes next is not one of those who were agreed to
    this.#agreed = count;
    this.#hands.clear();
    return 'fewer';
  }

  /** The host's user has agreed to so many. */
  agree(count: number): void {
    this.#agreed = count;
    this.#hands.clear();
  }

  /** Nobody is agreed to. */
  disagree(): void {
    this.#agreed = 0;
    this.#hands.clear();
  }

  /** The hand of a client that gives a command; `new` when it cannot be one of those who were agreed to, null for too many. */
  handOf(clientId: string): V1Hand | 'new' | null {
    const known = this.#hands.get(clientId);
    if (known) return known;
    if (this.#hands.size >= this.#agreed) return 'new';
    if (this.#hands.size >= PLAIN_AUDIENCE_LIMITS.maxHands) return null;
    const hand = new V1Hand();
    this.#hands.set(clientId, hand);
    return hand;
  }
}
