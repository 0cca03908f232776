import { describe, expect, test } from 'vitest';
import type { ActivityFacts } from '../../shared/model/activity.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { HOST_ACTIVITY_LIMITS, HostActivity, type HostEvent } from './host-activity.ts';

const REFUSED: HostEvent = { kind: 'refused', address: '10.0.0.9', viewer: null, who: null, reason: 'wrong-code' };
const WHO = { name: 'Ana', system: 'Linux', fingerprint: ['one', 'two'] };

function site() {
  const clock = new FakeClock();
  const entries: ActivityFacts[] = [];
  return { clock, entries, activity: new HostActivity(clock, (facts) => entries.push(facts)) };
}

describe('what is written of viewers', () => {
  test('from joining to leaving', () => {
    const { clock, entries, activity } = site();
    const viewer = { id: 'v1', permissions: ['view'] as const, sinceMs: clock.nowMs() };
    activity.note({ kind: 'admitted', address: '10.0.0.7', viewer, who: WHO, reason: null }, 'code');
    clock.advance(90_000);
    activity.note({ kind: 'left', address: '10.0.0.7', viewer, who: WHO, reason: 'ended-by-viewer' }, 'code');
    const who = { session: 'v1', address: '10.0.0.7', name: 'Ana', system: 'Linux', fingerprint: 'one two' };
    expect(entries).toEqual([
      { kind: 'viewer-joined', ...who, authentication: 'code', permissions: ['view'] },
      { kind: 'viewer-left', ...who, durationMs: 90_000, reason: 'ended-by-viewer' },
    ]);
  });

  test('calls a lock-out a lock-out', () => {
    const { entries, activity } = site();
    activity.note({ ...REFUSED, reason: 'code-locked' }, null);
    expect(entries).toEqual([{ kind: 'locked-out', address: '10.0.0.9', reason: 'code-locked' }]);
  });

  test('counts refusals instead of writing them when there are too many, and says how many', () => {
    const { clock, entries, activity } = site();
    for (let number = 0; number < HOST_ACTIVITY_LIMITS.refusals + 25; number += 1) activity.note(REFUSED, null);
    expect(entries).toHaveLength(HOST_ACTIVITY_LIMITS.refusals);
    clock.advance(HOST_ACTIVITY_LIMITS.refusalWindowMs);
    activity.note(REFUSED, null);
    expect(entries.slice(-2)).toMatchObject([{ kind: 'entries-skipped', count: 25 }, { kind: 'viewer-refused' }]);
  });

  test('says what was only counted when sharing stops, and nothing of sharing that never started', () => {
    const { entries, activity } = site();
    activity.sharingStopped();
    expect(entries).toEqual([]);
    activity.sharingStarted();
    for (let number = 0; number <= HOST_ACTIVITY_LIMITS.refusals; number += 1) activity.note(REFUSED, null);
    activity.sharingStopped();
    expect(entries.slice(-2)).toEqual([{ kind: 'entries-skipped', count: 1 }, { kind: 'share-stopped' }]);
  });
});
