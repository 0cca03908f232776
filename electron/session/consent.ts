// Owns the question to the host's user: who is asked about whom, for how long, and what silence means.
import type { Clock } from '../../shared/base/clock.ts';
import type { ConsentRequest } from '../../shared/ipc/state.ts';
import { type ConsentDecision, type Permissions, VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';

export const CONSENT_LIMITS = {
  /** No answer for this long means no. */
  timeoutMs: 30_000,
  /** Questions at a time; whoever comes on top is refused unasked. */
  maxOpen: 4,
} as const;

/** Whoever can ask the host's user. */
export interface ConsentPort {
  /** Shows the question and resolves with the answer; when the signal aborts, takes it away again. */
  ask(request: ConsentRequest, signal: AbortSignal): Promise<ConsentDecision>;
}

/** Lets everybody in who knows the secret: only for a host that was started so from its command line. */
export function acceptAll(decision: 'control' | 'view'): ConsentPort {
  return { ask: () => Promise.resolve(decision) };
}

export type ConsentAnswer = ConsentDecision | 'timeout' | 'withdrawn';

export class Consent {
  readonly #port: ConsentPort;
  readonly #clock: Clock;
  readonly #open = new Set<AbortController>();

  constructor(port: ConsentPort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
  }

  /**
   * Asks. `withdraw` takes the question back, because the viewer is gone; a question that cannot be asked is denied.
   * Never rejects.
   */
  ask(about: Omit<ConsentRequest, 'requestedAtMs' | 'expiresAtMs'>): {
    answer: Promise<ConsentAnswer>;
    withdraw(): void;
  } {
    if (this.#open.size >= CONSENT_LIMITS.maxOpen)
      return { answer: Promise.resolve('deny'), withdraw: () => undefined };
    const requestedAtMs = this.#clock.nowMs();
    const request = { ...about, requestedAtMs, expiresAtMs: requestedAtMs + CONSENT_LIMITS.timeoutMs };
    const question = new AbortController();
    this.#open.add(question);
    let cancelTimer: () => void = () => undefined;
    let withdraw: () => void = () => undefined;
    const answer = new Promise<ConsentAnswer>((resolve) => {
      cancelTimer = this.#clock.after(CONSENT_LIMITS.timeoutMs, () => resolve('timeout'));
      withdraw = () => resolve('withdrawn');
      this.#port.ask(request, question.signal).then(resolve, () => resolve('deny'));
    }).then((result) => {
      cancelTimer();
      this.#open.delete(question);
      question.abort();
      return result;
    });
    return { answer, withdraw: () => withdraw() };
  }
}

/** What a decision permits. */
export function permissionsOf(decision: 'control' | 'view'): Permissions {
  return decision === 'control' ? VIEW_AND_CONTROL : VIEW_ONLY;
}
