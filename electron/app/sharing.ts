// Owns sharing this machine's screen: starts and stops the relay, the room, the code and the announcement together, and
// says in the `share` slice how it stands.
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { errorView } from '../../shared/ipc/error-view.ts';
import type { RelayStandingView, ShareState, ViewerSummary } from '../../shared/ipc/state.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import { SHARE_TRANSITIONS, type ShareEvent } from '../../shared/session/share-phase.ts';
import { canTransition, transition } from '../../shared/session/transition-table.ts';
import type { AccessGateState } from '../pairing/access-gate.ts';
import type { ClosingKind } from '../session/room-ports.ts';
import type { AppStateStore } from './app-state.ts';

/** Where the relay listens: every address, because the viewers are on other machines. */
const BIND_ADDRESS = '::';

export interface SharingRelay {
  /** Throws `port-taken`, with `suggestedPort` when another is free. */
  start(where: { port: number; bindAddress: string }): Promise<{ port: number; hostToken: string }>;
  /** Resolves when nothing listens any more. */
  stop(): Promise<void>;
}

export interface SharingRoom {
  /** Resolves when the room is open at the relay. */
  open(relayUrl: string, hostToken: string): Promise<void>;
  /** Tells every viewer, closes every session; when it is only restarting, nobody is told, and everybody may come back. */
  close(how: ClosingKind): Promise<void>;
  /** What viewers may choose from. */
  setSources(sources: { id: string; name: string }[]): void;
  selectSource(sourceId: string): void;
  disconnectViewer(viewerId: string): void;
  /** Proposes to the viewer's user to pair the two. */
  offerPairing(viewerId: string): void;
  setPermissions(viewerId: string, permissions: Permissions): void;
}

export interface SharingAccess {
  /** Makes the secret's record; a code lives from here on. */
  start(): void;
  stop(): void;
  /** Replaces the code. Throws `not-supported` where the secret comes from a file. */
  renew(): void;
}

export interface SharingOptions {
  store: Pick<AppStateStore, 'get' | 'update'>;
  log: Log;
  relay: SharingRelay;
  room: SharingRoom;
  access: SharingAccess;
  announcement: { start(port: number): void; stop(): void };
  /** Whoever may come without encryption, where the user has agreed to that. */
  plain: { begin(): void; end(): void; selectSource(sourceId: string): void };
  /** Displays and windows, displays first, the primary one before the others. */
  listSources(): Promise<CaptureSource[]>;
  /** HOST[:PORT] of every address of this machine, for a port. */
  addresses(port: number): string[];
  /** After the relay, so that nobody waits for an answer that cannot come. */
  onStopped(): void;
}

export class Sharing {
  readonly #options: SharingOptions;
  /** Starting and stopping take turns: each waits for the one before it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#share.phase === 'on';
  }

  /**
   * Starts on this port. Resolves when viewers can come; throws what prevented it, which the `share` slice also says.
   * While sharing is on it does nothing.
   */
  start(port: number): Promise<void> {
    return this.#inTurn(async () => {
      if (!canTransition(SHARE_TRANSITIONS, this.#share.phase, 'start')) return;
      this.#step('start', { error: null, suggestedPort: null, problem: null });
      try {
        await this.#open(port);
        this.#step('opened');
      } catch (thrown) {
        const error = TarnetError.from(thrown);
        this.#options.log.warn('sharing did not start', { reason: error.reason });
        await this.#shut();
        this.#step('failed', { error: errorView(error), suggestedPort: suggestedPortOf(thrown) });
        throw error;
      }
    });
  }

  /** Ends every session and stops listening. Resolves when nothing listens any more. */
  stop(how: ClosingKind = 'stopped'): Promise<void> {
    return this.#inTurn(async () => {
      if (!canTransition(SHARE_TRANSITIONS, this.#share.phase, 'stop')) return;
      const phase = this.#step('stop', { error: null });
      if (phase !== 'stopping') return;
      await this.#shut(how);
      this.#step('closed');
    });
  }

  /** The relay is gone for good: say so, rather than wait for viewers who cannot come. */
  relayLost(error: TarnetError): Promise<void> {
    return this.#inTurn(async () => {
      if (!canTransition(SHARE_TRANSITIONS, this.#share.phase, 'failed')) return;
      await this.#shut();
      this.#step('failed', { error: errorView(error) });
    });
  }

