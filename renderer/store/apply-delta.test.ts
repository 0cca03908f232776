import { expect, test } from 'vitest';
import type { AppDelta, AppSnapshot } from '../../shared/ipc/state.ts';
import { sampleState } from '../../tests/fakes/sample-state.ts';
import { applyDelta } from './apply-delta.ts';

const snapshot: AppSnapshot = { revision: 7, state: sampleState(), connectionId: 'c1' };
const noHosts = (revision: number): AppDelta => ({ revision, slice: 'hosts', value: [] });

test('only the very next delta is applied', () => {
  for (const revision of [0, 6, 7]) expect(applyDelta(snapshot, noHosts(revision)).kind).toBe('old');
  expect(applyDelta(snapshot, noHosts(8)).kind).toBe('applied');
  for (const revision of [9, 10, 1_000]) expect(applyDelta(snapshot, noHosts(revision)).kind).toBe('gap');
});

test('a delta changes its slice, the revision and nothing else', () => {
  const outcome = applyDelta(snapshot, noHosts(8));
  expect(outcome).toEqual({
    kind: 'applied',
    snapshot: { ...snapshot, revision: 8, state: { ...snapshot.state, hosts: [] } },
  });
});
