// Owns a viewer's session with one host, from the first attempt to the end, across as many connections as it takes.
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type {
  CursorDelivery,
  InputInjected,
  LinkStatistics,
  MediaDelivery,
  PaintReport,
  PictureTrouble,
} from '../../shared/ipc/media.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { permissionsFromBits } from '../../shared/model/permissions.ts';
import type { PicturePreferences } from '../../shared/model/picture-budget.ts';
import { factorKind } from '../../shared/model/second-factor.ts';
import type { VideoCodec } from '../../shared/model/video.ts';
import { CONNECTION_TRANSITIONS, type ConnectionEvent } from '../../shared/session/connection-phase.ts';
import { PAIRING_TRANSITIONS, type PairingEvent } from '../../shared/session/pairing-phase.ts';
import { canTransition, transition } from '../../shared/session/transition-table.ts';
import { RetryTimer } from '../../shared/transport/retry-timer.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import type { Envelope } from '../../shared/wire/envelope.ts';
import { PROTOCOL_VERSION } from '../../shared/wire/version.ts';
import { ViewerChannels } from './viewer-channels.ts';
import {
  type ConnectionFailure,
  type Granted,
  type Ticket,
  ViewerConnection,
  type ViewerParts,
} from './viewer-connection.ts';
import { NEW_SESSION, type ViewerSessionState } from './viewer-session-state.ts';
import { type AccessProof, routesOf, type ViewerTarget } from './viewer-target.ts';

export const VIEWER_SESSION_LIMITS = {
  /** How long a lost session is sought, at most: as long as its ticket lives. */
  maxReconnectMs: 600_000,
  /** A host that is only making its code, or has its hands full, is asked again by itself: so often, if it takes no longer. */
  maxBusyRetries: 3,
  maxBusyWaitMs: 3_000,
} as const;

export interface ViewerSessionOptions extends ViewerParts {
  open: OpenTransport;
  clock: Clock;
  log: Log;
  /** This user's name and system, as the host's user sees them. */
  name: string;
  system: string;
  /** What the painter can decode, best first. */
  decoders: readonly VideoCodec[];
  viewOnly: boolean;
  onState(state: ViewerSessionState): void;
  onFrame(delivery: MediaDelivery): void;
  onCursor(delivery: CursorDelivery): void;
  onLink(statistics: LinkStatistics): void;
  /** Both users have agreed to pair the two. */
  onPaired(host: PublicIdentity, discoveryKey: Uint8Array): void;
  onInputInjected(injected: InputInjected): void;
}

/** While a session is sought again, these pass; everything else needs the user. */
const PASSING: ReadonlySet<ErrorReason> = new Set<ErrorReason>([
  'connection-lost',
  'relay-unreachable',
  'host-offline',
  'timeout',
  'going-away',
  'redirect',
  'too-slow',
  'rate-limited',
  'code-locked',
  'password-locked',
  'limit-reached',
  'internal',
]);

export class ViewerSession {
  readonly #options: ViewerSessionOptions;
  readonly #retry: RetryTimer;
  readonly #channels: ViewerChannels;
  #state: ViewerSessionState;
  #target: ViewerTarget | null = null;
  #connection: ViewerConnection | null = null;
  #ticket: Ticket | null = null;
  /** Monotonic; until then a lost session is sought. */
  #seekUntilMs = 0;
  #busyRetries = 0;
  /** Typed before the host has asked again; good for one answer. */
  #factor: string | null = null;
  /** Which of the target's routes is taken, and how many have failed since the last that did not. */
  #route = 0;
  #failedRoutes = 0;

