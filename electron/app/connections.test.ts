import { describe, expect, it } from 'vitest';
import type { AppInfo } from '../../shared/ipc/state.ts';
import { DEFAULT_PICTURE_PREFERENCES, type PicturePreferences } from '../../shared/model/picture-budget.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';
import { AppStateStore } from './app-state.ts';
import {
  CONNECTION_LIMITS,
  type ConnectionEvents,
  Connections,
  type ConnectionWish,
  type DrivenSession,
  type PlainEvents,
} from './connections.ts';
import { initialState } from './initial-state.ts';

const WISH: ConnectionWish = {
  place: { kind: 'address', host: 'desk.local', port: 8000 },
  name: null,
  proof: { kind: 'code', secret: '123123123' },
  viewOnly: false,
  unseen: false,
  bare: false,
  fullscreen: false,
  statisticsFile: null,
};

function makeConnections() {
  const calls: string[] = [];
  const sessions: ConnectionEvents[] = [];
  const chosen: string[] = [];
  const remembered = new Map<string, PicturePreferences>();
  const store = new AppStateStore(initialState({} as AppInfo, DEFAULT_SETTINGS, '123456789'));
  const plain: PlainEvents[] = [];
  const driven: DrivenSession = {
    retry: (proof) => calls.push(`retry ${proof && 'secret' in proof ? proof.secret : ''}`),
    answerFactor: (typed) => calls.push(`factor ${typed}`),
    close: () => calls.push('close'),
    sendInput: (events, atMs) => calls.push(`input ${events.length} at ${atMs}`),
    requestPairing: (wanted) => calls.push(`pair ${wanted}`),
    setMeasuring: (on) => calls.push(`measuring ${on}`),
    setViewOnly: (viewOnly) => calls.push(`view only ${viewOnly}`),
    selectSource: (id) => calls.push(`source ${id}`),
    setPicturePreferences: ({ mode }) => chosen.push(mode),
    reportTrouble: ({ kind }) => calls.push(kind),
    reportPaint: () => calls.push('paint'),
  };
  const connections = new Connections({
    store,
    openSession: (_wish, events) => {
      sessions.push(events);
      return driven;
    },
    openPlainSession: ({ url, hostId }, events) => {
      calls.push(`plain ${url} ${hostId}`);
      plain.push(events);
      return driven;
    },
    window: {
      open: (_id, { title, bare }) => calls.push(`open ${title}${bare ? ' bare' : ''}`),
      close: () => calls.push('close window'),
      emitFrame: () => calls.push('frame'),
      emitPlainPicture: () => calls.push('plain picture'),
      emitCursor: () => calls.push('cursor'),
      emitLink: () => calls.push('link'),
      emitInjected: () => calls.push('injected'),
    },
    pictures: {
      of: (place) => remembered.get(place) ?? DEFAULT_PICTURE_PREFERENCES,
      remember: (place, preferences) => remembered.set(place, preferences),
    },
    writeStatistics: (file, { atMs }) => calls.push(`statistics of ${atMs} to ${file}`),
    nowMs: () => 7,
    onActive: ({ address }) => calls.push(`active ${address}`),
    onEnded: () => calls.push('ended'),
  });
  return { connections, store, calls, sessions, chosen, plain };
}

describe('a connection without encryption', () => {
  it('says so, proves nothing, has pictures of its own kind, and is in no list of known hosts', () => {
    const { connections, store, calls, plain } = makeConnections();
    const id = connections.openPlain({ url: 'ws://relay:8000/', relay: 'relay', hostId: 'abc-123', viewOnly: true });
    expect(store.get('connections')).toMatchObject([
      { id, name: 'abc-123', address: 'relay · abc-123', encrypted: false, how: 'none', sas: null, fingerprint: [] },
    ]);
    plain[0]!.onChange({ phase: 'active' });
    const header = { type: 'image/png', widthPx: 1, heightPx: 1 } as const;
    plain[0]!.onPicture({ header, data: new Uint8Array(1), seq: 1, receivedAtMs: 7 });
    connections.windowReady(id);
    expect(calls).toEqual([
      'plain ws://relay:8000/ abc-123',
      'open abc-123 - TARNet',
      'plain picture',
      'need-key-frame',
    ]);
  });
});

