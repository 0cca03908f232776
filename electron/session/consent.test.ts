import { describe, expect, it } from 'vitest';
import type { ConsentRequest } from '../../shared/ipc/state.ts';
import type { ConsentDecision } from '../../shared/model/permissions.ts';
import { type Deferred, deferred } from '../../tests/fakes/deferred.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { acceptAll, CONSENT_LIMITS, Consent } from './consent.ts';

const about = { id: 'r1', name: 'Ana', system: 'Linux', address: '10.0.0.2', fingerprint: ['a'], sas: 'one two three' };

function desk() {
  const clock = new FakeClock();
  const asked: { request: ConsentRequest; signal: AbortSignal; answer: Deferred<ConsentDecision> }[] = [];
  const consent = new Consent(
    {
      ask(request, signal) {
        const answer = deferred<ConsentDecision>();
        asked.push({ request, signal, answer });
        return answer.promise;
      },
    },
    clock,
  );
  return { clock, consent, asked };
}

describe('Consent', () => {
  it('asks with everything that the user has to see, and gives the answer', async () => {
    const { clock, consent, asked } = desk();
    const { answer } = consent.ask(about);
    const requestedAtMs = clock.nowMs();
    expect(asked[0]!.request).toEqual({
      ...about,
      requestedAtMs,
      expiresAtMs: requestedAtMs + CONSENT_LIMITS.timeoutMs,
    });
    asked[0]!.answer.resolve('view');
    expect(await answer).toBe('view');
    expect(clock.pending).toBe(0);
  });

  it('takes silence for a no, and the question from the screen', async () => {
    const { clock, consent, asked } = desk();
    const { answer } = consent.ask(about);
    clock.advance(CONSENT_LIMITS.timeoutMs - 1);
    expect(asked[0]!.signal.aborted).toBe(false);
    clock.advance(1);
    expect(await answer).toBe('timeout');
    expect(asked[0]!.signal.aborted).toBe(true);
    asked[0]!.answer.resolve('control');
    expect(await answer).toBe('timeout');
  });

  it('takes the question back when the viewer is gone', async () => {
    const { consent, asked } = desk();
    const { answer, withdraw } = consent.ask(about);
    withdraw();
    expect(await answer).toBe('withdrawn');
    expect(asked[0]!.signal.aborted).toBe(true);
  });

  it('denies what it cannot ask', async () => {
    const consent = new Consent({ ask: () => Promise.reject(new Error('no window')) }, new FakeClock());
    expect(await consent.ask(about).answer).toBe('deny');
  });

  it('refuses, unasked, who comes on top of too many questions', async () => {
    const { consent, asked } = desk();
    const open = Array.from({ length: CONSENT_LIMITS.maxOpen }, () => consent.ask(about));
    expect(await consent.ask(about).answer).toBe('deny');
    expect(asked).toHaveLength(CONSENT_LIMITS.maxOpen);
    asked[0]!.answer.resolve('deny');
    await open[0]!.answer;
    const next = consent.ask(about);
    asked.at(-1)!.answer.resolve('control');
    expect(await next.answer).toBe('control');
  });

  it('lets everybody in where that is the policy', async () => {
    const consent = new Consent(acceptAll('view'), new FakeClock());
    expect(await consent.ask(about).answer).toBe('view');
  });
});
