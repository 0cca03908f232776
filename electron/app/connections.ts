// Owns our sessions on other people's screens: opens and closes them, gives each its window, and says in the
// `connections` slice how each stands.
import { randomUUID } from 'node:crypto';
import { TarnetError } from '../../shared/base/errors.ts';
import type {
  CursorDelivery,
  InputInjected,
  LinkStatistics,
  MediaDelivery,
  PaintReport,
  PictureTrouble,
  PlainPictureDelivery,
} from '../../shared/ipc/media.ts';
import type { ConnectionState } from '../../shared/ipc/state.ts';
import type { SessionStatistics } from '../../shared/ipc/statistics.ts';
import { formatHostPlace, type HostPlace } from '../../shared/model/host-place.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { DEFAULT_PICTURE_PREFERENCES, type PicturePreferences } from '../../shared/model/picture-budget.ts';
import type { AccessProof } from '../session/viewer-target.ts';
import type { AppStateStore } from './app-state.ts';
import { FrameGate } from './frame-gate.ts';

export const CONNECTION_LIMITS = {
  /** Connections at once, ended ones that still show why included. */
  maxConnections: 16,
} as const;

/** What a connection reports; `onChange` holds only what changed. */
export interface ConnectionEvents {
  onChange(change: Partial<Omit<ConnectionState, 'id' | 'encrypted'>>): void;
  onFrame(delivery: MediaDelivery): void;
  onCursor(delivery: CursorDelivery): void;
  onLink(statistics: LinkStatistics): void;
  onInputInjected(injected: InputInjected): void;
}

/** A session as its user drives it. */
export interface DrivenSession {
  /** Tries again; with another proof when one is given. */
  retry(proof: AccessProof | null): void;
  /** The second factor that the host has asked for, or another one after a wrong one. */
  answerFactor(typed: string): void;
  /** Ends it for good. */
  close(): void;
  /** `atMs`: when it came from the user, milliseconds since the epoch. */
  sendInput(events: readonly InputEvent[], atMs: number): void;
  setMeasuring(on: boolean): void;
  setViewOnly(viewOnly: boolean): void;
  /** Whether the user wants to pair with the host. */
  requestPairing(wanted: boolean): void;
  selectSource(sourceId: string): void;
  setPicturePreferences(preferences: PicturePreferences): void;
  reportTrouble(trouble: PictureTrouble): void;
  reportPaint(report: PaintReport): void;
}

export interface ConnectionWish {
  place: HostPlace;
  name: string | null;
  proof: AccessProof;
  viewOnly: boolean;
  /** From the command line: no window shows how it goes before the host lets in. */
  unseen: boolean;
  /** From the command line: full screen, no chrome. */
  bare: boolean;
  fullscreen: boolean;
  /** Where the statistics of the session go, about once a second; null: nowhere. */
  statisticsFile: string | null;
}

/** A host of protocol v1, to which its user has agreed to go without encryption. */
export interface PlainWish {
  /** ws:// or wss:// */
  url: string;
  /** The relay as people know it. */
  relay: string;
  hostId: string;
  viewOnly: boolean;
}

export interface PlainEvents {
  /** Nothing that only a proof could bring: no words to compare, no fingerprint. */
  onChange(change: Partial<Omit<ConnectionState, 'id' | 'encrypted' | 'how' | 'sas' | 'fingerprint'>>): void;
  onPicture(delivery: PlainPictureDelivery): void;
  onLink(statistics: LinkStatistics): void;
}

export interface ConnectionsOptions {
  store: Pick<AppStateStore, 'get' | 'update'>;
  openSession(wish: ConnectionWish, events: ConnectionEvents): DrivenSession;
  openPlainSession(wish: PlainWish, events: PlainEvents): DrivenSession;
  window: {
    open(connectionId: string, options: { bare: boolean; fullscreen: boolean; title: string }): void;
    close(connectionId: string): void;
    emitFrame(connectionId: string, delivery: MediaDelivery): void;
    emitPlainPicture(connectionId: string, delivery: PlainPictureDelivery): void;
    emitCursor(connectionId: string, delivery: CursorDelivery): void;
    emitLink(connectionId: string, statistics: LinkStatistics): void;
    emitInjected(connectionId: string, injected: InputInjected): void;
  };
  /** What the user has chosen for the picture of a host at HOST[:PORT], or wishes of any. */
  pictures: {
    of(place: string): PicturePreferences;
    remember(place: string, preferences: PicturePreferences): void;
  };
  /** Takes statistics that the command line wants in a file. */
  writeStatistics(file: string, statistics: SessionStatistics): void;
  nowMs(): number;
  /** A host let us in: it belongs into the list of recent hosts. */
  onActive(state: ConnectionState): void;
  /** A connection ended, and its state says why. */
  onEnded(state: ConnectionState): void;
}

