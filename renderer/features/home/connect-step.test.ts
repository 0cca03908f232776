import { expect, test } from 'vitest';
import { ERROR_REASONS } from '../../../shared/base/errors.ts';
import type { ErrorView } from '../../../shared/ipc/kit.ts';
import { CONNECTION_PHASES } from '../../../shared/session/connection-phase.ts';
import { sampleConnection } from '../../../tests/fakes/sample-state.ts';
import { nextTry } from '../../feedback/next-try.ts';
import { connectStep } from './connect-step.ts';

const error = (reason: ErrorView['reason']): ErrorView => ({ reason, message: '', field: null, limit: null });

test('starts with the code, and with progress until main has told of the connection', () => {
  expect(connectStep(null, undefined)).toEqual({ kind: 'access', error: null });
  expect(connectStep('c1', undefined)).toEqual({ kind: 'progress', phase: 'connecting' });
});

test('every phase has a step', () => {
  const kinds = CONNECTION_PHASES.map((phase) => connectStep('c1', sampleConnection({ phase })).kind);
  expect(kinds).toEqual(['progress', 'progress', 'factor', 'progress', 'open', 'open', 'access']);
});

test('a code that was wrong or is used up is asked for again, a password only when it was wrong', () => {
  for (const reason of ['wrong-code', 'code-locked', 'denied', 'consent-timeout'] as const)
    expect(nextTry(reason, 'code')).toBe('ask');
  for (const reason of ['wrong-password', 'password-locked', 'password-stopped'] as const)
    expect(nextTry(reason, 'password')).toBe('ask');
  for (const reason of ['denied', 'consent-timeout', 'ended-by-host'] as const)
    expect(nextTry(reason, 'password')).toBe('same');
  expect(nextTry('connection-lost', 'code')).toBe('same');
  expect(nextTry('identity-changed', 'password')).toBe('none');
});

test('every error leads to another code, to a hard stop or to its words', () => {
  for (const reason of ERROR_REASONS) {
    const step = connectStep('c1', sampleConnection({ phase: 'ended', error: error(reason) }));
    const next = nextTry(reason, 'code');
    if (next === 'ask') expect(step).toEqual({ kind: 'access', error: reason });
    else if (next === 'factor') expect(step).toEqual({ kind: 'factor', error: reason });
    else if (reason === 'identity-changed') expect(step).toEqual({ kind: 'identity-changed' });
    else expect(step).toEqual({ kind: 'failed', reason, again: next === 'same' });
  }
});
