import { expect, test } from 'vitest';
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { ActivityFacts } from '../../shared/model/activity.ts';
import { type Permission, VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';
import type { ConnectionPhase } from '../../shared/session/connection-phase.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { SessionActivity } from './session-activity.ts';

function site() {
  const clock = new FakeClock();
  const entries: ActivityFacts[] = [];
  const activity = new SessionActivity({
    clock,
    session: 's1',
    address: 'studio:8000',
    authentication: 'code',
    add: (facts) => entries.push(facts),
  });
  const see = (
    phase: ConnectionPhase,
    reason: ErrorReason | null = null,
    permissions: ReadonlySet<Permission> = VIEW_ONLY,
  ) =>
    activity.observe({
      phase,
      name: 'studio',
      system: '',
      fingerprint: [],
      permissions,
      error: reason && { reason },
    });
  return { clock, entries, see };
}

test('a session is written from its start over a lost connection to its end', () => {
  const { clock, entries, see } = site();
  see('connecting');
  see('handshaking');
  see('awaiting-consent');
  see('active');
  see('active', null, VIEW_AND_CONTROL);
  see('reconnecting', 'connection-lost');
  see('reconnecting', 'relay-unreachable');
  see('active', null, VIEW_AND_CONTROL);
  clock.advance(60_000);
  see('ended', 'ended-by-host', VIEW_AND_CONTROL);
  expect(entries).toMatchObject([
    { kind: 'session-started', session: 's1', name: 'studio', authentication: 'code', permissions: ['view'] },
    { kind: 'session-permissions', permissions: ['view', 'control'] },
    { kind: 'session-lost', reason: 'connection-lost' },
    { kind: 'session-resumed', authentication: 'ticket' },
    { kind: 'session-ended', durationMs: 60_000, reason: 'ended-by-host' },
  ]);
});

test('being asked again on the way back is no ticket', () => {
  const { entries, see } = site();
  see('active');
  see('reconnecting', 'connection-lost');
  see('awaiting-consent');
  see('active');
  expect(entries.at(-1)).toMatchObject({ kind: 'session-resumed', authentication: 'code' });
});

test('a connection that never came to be is written with its reason, each time', () => {
  const { entries, see } = site();
  see('handshaking');
  see('ended', 'wrong-code');
  see('connecting');
  see('ended');
  expect(entries.map(({ kind, reason }) => [kind, reason])).toEqual([
    ['session-failed', 'wrong-code'],
    ['session-failed', 'cancelled'],
  ]);
});
