// Owns the requests that wait for the host's user: each is asked once, and silence means no.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { ConsentRequest } from '../../shared/ipc/state.ts';
import {
  type ConsentDecision,
  type ExtraPermission,
  type Permissions,
  permissionsWith,
} from '../../shared/model/permissions.ts';

export const CONSENT_LIMITS = {
  timeoutMs: 30_000,
  /** Requests waiting at once; further ones are denied unasked, so that nobody can bury the user in questions. */
  maxWaiting: 4,
} as const;

/** Who asks: everything but the id and the times. */
export type Applicant = Omit<ConsentRequest, 'id' | 'requestedAtMs' | 'expiresAtMs'>;

export type ConsentOutcome = Permissions | 'deny' | 'timeout';

interface Waiting {
  request: ConsentRequest;
  settle(outcome: ConsentOutcome): void;
}

/** Asks the host's user. `onChange` gets the list of waiting requests whenever it changes. */
export class ConsentDesk {
  readonly #clock: Clock;
  readonly #onChange: (requests: ConsentRequest[]) => void;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock, onChange: (requests: ConsentRequest[]) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Resolves with the answer, with `timeout` after 30 s, or with `deny` when the applicant leaves (`signal`). */
  request(applicant: Applicant, signal?: AbortSignal): Promise<ConsentOutcome> {
    if (signal?.aborted || this.#waiting.size >= CONSENT_LIMITS.maxWaiting) return Promise.resolve('deny');
    const nowMs = this.#clock.nowMs();
    const request: ConsentRequest = {
      ...applicant,
      id: randomUUID(),
      requestedAtMs: nowMs,
      expiresAtMs: nowMs + CONSENT_LIMITS.timeoutMs,
    };
    return new Promise((resolve) => {
      const settle = (outcome: ConsentOutcome) => {
        if (!this.#waiting.delete(request.id)) return;
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
        this.#publish();
        resolve(outcome);
      };
      const onAbort = () => settle('deny');
      const cancelTimer = this.#clock.after(CONSENT_LIMITS.timeoutMs, () => settle('timeout'));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(request.id, { request, settle });
      this.#publish();
    });
  }

  /** The user's answer, and what it allows besides. Throws `not-found` for a request that is not waiting any more. */
  answer(requestId: string, decision: ConsentDecision, extra: readonly ExtraPermission[] = []): void {
    const waiting = this.#waiting.get(requestId);
    if (!waiting) throw new TarnetError('not-found', 'this request is not waiting any more', { field: 'requestId' });
    waiting.settle(decision === 'deny' ? 'deny' : permissionsWith(decision, extra));
  }

  /** Denies all that wait: sharing ends. */
  denyAll(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.settle('deny');
  }

  #publish(): void {
    this.#onChange([...this.#waiting.values()].map((waiting) => waiting.request));
  }
}