interface Connection {
  look: { bare: boolean; fullscreen: boolean };
  /** No window asks its user for anything until it has one of its own. */
  unseen: boolean;
  /** By what the choices for its picture are remembered; null for a host that proves nothing. */
  place: string | null;
  statisticsFile: string | null;
  session: DrivenSession;
  gate: FrameGate;
  windowOpen: boolean;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #connections = new Map<string, Connection>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Starts connecting and returns the connection's id. Throws `limit-reached` beyond CONNECTION_LIMITS. */
  open(wish: ConnectionWish): string {
    const address = formatHostPlace(wish.place);
    const picture = this.#options.pictures.of(address);
    const id = this.#add({
      name: wish.name || address,
      address,
      encrypted: true,
      how: wish.proof.kind,
      viewOnly: wish.viewOnly,
      picture,
      keepsStatistics: wish.statisticsFile !== null,
    });
    const { window } = this.#options;
    const gate = new FrameGate(
      (delivery) => window.emitFrame(id, delivery),
      () => session.reportTrouble({ kind: 'need-key-frame', codec: 'tiles', detail: 'the window has just opened' }),
    );
    const session = this.#options.openSession(wish, {
      onChange: (change) => this.#changed(id, change),
      onFrame: (delivery) => gate.push(delivery),
      onCursor: (delivery) => window.emitCursor(id, delivery),
      onLink: (statistics) => window.emitLink(id, statistics),
      onInputInjected: (injected) => window.emitInjected(id, injected),
    });
    session.setPicturePreferences(picture);
    const { unseen, bare, fullscreen, statisticsFile } = wish;
    const look = { bare, fullscreen };
    this.#connections.set(id, { look, unseen, place: address, statisticsFile, session, gate, windowOpen: false });
    return id;
  }

  /** The same with a host of protocol v1. */
  openPlain(wish: PlainWish): string {
    const id = this.#add({
      name: wish.hostId,
      address: `${wish.relay} · ${wish.hostId}`,
      encrypted: false,
      how: 'none',
      viewOnly: wish.viewOnly,
      picture: DEFAULT_PICTURE_PREFERENCES,
      keepsStatistics: false,
    });
    const { window } = this.#options;
    const again = () =>
      session.reportTrouble({ kind: 'need-key-frame', codec: 'tiles', detail: 'the window has just opened' });
    const gate = new FrameGate(() => undefined, again);
    const session = this.#options.openPlainSession(wish, {
      onChange: (change) => this.#changed(id, change),
      onPicture: (delivery) => window.emitPlainPicture(id, delivery),
      onLink: (statistics) => window.emitLink(id, statistics),
    });
    const look = { bare: false, fullscreen: false };
    const unseen = false;
    this.#connections.set(id, { look, unseen, place: null, statisticsFile: null, session, gate, windowOpen: false });
    return id;
  }

  /** Tries again. Throws `not-found` for a connection that is not there. */
  retry(connectionId: string, proof: AccessProof | null): void {
    const { session } = this.#find(connectionId);
    if (proof) this.#changed(connectionId, { how: proof.kind });
    session.retry(proof);
  }

  /** What the host has asked for besides the password. Throws `not-found`, `malformed`, `illegal-transition`. */
  answerFactor(connectionId: string, typed: string): void {
    this.#find(connectionId).session.answerFactor(typed);
  }

  /** Ends a connection; what is shown of it stays until it is dismissed or its window is closed. */
  close(connectionId: string): void {
    this.#find(connectionId).session.close();
  }

  /** Ends a connection and forgets it, window and all. */
  dismiss(connectionId: string): void {
    const connection = this.#find(connectionId);
    this.#forget(connectionId, connection);
    this.#options.window.close(connectionId);
  }

  /** The window was closed: with it goes the session. */
  windowClosed(connectionId: string): void {
    const connection = this.#connections.get(connectionId);
    if (connection) this.#forget(connectionId, connection);
  }

  /** The window can paint. */
  windowReady(connectionId: string): void {
    this.#connections.get(connectionId)?.gate.open();
  }

  sendInput(connectionId: string, events: readonly InputEvent[], atMs: number): void {
    this.#connections.get(connectionId)?.session.sendInput(events, atMs);
  }

  /** The window wants to know how long everything takes, or no longer. */
  setMeasuring(connectionId: string, on: boolean): void {
    this.#connections.get(connectionId)?.session.setMeasuring(on);
  }

  /** HOST[:PORT] or nine digits. Throws `not-found`. */
  addressOf(connectionId: string): string {
    const { place } = this.#find(connectionId);
    if (place === null) throw new TarnetError('not-found', 'this connection has no place', { field: 'connectionId' });
    return place;
  }

  requestPairing(connectionId: string, wanted: boolean): void {
    this.#find(connectionId).session.requestPairing(wanted);
  }

  setViewOnly(connectionId: string, viewOnly: boolean): void {
    this.#find(connectionId).session.setViewOnly(viewOnly);
  }

  selectSource(connectionId: string, sourceId: string): void {
    this.#find(connectionId).session.selectSource(sourceId);
  }

  /** From now on, and the next time with this host. */
  setPicturePreferences(connectionId: string, preferences: PicturePreferences): void {
    const { session, place } = this.#find(connectionId);
    session.setPicturePreferences(preferences);
    this.#changed(connectionId, { picture: preferences });
    if (place !== null) this.#options.pictures.remember(place, preferences);
  }

  reportTrouble(connectionId: string, trouble: PictureTrouble): void {
    this.#connections.get(connectionId)?.session.reportTrouble(trouble);
  }

  reportPaint(connectionId: string, report: PaintReport): void {
    this.#connections.get(connectionId)?.session.reportPaint(report);
  }

  /** What the window has measured; kept only where that was asked for. */
  keepStatistics(connectionId: string, statistics: SessionStatistics): void {
    const file = this.#connections.get(connectionId)?.statisticsFile;
    if (file) this.#options.writeStatistics(file, statistics);
  }

  /** Ends every session: the app quits. */
  closeAll(): void {
    for (const { session } of this.#connections.values()) session.close();
  }

  #add(
    beginning: Pick<
      ConnectionState,
      'name' | 'address' | 'encrypted' | 'how' | 'viewOnly' | 'picture' | 'keepsStatistics'
    >,
  ): string {
    this.#forgetEnded();
    if (this.#connections.size >= CONNECTION_LIMITS.maxConnections)
      throw new TarnetError('limit-reached', 'too many connections', {
        field: 'connections',
        limit: `${CONNECTION_LIMITS.maxConnections}`,
      });
    const state: ConnectionState = {
      id: randomUUID(),
      ...beginning,
      system: '',
      phase: 'connecting',
      pairing: 'none',
      sas: null,
      fingerprint: [],
      permissions: [],
      error: null,
      triesLeft: null,
      retryAtMs: null,
      startedAtMs: this.#options.nowMs(),
      sources: [],
      sourceId: null,
    };
    this.#options.store.update('connections', (connections) => [...connections, state]);
    return state.id;
  }

  #changed(id: string, change: Partial<ConnectionState>): void {
    let before: ConnectionState | undefined;
    let after: ConnectionState | undefined;
    this.#options.store.update('connections', (connections) =>
      connections.map((state) => {
        if (state.id !== id) return state;
        before = state;
        after = { ...state, ...change };
        return after;
      }),
    );
    const connection = this.#connections.get(id);
    if (!before || !after || before.phase === after.phase) return;
    if (after.phase === 'active' && connection) this.#activated(connection, after);
    if (after.phase === 'awaiting-factor' && connection?.unseen) this.#openWindow(connection, after);
    if (after.phase === 'ended') this.#options.onEnded(after);
  }

  #activated(connection: Connection, state: ConnectionState): void {
    // Recent hosts are found again by an identity, which this one has not.
    if (state.encrypted) this.#options.onActive(state);
    this.#openWindow(connection, state);
  }

  #openWindow(connection: Connection, state: ConnectionState): void {
    if (connection.windowOpen) return;
    connection.windowOpen = true;
    this.#options.window.open(state.id, { ...connection.look, title: `${state.name} - TARNet` });
  }

  #find(connectionId: string): Connection {
    const connection = this.#connections.get(connectionId);
    if (!connection) throw new TarnetError('not-found', 'this connection is gone', { field: 'connectionId' });
    return connection;
  }

  #forget(connectionId: string, connection: Connection): void {
    connection.session.close();
    this.#connections.delete(connectionId);
    this.#options.store.update('connections', (connections) => connections.filter(({ id }) => id !== connectionId));
  }

  /** Ended connections without a window make room for new ones. */
  #forgetEnded(): void {
    const ended = new Set(
      this.#options.store
        .get('connections')
        .filter(({ phase }) => phase === 'ended')
        .map(({ id }) => id),
    );
    for (const [id, connection] of this.#connections)
      if (ended.has(id) && !connection.windowOpen) this.#forget(id, connection);
  }
}
