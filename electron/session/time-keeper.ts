// Owns when a viewer asks the host for the time, and what the answers tell.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { decodeTimeSync, encodeTimeSync } from '../../shared/wire/messages/time-sync.ts';
import { ClockOffset } from './clock-offset.ts';

export const TIME_KEEPER_LIMITS = {
  /** Right after the grant, so that the first pictures have an age. */
  quickQuestions: 4,
  quickEveryMs: 150,
  everyMs: 1_000,
} as const;

export class TimeKeeper {
  readonly #clock: Clock;
  readonly #send: (question: Uint8Array) => void;
  readonly #offset = new ClockOffset();
  #asked = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, send: (question: Uint8Array) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  get roundTripMs(): number | null {
    return this.#offset.roundTripMs;
  }

  /** The least of the last ones; null before the first. */
  get bestRoundTripMs(): number | null {
    return this.#offset.bestRoundTripMs;
  }

  get offsetMs(): number | null {
    return this.#offset.offsetMs;
  }

  start(): void {
    this.stop();
    this.#offset.clear();
    this.#asked = 0;
    this.#ask();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** An answer that has just arrived. Throws `malformed`. */
  answered(body: Uint8Array): void {
    const arrivedMs = this.#clock.nowMs();
    const answer = decodeTimeSync(body);
    if (answer.kind !== 'answer') throw TarnetError.malformed('time-sync.kind', 'a host only answers');
    this.#offset.add(answer.t0Us / 1000, answer.t1Us / 1000, answer.t2Us / 1000, arrivedMs);
  }

  #ask(): void {
    this.#asked += 1;
    this.#send(encodeTimeSync({ kind: 'question', t0Us: Math.round(this.#clock.nowMs() * 1000) }));
    const quick = this.#asked < TIME_KEEPER_LIMITS.quickQuestions;
    const delayMs = quick ? TIME_KEEPER_LIMITS.quickEveryMs : TIME_KEEPER_LIMITS.everyMs;
    this.#cancel = this.#clock.after(delayMs, () => this.#ask());
  }
}
