import { describe, expect, it } from 'vitest';
import type { ConsentRequest } from '../../shared/ipc/state.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { type Applicant, CONSENT_LIMITS, ConsentDesk } from './consent-desk.ts';

const APPLICANT: Applicant = {
  name: 'Ana',
  system: 'Linux',
  address: '192.168.1.9',
  fingerprint: ['a'],
  sas: 'one two three',
  how: 'code',
  viewOnly: false,
  asks: 'access',
  permissions: null,
};

function makeDesk() {
  const clock = new FakeClock();
  const lists: ConsentRequest[][] = [];
  const desk = new ConsentDesk(clock, (requests) => lists.push(requests));
  const newest = () => lists.at(-1)?.at(-1);
  return { clock, desk, lists, newest };
}

describe('consent desk', () => {
  it('passes the answer on and forgets the request', async () => {
    const { desk, lists, newest } = makeDesk();
    const outcome = desk.request(APPLICANT);
    desk.answer(newest()!.id, 'view', ['files-in']);
    await expect(outcome).resolves.toEqual(new Set(['view', 'files-in']));
    expect(lists.at(-1)).toEqual([]);
    expect(() => desk.answer(lists[0]![0]!.id, 'control')).toThrow(expect.objectContaining({ reason: 'not-found' }));
  });

  it('takes silence as no after the time-out, and not before', async () => {
    const { clock, desk, newest } = makeDesk();
    const outcome = desk.request(APPLICANT);
    expect(newest()!.expiresAtMs - newest()!.requestedAtMs).toBe(CONSENT_LIMITS.timeoutMs);
    clock.advance(CONSENT_LIMITS.timeoutMs - 1);
    expect(newest()).toBeDefined();
    clock.advance(1);
    await expect(outcome).resolves.toBe('timeout');
  });

  it('drops the question when the applicant leaves', async () => {
    const { desk, lists } = makeDesk();
    const leaving = new AbortController();
    const outcome = desk.request(APPLICANT, leaving.signal);
    leaving.abort();
    await expect(outcome).resolves.toBe('deny');
    expect(lists.at(-1)).toEqual([]);
  });

  it('denies unasked what comes on top of the limit', async () => {
    const { desk, lists } = makeDesk();
    const asked = Array.from({ length: CONSENT_LIMITS.maxWaiting }, () => desk.request(APPLICANT));
    await expect(desk.request(APPLICANT)).resolves.toBe('deny');
    expect(lists.at(-1)).toHaveLength(CONSENT_LIMITS.maxWaiting);
    desk.denyAll();
    await expect(Promise.all(asked)).resolves.toEqual(asked.map(() => 'deny'));
  });
});
