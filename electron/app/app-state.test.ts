import { expect, test } from 'vitest';
import type { AppDelta } from '../../shared/ipc/state.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';
import { AppStateStore } from './app-state.ts';
import { initialState, resolveLanguage } from './initial-state.ts';

function store() {
  const info = {
    version: '1.0.0',
    electron: '45.4.1',
    chrome: '150',
    node: '22',
    platform: 'linux',
    language: 'en',
    machineName: 'desk',
    displayName: 'desk',
    fingerprint: [],
    identityText: '',
    keyStore: true,
    testRuntime: false,
  } as const;
  return new AppStateStore(initialState({ ...info, fingerprint: [] }, DEFAULT_SETTINGS, '123456789'));
}

test('snapshot and following deltas give the same as a later snapshot', () => {
  const state = store();
  state.set('settings', { ...DEFAULT_SETTINGS, theme: 'dark' });
  const first = state.snapshot('c1');
  const replica: Record<string, unknown> = { ...first.state };
  let { revision } = first;
  state.onDelta((delta) => {
    expect(delta.revision).toBe(revision + 1);
    revision = delta.revision;
    replica[delta.slice] = delta.value;
  });
  state.update('share', (share) => ({ ...share, phase: 'starting' }));
  state.update('notices', () => [{ id: 'n', kind: 'test-runtime', detail: '' }]);
  state.update('share', (share) => ({ ...share, phase: 'on', port: 8000 }));
  const second = state.snapshot('c1');
  expect(replica).toEqual(second.state);
  expect(revision).toBe(second.revision);
  expect(second.connectionId).toBe('c1');
});

test('the same value again is no change', () => {
  const state = store();
  const seen: AppDelta[] = [];
  state.onDelta((delta) => seen.push(delta));
  state.update('hosts', (hosts) => hosts);
  expect(seen).toEqual([]);
  expect(state.snapshot(null).revision).toBe(0);
});

test('an earlier snapshot does not change', () => {
  const state = store();
  const before = state.snapshot(null);
  state.update('share', (share) => ({ ...share, phase: 'on' }));
  expect(before.state.share.phase).toBe('off');
});

test('a listener that changes the state does not upset the order for others', () => {
  const state = store();
  const seen: number[] = [];
  state.onDelta(({ slice, revision }) => {
    if (slice === 'share' && revision === 1) state.set('hosts', []);
  });
  state.onDelta(({ revision }) => seen.push(revision));
  state.update('share', (share) => ({ ...share, phase: 'on' }));
  expect(seen).toEqual([1, 2]);
});

test('who has stopped listening hears nothing', () => {
  const state = store();
  const seen: number[] = [];
  const stop = state.onDelta(({ revision }) => seen.push(revision));
  state.set('hosts', []);
  stop();
  state.set('hosts', []);
  expect(seen).toEqual([1]);
});

test('the language follows the setting, else the system, else English', () => {
  expect(resolveLanguage('pt-BR', ['en-GB'])).toBe('pt-BR');
  expect(resolveLanguage('en', ['pt-BR'])).toBe('en');
  expect(resolveLanguage('system', ['pt-PT', 'en'])).toBe('pt-BR');
  expect(resolveLanguage('system', ['de', 'pt-BR'])).toBe('en');
  expect(resolveLanguage('system', [])).toBe('en');
});