  constructor(options: ViewerSessionOptions) {
    this.#options = options;
    this.#state = { ...NEW_SESSION, viewOnly: options.viewOnly };
    this.#retry = new RetryTimer(options.clock);
    this.#channels = new ViewerChannels({
      clock: options.clock,
      onFrame: options.onFrame,
      onCursor: options.onCursor,
      onLink: options.onLink,
      onInputInjected: options.onInputInjected,
      onPermissions: (permissions) => this.#change({ permissions }),
      onSources: (sources, sourceId) => this.#change({ sources, sourceId }),
      onPictureProblem: (error) => this.#change({ error }),
      onPairingNews: (news) => this.#pair(news),
      onPaired: (discoveryKey) => this.#onPaired(discoveryKey),
      onEnd: (reason) => this.#finish(new TarnetError(reason, 'the host ended the session')),
    });
  }

  get state(): ViewerSessionState {
    return this.#state;
  }

  /** Starts. Only once; afterwards `retry`. Throws `illegal-transition` the second time. */
  connect(target: ViewerTarget): void {
    if (this.#target) throw new TarnetError('illegal-transition', 'already connecting');
    this.#target = target;
    if (target.proof.kind === 'paired') this.#change({ pairing: 'paired' });
    this.#openConnection();
  }

  /**
   * Another try: after it ended, with another proof where one is given, or at once while the session is sought again.
   * Throws `illegal-transition` in every other phase.
   */
  retry(proof: AccessProof | null): void {
    if (this.#state.phase === 'reconnecting') {
      this.#enter('retried');
      // one that is under way already is as good
      if (this.#connection) return;
      this.#retry.cancel();
    } else {
      this.#enter('retried', { error: null, triesLeft: null, sas: null });
      if (this.#target && proof !== null) this.#target = { ...this.#target, proof };
    }
    this.#openConnection();
  }

  /**
   * The second factor as its user typed it: an answer to the host, or after a wrong one another try with the same password.
   * Throws `malformed` for what is no code, `illegal-transition` in every other phase.
   */
  answerFactor(typed: string): void {
    if (factorKind(typed) === null) throw TarnetError.malformed('factor', 'neither six digits nor a recovery code');
    if (this.#state.phase === 'awaiting-factor') {
      this.#enter('answered');
      this.#connection?.answer(typed);
      return;
    }
    if (this.#state.phase !== 'ended')
      throw new TarnetError('illegal-transition', `a second factor while ${this.#state.phase}`);
    this.retry(null);
    this.#factor = typed;
  }

  /** Ends the session from this side; the host is told. */
  close(): void {
    if (this.#state.phase === 'ended') return;
    this.#channels.sendEnd('ended-by-viewer');
    this.#finish(null);
  }

  /** Never queues for long: what the link does not take is joined, then given up. @param atMs when it came from the user */
  sendInput(events: readonly InputEvent[], atMs?: number): void {
    if (this.#state.viewOnly || !this.#state.permissions.has('control')) return;
    this.#channels.sendInput(events, atMs);
  }

  /** Whether the host shall say how long its pictures take and when it carries out input; kept over a reconnection. */
  setMeasuring(on: boolean): void {
    this.#channels.setMeasuring(on);
  }

  /** The user's own choice; whatever was held down is let go. */
  setViewOnly(viewOnly: boolean): void {
    if (viewOnly === this.#state.viewOnly) return;
    if (viewOnly) this.sendInput([{ kind: 'release-all' }]);
    this.#change({ viewOnly });
  }

  /** Whether this user wants to pair with the host. What does not fit the phase is nothing. */
  requestPairing(wanted: boolean): void {
    if (this.#state.phase !== 'active' || !this.#pair(wanted ? 'asked' : 'refused')) return;
    this.#channels.sendPairingRequest(wanted);
  }

  selectSource(sourceId: string): void {
    this.#channels.selectSource(sourceId);
  }

  /** What this user would rather have of the picture; kept over lost connections. Said to the host when it is let in. */
  setPicturePreferences(preferences: PicturePreferences): void {
    this.#channels.setPicturePreferences(preferences);
  }

  /** The painter cannot go on: asks the host for a key frame, or for another codec. */
  reportTrouble(trouble: PictureTrouble): void {
    this.#channels.reportTrouble(trouble);
  }

  reportPaint(report: PaintReport): void {
    this.#channels.reportPaint(report);
  }

  #openConnection(): void {
    const { clock, open, name, system, decoders } = this.#options;
    const target = this.#target;
    if (!target) return;
    const ticket = this.#ticket;
    const { hostId, proof } = target;
    const routes = routesOf(target);
    const { url, token } = routes[this.#route % routes.length] ?? target;
    const access = { url, hostId, open, clock, ...(token === undefined ? {} : { token }) };
    const credential = ticket ? ({ kind: 'ticket', ...ticket } as const) : proof;
    const hello = {
      protocolVersion: PROTOCOL_VERSION,
      name,
      system,
      decoders: [...decoders],
      viewOnly: this.#state.viewOnly,
    };
    let joined = false;
    this.#change({ retryAtMs: null });
    this.#connection = new ViewerConnection(access, this.#options, credential, hello, {
      onJoined: () => {
        this.#failedRoutes = 0;
        joined = true;
        if (this.#state.phase === 'connecting') this.#enter('joined');
      },
      onProved: (sas) => {
        // Coming back by ticket asks nobody.
        if (!ticket) this.#enter('proved', { sas: sas.join(' ') });
      },
      onChallenged: () => this.#onChallenged(),
      onGranted: (granted) => this.#onGranted(granted),
      onRecord: (header: Envelope, body) => this.#channels.receive(header, body),
      onFailed: (failure) => {
        if (joined || !this.#takeNextRoute(target)) this.#onFailed(failure);
      },
    });
  }

  #onChallenged(): void {
    const typed = this.#factor;
    this.#factor = null;
    if (typed === null) this.#enter('challenged');
    else this.#connection?.answer(typed);
  }

  /** The host was not to be found this way; false when there is no other that has not been tried in this round. */
  #takeNextRoute(target: ViewerTarget): boolean {
    const routes = routesOf(target);
    this.#failedRoutes += 1;
    this.#route = (this.#route + 1) % routes.length;
    if (this.#failedRoutes >= routes.length) {
      this.#failedRoutes = 0;
      return false;
    }
    this.#openConnection();
    return true;
  }

  #onGranted(granted: Granted): void {
    const { grant, fingerprint, ticket } = granted;
    this.#ticket = ticket;
    this.#retry.succeeded();
    this.#busyRetries = 0;
    this.#factor = null;
    this.#enter('granted', {
      name: grant.name,
      system: grant.system,
      fingerprint,
      permissions: permissionsFromBits(grant.permissionBits),
      sources: grant.sources,
      sourceId: grant.selectedId,
      error: null,
      triesLeft: null,
    });
    if (this.#connection) this.#channels.attach(granted, this.#connection);
  }

  #onFailed(failure: ConnectionFailure): void {
    const { error } = failure;
    const { clock, log } = this.#options;
    this.#connection = null;
    this.#channels.detach();
    const wasActive = this.#state.phase === 'active';
    log.info('connection failed', { phase: this.#state.phase, reason: error.reason });
    if (wasActive) this.#seekUntilMs = clock.monotonicMs() + this.#seekForMs();
    const seeking = wasActive || this.#seekUntilMs > clock.monotonicMs();
    if (!seeking) {
      if (!this.#waitForBusyHost(failure)) this.#finish(error, failure);
      return;
    }
    if (this.#ticket && error.reason === 'not-found') {
      // The host was started again and knows no tickets.
      this.#ticket = null;
      if (this.#target?.proof.kind === 'code') {
        this.#finish(
          new TarnetError('wrong-code', 'the host does not know this session any more: it needs its new code'),
        );
        return;
      }
    } else if (!PASSING.has(error.reason)) {
      this.#finish(error, failure);
      return;
    }
    this.#seekAgain(error, failure.retryAfterMs);
  }

  /** False when there is more to it than a host that is busy for a moment. */
  #waitForBusyHost({ error, retryAfterMs }: ConnectionFailure): boolean {
    const { maxBusyRetries, maxBusyWaitMs } = VIEWER_SESSION_LIMITS;
    if (error.reason !== 'rate-limited' || retryAfterMs === 0 || retryAfterMs > maxBusyWaitMs) return false;
    if (this.#busyRetries >= maxBusyRetries) return false;
    this.#busyRetries += 1;
    const delayMs = this.#retry.schedule(() => this.#openConnection(), retryAfterMs);
    this.#change({ retryAtMs: this.#options.clock.nowMs() + delayMs });
    return true;
  }

  #seekAgain(error: TarnetError, retryAfterMs: number): void {
    const { clock } = this.#options;
    const delayMs = this.#retry.schedule(() => this.#openConnection(), retryAfterMs);
    if (clock.monotonicMs() + delayMs > this.#seekUntilMs) {
      this.#finish(error);
      return;
    }
    this.#enter('lost', { error, retryAtMs: clock.nowMs() + delayMs });
  }

  /** Only what this user has asked for is believed. */
  #onPaired(discoveryKey: Uint8Array): void {
    const host = this.#ticket?.host;
    if (host && this.#pair('paired')) this.#options.onPaired(host, discoveryKey);
  }

  /** False when it does not fit the phase: clicks on both sides may cross. */
  #pair(event: PairingEvent): boolean {
    if (!canTransition(PAIRING_TRANSITIONS, this.#state.pairing, event)) return false;
    this.#change({ pairing: transition(PAIRING_TRANSITIONS, this.#state.pairing, event) });
    return true;
  }

  #seekForMs(): number {
    const { maxReconnectMs } = VIEWER_SESSION_LIMITS;
    return Math.min(this.#ticket?.lifetimeMs ?? maxReconnectMs, maxReconnectMs);
  }

  /** @param failure what the host has told: the tries that are left, and how long to wait before the next one */
  #finish(error: TarnetError | null, failure: ConnectionFailure | null = null): void {
    this.#retry.cancel();
    this.#retry.succeeded();
    this.#channels.detach();
    this.#connection?.close();
    this.#connection = null;
    this.#ticket?.resumptionSecret.fill(0);
    this.#ticket = null;
    this.#seekUntilMs = 0;
    this.#busyRetries = 0;
    this.#factor = null;
    const { triesLeft = null, retryAfterMs = 0 } = failure ?? {};
    const retryAtMs = retryAfterMs > 0 ? this.#options.clock.nowMs() + retryAfterMs : null;
    this.#enter('ended', { error, triesLeft, retryAtMs });
  }

  #enter(event: ConnectionEvent, change: Partial<ViewerSessionState> = {}): void {
    this.#change({ ...change, phase: transition(CONNECTION_TRANSITIONS, this.#state.phase, event) });
  }

  #change(change: Partial<ViewerSessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onState(this.#state);
  }
}