describe('connections', () => {
  it('shows a connection from its first moment and opens its window once, when it is let in', () => {
    const { connections, store, calls, sessions } = makeConnections();
    const id = connections.open({ ...WISH, name: 'Desk' });
    expect(store.get('connections')).toMatchObject([{ id, name: 'Desk', address: 'desk.local', phase: 'connecting' }]);
    sessions[0]!.onChange({ phase: 'handshaking' });
    sessions[0]!.onChange({ phase: 'awaiting-consent', sas: 'one two three' });
    expect(calls).toEqual([]);
    sessions[0]!.onChange({ phase: 'active' });
    sessions[0]!.onChange({ phase: 'reconnecting' });
    sessions[0]!.onChange({ phase: 'active' });
    expect(calls).toEqual(['active desk.local', 'open Desk - TARNet', 'active desk.local']);
    expect(store.get('connections')[0]).toMatchObject({ phase: 'active', sas: 'one two three' });
  });

  it('opens its window early to ask for a second factor only where no dialog could', () => {
    const { connections, calls, sessions } = makeConnections();
    const seen = connections.open({ ...WISH, name: 'Desk' });
    const unseen = connections.open({ ...WISH, name: 'Lab', unseen: true });
    for (const session of sessions) session.onChange({ phase: 'awaiting-factor' });
    expect(calls).toEqual(['open Lab - TARNet']);
    connections.answerFactor(seen, '123456');
    connections.answerFactor(unseen, '654321');
    for (const session of sessions) session.onChange({ phase: 'active' });
    expect(calls.slice(1)).toEqual([
      'factor 123456',
      'factor 654321',
      'active desk.local',
      'open Desk - TARNet',
      'active desk.local',
    ]);
  });

  it('wishes of the picture what was chosen for the host before', () => {
    const { connections, store, chosen } = makeConnections();
    const first = connections.open(WISH);
    connections.setPicturePreferences(first, { mode: 'low-data', maxFramesPerSecond: 5, greyscale: true });
    expect(store.get('connections')[0]?.picture).toEqual({ mode: 'low-data', maxFramesPerSecond: 5, greyscale: true });
    connections.open(WISH);
    connections.open({ ...WISH, place: { kind: 'address', host: 'other.local', port: 8000 } });
    expect(chosen).toEqual(['automatic', 'low-data', 'low-data', 'automatic']);
    expect(store.get('connections').map(({ picture }) => picture.greyscale)).toEqual([true, true, false]);
  });

  it('ends the session with its window and forgets it', () => {
    const { connections, store, calls } = makeConnections();
    const id = connections.open(WISH);
    connections.windowClosed(id);
    expect(calls).toEqual(['close']);
    expect(store.get('connections')).toEqual([]);
    expect(() => connections.close(id)).toThrow(expect.objectContaining({ reason: 'not-found' }));
    connections.sendInput(id, [], 5);
    connections.setMeasuring(id, true);
    expect(calls).toEqual(['close']);
  });

  it('keeps an ended connection until it is dismissed, so that its error can be read', () => {
    const { connections, store, calls, sessions } = makeConnections();
    const id = connections.open(WISH);
    sessions[0]!.onChange({ phase: 'ended', triesLeft: 3 });
    expect(store.get('connections')).toMatchObject([{ phase: 'ended', triesLeft: 3 }]);
    connections.retry(id, { kind: 'code', secret: '321321321' });
    connections.dismiss(id);
    expect(store.get('connections')).toEqual([]);
    expect(calls).toEqual(['ended', 'retry 321321321', 'close', 'close window']);
  });

  it('asks for a key frame when a window opens on nothing', () => {
    const { connections, calls } = makeConnections();
    connections.windowReady(connections.open(WISH));
    expect(calls).toEqual(['need-key-frame']);
  });

  it('makes room by forgetting ended ones, and refuses more than its limit', () => {
    const { connections, store, sessions } = makeConnections();
    for (let index = 0; index < CONNECTION_LIMITS.maxConnections; index++) connections.open(WISH);
    expect(() => connections.open(WISH)).toThrow(expect.objectContaining({ reason: 'limit-reached' }));
    sessions[0]!.onChange({ phase: 'ended' });
    connections.open(WISH);
    expect(store.get('connections')).toHaveLength(CONNECTION_LIMITS.maxConnections);
  });
});
