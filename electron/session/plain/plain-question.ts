// Owns asking the host's user about v1 viewers: one question at a time, and peace after a no.
import type { Clock } from '../../../shared/base/clock.ts';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import type { Permissions } from '../../../shared/model/permissions.ts';
import type { Applicant, ConsentOutcome, ConsentPort } from '../consent.ts';

export const PLAIN_QUESTION_LIMITS = {
  /** After a no, or no answer, nobody is asked about for so long; each further no doubles it. */
  quietMs: 30_000,
  maxQuietMs: 600_000,
} as const;

export interface PlainQuestionOptions {
  clock: Clock;
  desk: ConsentPort;
  /** What they may do; or why not. */
  onAnswer(answer: Permissions | ErrorReason): void;
}

export class PlainQuestion {
  readonly #options: PlainQuestionOptions;
  #open: AbortController | null = null;
  #asked = 0;
  /** So many were there when the answer was no. */
  #refused = 0;
  #refusals = 0;
  #quietUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: PlainQuestionOptions) {
    this.#options = options;
  }

  /** How many viewers the last question was about. */
  get asked(): number {
    return this.#asked;
  }

  /** Whether so many viewers are worth a question now. */
  isDue(count: number): boolean {
    return count > this.#refused && this.#options.clock.monotonicMs() >= this.#quietUntilMs;
  }

  /** Asks about so many, in place of a question that is still open. @param relay how people call it */
  ask(count: number, relay: string): void {
    this.withdraw();
    const question = new AbortController();
    this.#open = question;
    this.#asked = count;
    const applicant: Applicant = {
      name: '',
      system: '',
      address: relay,
      fingerprint: [],
      sas: '',
      how: 'none',
      viewOnly: false,
      asks: 'plain-access',
      permissions: null,
      viewers: count,
    };
    void this.#options.desk.request(applicant, question.signal).then((outcome) => {
      if (this.#open === question) this.#answered(outcome);
    });
  }

  withdraw(): void {
    this.#open?.abort();
    this.#open = null;
  }

  /** Of those who were refused at most so many are still there. */
  counted(count: number): void {
    this.#refused = Math.min(this.#refused, count);
  }

  /** Nothing is asked for a while. */
  quieten(): void {
    const { quietMs, maxQuietMs } = PLAIN_QUESTION_LIMITS;
    const waitMs = Math.min(maxQuietMs, quietMs * 2 ** this.#refusals);
    this.#refusals = Math.min(this.#refusals + 1, 16);
    this.#quietUntilMs = this.#options.clock.monotonicMs() + waitMs;
  }

  /** As if nobody had ever been asked about. */
  reset(): void {
    this.withdraw();
    this.#refused = 0;
    this.#refusals = 0;
    this.#quietUntilMs = Number.NEGATIVE_INFINITY;
  }

  #answered(outcome: ConsentOutcome): void {
    this.#open = null;
    if (typeof outcome !== 'string' && outcome.has('view')) {
      this.#refusals = 0;
      this.#options.onAnswer(outcome);
      return;
    }
    this.#refused = this.#asked;
    this.quieten();
    this.#options.onAnswer(typeof outcome === 'string' ? REASONS[outcome] : 'denied');
  }
}

const REASONS = { deny: 'denied', timeout: 'consent-timeout', disturbed: 'do-not-disturb' } as const;
