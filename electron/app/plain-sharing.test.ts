import { describe, expect, it } from 'vitest';
import type { AppInfo } from '../../shared/ipc/state.ts';
import type { ActivityFacts } from '../../shared/model/activity.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';
import { AppStateStore } from './app-state.ts';
import { initialState, PLAIN_SHARE_OFF } from './initial-state.ts';
import { PlainSharing } from './plain-sharing.ts';

function make() {
  const calls: string[] = [];
  const log: ActivityFacts[] = [];
  const store = new AppStateStore(initialState({} as AppInfo, DEFAULT_SETTINGS, '123456789'));
  const sharing = new PlainSharing({
    store,
    host: {
      start: ({ url, hostId, relay }) => calls.push(`start ${url} ${hostId} ${relay}`),
      stop: (reason) => calls.push(`stop ${reason}`),
      selectSource: (id) => calls.push(`source ${id}`),
    },
    remember: async ({ plainRelay, plainHostId }) => void calls.push(`remember ${plainRelay} ${plainHostId}`),
    addActivity: (facts) => log.push(facts),
    nowMs: () => 10_000,
  });
  return { calls, log, sharing, state: () => store.get('plainShare') };
}

describe('being reachable without encryption', () => {
  it('is off until its user wants it, begins with sharing and ends with it', async () => {
    const { calls, log, sharing, state } = make();
    sharing.begin();
    sharing.end();
    expect(calls).toEqual([]);
    await sharing.start(' Relay.example:9000/?token=abc ', 'name');
    expect(state()).toMatchObject({ wanted: true, phase: 'off', relay: 'Relay.example:9000', hostId: 'name' });
    expect(calls).toEqual(['remember Relay.example:9000/?token=abc name']);
    sharing.begin();
    expect(calls.slice(1)).toEqual(['start ws://Relay.example:9000/?token=abc name Relay.example:9000']);
    sharing.end();
    expect(calls.at(-1)).toBe('stop share-stopped');
    expect(state()).toEqual(PLAIN_SHARE_OFF);
    sharing.begin();
    expect(calls).toHaveLength(3);
    // nothing secret of the relay's address is in the log
    expect(log.map(({ kind, address }) => [kind, address])).toEqual([
      ['plain-started', 'Relay.example:9000'],
      ['plain-stopped', 'Relay.example:9000'],
    ]);
  });

  it('begins at once while sharing is on, and ends when it is switched off', async () => {
    const { calls, sharing, state } = make();
    sharing.begin();
    await sharing.start('relay', 'name');
    expect(calls.at(-1)).toMatch(/^start/);
    sharing.statusChanged({ phase: 'showing', viewers: 2, control: true, sinceMs: 1, error: null, retryAtMs: null });
    expect(state()).toMatchObject({ wanted: true, phase: 'showing', viewers: 2, control: true });
    sharing.stop();
    expect(calls.at(-1)).toBe('stop ended-by-host');
    sharing.statusChanged({ phase: 'off', viewers: 0, control: false, sinceMs: null, error: null, retryAtMs: null });
    expect(state()).toEqual(PLAIN_SHARE_OFF);
  });

  it('refuses what cannot be, and then nothing has changed', async () => {
    const { calls, sharing, state } = make();
    await expect(sharing.start('http://relay', 'name')).rejects.toMatchObject({ field: 'relay' });
    await expect(sharing.start('relay', 'a name')).rejects.toMatchObject({ field: 'hostId' });
    expect([calls, state()]).toEqual([[], PLAIN_SHARE_OFF]);
  });

  it('is written down as unencrypted', async () => {
    const { log, sharing } = make();
    await sharing.start('relay', 'name');
    sharing.begin();
    sharing.note({ kind: 'admitted', viewers: 2, control: false, sinceMs: 4_000, reason: null });
    sharing.note({ kind: 'left', viewers: 2, control: false, sinceMs: 4_000, reason: 'ended-by-viewer' });
    sharing.note({ kind: 'refused', viewers: 1, control: false, sinceMs: null, reason: 'denied' });
    const address = 'relay';
    expect(log.slice(1)).toEqual([
      { kind: 'viewer-joined', address, authentication: 'none', count: 2, permissions: ['view'] },
      { kind: 'viewer-left', address, authentication: 'none', count: 2, durationMs: 6_000, reason: 'ended-by-viewer' },
      { kind: 'viewer-refused', address, authentication: 'none', count: 1, reason: 'denied' },
    ]);
  });
});
