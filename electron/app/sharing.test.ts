import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { AppInfo } from '../../shared/ipc/state.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';
import { AppStateStore } from './app-state.ts';
import { initialState } from './initial-state.ts';
import { Sharing, type SharingOptions } from './sharing.ts';

const DISPLAY: CaptureSource = {
  id: 'screen:1:0',
  kind: 'display',
  name: 'Screen 1',
  xPx: 0,
  yPx: 0,
  widthPx: 800,
  heightPx: 600,
  scaleFactor: 1,
  primary: true,
  thumbnail: 'data:image/png;base64,AAAA',
};

/** Parts that write down what is asked of them, in order. */
function makeSharing(parts: Partial<SharingOptions> = {}) {
  const calls: string[] = [];
  const store = new AppStateStore(initialState({} as AppInfo, DEFAULT_SETTINGS, '123456789'));
  const phases: string[] = [];
  store.onDelta((delta) => {
    if (delta.slice === 'share' && phases.at(-1) !== delta.value.phase) phases.push(delta.value.phase);
  });
  const sharing = new Sharing({
    store,
    log: silentLog,
    relay: {
      start: async ({ port }) => {
        calls.push(`relay start ${port}`);
        return { port, hostToken: 'token' };
      },
      stop: async () => void calls.push('relay stop'),
    },
    room: {
      open: async (url) => void calls.push(`room open ${url}`),
      close: async () => void calls.push('room close'),
      setSources: (sources) => calls.push(`offer ${sources.map(({ name }) => name).join(', ')}`),
      selectSource: (id) => calls.push(`source ${id}`),
      offerPairing: (id) => calls.push(`offer pairing ${id}`),
      disconnectViewer: (id) => calls.push(`disconnect ${id}`),
      setPermissions: (id) => calls.push(`permissions ${id}`),
    },
    access: {
      start: () => calls.push('access start'),
      stop: () => calls.push('access stop'),
      renew: () => calls.push('access renew'),
    },
    announcement: { start: (port) => calls.push(`announce ${port}`), stop: () => calls.push('announce stop') },
    plain: {
      begin: () => calls.push('plain begin'),
      end: () => calls.push('plain end'),
      selectSource: () => undefined,
    },
    listSources: async () => [DISPLAY],
    addresses: (port) => [`10.0.0.1:${port}`],
    onStopped: () => calls.push('stopped'),
    ...parts,
  });
  return { sharing, store, calls, phases };
}

const SHUT = ['plain end', 'announce stop', 'access stop', 'room close', 'relay stop', 'stopped'];

describe('sharing', () => {
  it('listens, makes the secret, opens the room and only then announces', async () => {
    const { sharing, store, calls, phases } = makeSharing();
    await sharing.start(8001);
    expect(calls).toEqual([
      'relay start 8001',
      'access start',
      'source screen:1:0',
      'offer Screen 1',
      'room open ws://127.0.0.1:8001/',
      'announce 8001',
      'plain begin',
    ]);
    expect(phases).toEqual(['starting', 'on']);
    expect(store.get('share')).toMatchObject({
      phase: 'on',
      port: 8001,
      addresses: ['10.0.0.1:8001'],
      source: { id: DISPLAY.id, thumbnail: '' },
    });
  });

  it('takes everything back in the opposite order of importance', async () => {
    const { sharing, store, calls, phases } = makeSharing();
    await sharing.start(8001);
    sharing.accessChanged({ code: '123123123', expiresAtMs: 5, triesLeft: 5, pending: false, waitUntilMs: null });
    calls.length = 0;
    await sharing.stop();
    expect(calls).toEqual(SHUT);
    expect(phases.slice(-2)).toEqual(['stopping', 'off']);
    expect(store.get('share')).toMatchObject({ phase: 'off', port: null, code: null, addresses: [], viewers: [] });
  });

  it('offers another port when the wanted one is taken, and leaves nothing open', async () => {
    const taken = Object.assign(new TarnetError('port-taken', 'port 8001 is taken'), { suggestedPort: 8002 });
    const { sharing, store, calls } = makeSharing({
      relay: {
        start: () => Promise.reject(taken),
        stop: async () => void calls.push('relay stop'),
      },
    });
    await expect(sharing.start(8001)).rejects.toBe(taken);
    expect(store.get('share')).toMatchObject({
      phase: 'failed',
      suggestedPort: 8002,
      error: { reason: 'port-taken' },
    });
    expect(calls).toEqual(SHUT);
  });

  it('starts again after a failure', async () => {
    let attempts = 0;
    const { sharing, store } = makeSharing({
      listSources: async () => (attempts++ === 0 ? [] : [DISPLAY]),
    });
    await expect(sharing.start(8001)).rejects.toMatchObject({ reason: 'capture-failed' });
    await sharing.start(8001);
    expect(store.get('share')).toMatchObject({ phase: 'on', error: null });
  });

  it('lets starting and stopping take turns', async () => {
    const { sharing, store, phases } = makeSharing();
    const first = sharing.start(8001);
    const second = sharing.stop();
    const third = sharing.start(8001);
    await Promise.all([first, second, third]);
    expect(phases).toEqual(['starting', 'on', 'stopping', 'off', 'starting', 'on']);
    await Promise.all([sharing.start(8001), sharing.stop(), sharing.stop()]);
    expect(store.get('share').phase).toBe('off');
  });

  it('says so when the relay is lost for good', async () => {
    const { sharing, store, calls } = makeSharing();
    await sharing.start(8001);
    calls.length = 0;
    await sharing.relayLost(new TarnetError('relay-unreachable', 'the relay stopped three times'));
    expect(store.get('share')).toMatchObject({ phase: 'failed', error: { reason: 'relay-unreachable' } });
    expect(calls).toEqual(SHUT);
  });

  it('offers all displays beside a display, and nothing beside a window', async () => {
    const window: CaptureSource = { ...DISPLAY, id: 'window:7:0', kind: 'window', name: 'Editor' };
    const second: CaptureSource = { ...DISPLAY, id: 'screen:2:0', name: 'Screen 2', primary: false };
    const { sharing, calls } = makeSharing({ listSources: async () => [DISPLAY, second, window] });
    await sharing.selectSource(window.id);
    await sharing.selectSource(second.id);
    expect(calls).toEqual(['source window:7:0', 'offer Editor', 'source screen:2:0', 'offer Screen 1, Screen 2']);
  });

  it('refuses a source that is not there any more', async () => {
    const { sharing, calls } = makeSharing();
    await expect(sharing.selectSource('screen:9:0')).rejects.toMatchObject({ reason: 'not-found', field: 'sourceId' });
    await sharing.selectSource(DISPLAY.id);
    expect(calls).toEqual([`source ${DISPLAY.id}`, 'offer Screen 1']);
  });
});