  async selectSource(sourceId: string): Promise<void> {
    const sources = await this.#options.listSources();
    const source = sources.find((candidate) => candidate.id === sourceId);
    if (!source)
      throw new TarnetError('not-found', 'this display or window is not there any more', { field: 'sourceId' });
    this.#use(source, sources);
  }

  /** Displays were added, removed or renamed: the viewers' choice follows. */
  async refreshSources(): Promise<void> {
    const { source } = this.#share;
    if (this.isOn && source) this.#offer(source, await this.#options.listSources());
  }

  renewCode(): void {
    this.#options.access.renew();
  }

  disconnectViewer(viewerId: string): void {
    this.#options.room.disconnectViewer(viewerId);
  }

  offerPairing(viewerId: string): void {
    this.#options.room.offerPairing(viewerId);
  }

  setPermissions(viewerId: string, permissions: Permissions): void {
    this.#options.room.setPermissions(viewerId, permissions);
  }

  /** The secret changed, ran out or lost a try. */
  accessChanged(state: AccessGateState): void {
    this.#change({
      code: state.code,
      codeExpiresAtMs: state.expiresAtMs,
      codeTriesLeft: state.triesLeft,
      codePending: state.pending,
      codeWaitUntilMs: state.waitUntilMs,
    });
  }

  viewersChanged(viewers: readonly ViewerSummary[]): void {
    this.#change({ viewers: [...viewers] });
  }

  /** How the relays in other networks stand. */
  relaysChanged(relays: readonly RelayStandingView[]): void {
    this.#change({ relays: [...relays] });
  }

  /** The source was resized, rotated or moved. */
  sourceChanged(source: CaptureSource): void {
    this.#change({ source: { ...source, thumbnail: '' } });
  }

  problemChanged(problem: TarnetError | null): void {
    this.#change({ problem: problem && errorView(problem) });
  }

  get #share(): ShareState {
    return this.#options.store.get('share');
  }

  async #open(port: number): Promise<void> {
    const { relay, room, access, announcement, plain, addresses } = this.#options;
    const started = await relay.start({ port, bindAddress: BIND_ADDRESS });
    access.start();
    await this.#showCurrentSource();
    await room.open(`ws://127.0.0.1:${started.port}/`, started.hostToken);
    announcement.start(started.port);
    plain.begin();
    this.#change({ port: started.port, addresses: addresses(started.port) });
  }

  async #shut(how: ClosingKind = 'stopped'): Promise<void> {
    const { relay, room, access, announcement, plain, onStopped } = this.#options;
    plain.end();
    announcement.stop();
    access.stop();
    await room.close(how);
    await relay.stop();
    onStopped();
    this.#change({
      port: null,
      addresses: [],
      viewers: [],
      problem: null,
      code: null,
      codeExpiresAtMs: null,
      codeTriesLeft: null,
      codePending: false,
      codeWaitUntilMs: null,
    });
  }

  /** What was chosen before, if it is still there; else the first display. */
  async #showCurrentSource(): Promise<void> {
    const sources = await this.#options.listSources();
    const source = sources.find((candidate) => candidate.id === this.#share.source?.id) ?? sources[0];
    if (!source) throw new TarnetError('capture-failed', 'this machine has no display that can be shared');
    this.#use(source, sources);
  }

  #use(source: CaptureSource, sources: readonly CaptureSource[]): void {
    this.sourceChanged(source);
    this.#options.room.selectSource(source.id);
    this.#options.plain.selectSource(source.id);
    this.#offer(source, sources);
  }

  /** Who shares a display lets viewers look at the others; who shares one window shows that and nothing else. */
  #offer(source: CaptureSource, sources: readonly CaptureSource[]): void {
    const offered = source.kind === 'window' ? [source] : sources.filter(({ kind }) => kind === 'display');
    this.#options.room.setSources(offered.map(({ id, name }) => ({ id, name })));
  }

  #step(event: ShareEvent, change: Partial<ShareState> = {}): ShareState['phase'] {
    const phase = transition(SHARE_TRANSITIONS, this.#share.phase, event);
    this.#change({ ...change, phase });
    return phase;
  }

  #change(change: Partial<ShareState>): void {
    this.#options.store.update('share', (share) => ({ ...share, ...change }));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

function suggestedPortOf(error: unknown): number | null {
  if (!(error instanceof TarnetError) || error.reason !== 'port-taken') return null;
  return 'suggestedPort' in error && typeof error.suggestedPort === 'number' ? error.suggestedPort : null;
}
