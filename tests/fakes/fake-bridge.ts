// Owns a main process that a page or a test can talk to. It is derived from the contract: a channel that was renamed or
// answers something else does not compile here.
import * as v from 'valibot';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import {
  CONTRACT,
  type EventName,
  type EventPayload,
  type InvokeHandlers,
  type InvokeName,
} from '../../shared/ipc/contract.ts';
import { errorView } from '../../shared/ipc/error-view.ts';
import type { Envelope, RawBridge, WindowRole } from '../../shared/ipc/kit.ts';
import type { AppDelta, AppState } from '../../shared/ipc/state.ts';
import { matchesQuery } from '../../shared/model/activity.ts';
import { settingsSchema } from '../../shared/model/settings.ts';
import { SAMPLE_ACTIVITY } from './sample-activity.ts';
import {
  SAMPLE_FINGERPRINT,
  SAMPLE_NOW_MS,
  SAMPLE_PROPOSAL,
  SAMPLE_RECOVERY_CODES,
  sampleConnection,
  samplePlainShare,
  sampleShareOff,
  sampleShareOn,
  sampleSource,
  sampleState,
} from './sample-state.ts';

const NO_GUESSES = { wrongGuesses: 0, waitUntilMs: 0, isStopped: false };

export interface FakeBridgeOptions {
  role?: WindowRole;
  state?: AppState;
  connectionId?: string | null;
  handlers?: Partial<InvokeHandlers<void>>;
}

export class FakeBridge implements RawBridge {
  readonly role: WindowRole;
  /** Every call and message so far, in order. */
  readonly calls: { channel: string; payload: unknown }[] = [];
  state: AppState;
  revision = 1;
  readonly #connectionId: string | null;
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly #failures = new Map<string, ErrorReason>();
  readonly #handlers: InvokeHandlers<void>;

  constructor({ role = 'home', state = sampleState(), connectionId = null, handlers = {} }: FakeBridgeOptions = {}) {
    this.role = role;
    this.state = state;
    this.#connectionId = connectionId;
    this.#handlers = { ...this.#defaultHandlers(), ...handlers };
    // a page calls these as plain functions, as it does those of the preload
    this.invoke = this.invoke.bind(this);
    this.send = this.send.bind(this);
    this.on = this.on.bind(this);
  }

  async invoke(channel: string, payload: unknown): Promise<Envelope<unknown>> {
    this.calls.push({ channel, payload });
    try {
      const known = CONTRACT[channel as InvokeName];
      if (known?.kind !== 'invoke') throw new TarnetError('not-found', `no such channel: ${channel}`);
      if (!known.roles.some((role) => role === this.role)) throw new TarnetError('unauthorised', channel);
      const failure = this.#failures.get(channel);
      if (failure) throw new TarnetError(failure, `${channel} fails by order of the test`);
      const parsed = v.safeParse(known.payload, payload);
      if (!parsed.success) throw TarnetError.malformed(channel, parsed.issues[0].message);
      // The payload was parsed by this very channel's schema; the compiler loses that in the union.
      const handler = this.#handlers[channel as InvokeName] as (payload: unknown) => unknown;
      return { ok: true, value: structuredClone(await handler(parsed.output)) };
    } catch (error) {
      return { ok: false, error: errorView(error) };
    }
  }

  send(channel: string, payload: unknown): void {
    this.calls.push({ channel, payload });
  }

  on(channel: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells the window. */
  emit<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload);
  }

  /** Changes one slice and sends its delta. */
  set<Slice extends keyof AppState>(slice: Slice, value: AppState[Slice]): void {
    this.state = { ...this.state, [slice]: value };
    this.revision += 1;
    this.emit('app.delta', { revision: this.revision, slice, value } as AppDelta);
  }

  /** From now on the channel answers with this error; null ends that. */
  fail(channel: InvokeName, reason: ErrorReason | null): void {
    if (reason) this.#failures.set(channel, reason);
    else this.#failures.delete(channel);
  }

  #changeConnection(connectionId: string, change: Partial<AppState['connections'][number]>): void {
    this.set(
      'connections',
      this.state.connections.map((one) => (one.id === connectionId ? { ...one, ...change } : one)),
    );
  }

  #defaultHandlers(): InvokeHandlers<void> {
    const share = (change: Partial<AppState['share']>) => this.set('share', { ...this.state.share, ...change });
    return {
      'app.snapshot': () => ({ revision: this.revision, state: this.state, connectionId: this.#connectionId }),
      'app.dismiss-notice': ({ id }) =>
        this.set(
          'notices',
          this.state.notices.filter((notice) => notice.id !== id),
        ),
      'app.dismiss-connect-prompt': () => this.set('connectPrompt', null),
      'app.copy': () => undefined,
      'app.open-log-folder': () => undefined,
      'app.quit': () => undefined,
      'settings.update': (patch) => {
        this.set('settings', v.parse(settingsSchema, { ...this.state.settings, ...patch }));
        const { language } = this.state.settings;
        this.set('info', { ...this.state.info, language: language === 'system' ? 'en' : language });
      },
      'share.start': () => this.set('share', sampleShareOn()),
      'share.stop': () => this.set('share', sampleShareOff()),
      'plain-share.start': ({ relay, hostId }) =>
        this.set('plainShare', samplePlainShare({ wanted: true, relay, hostId })),
      'plain-share.stop': () => this.set('plainShare', samplePlainShare()),
      'plain-share.set-control': ({ control }) => this.set('plainShare', { ...this.state.plainShare, control }),
      'plain-share.send-away': () =>
        this.set('plainShare', { ...this.state.plainShare, phase: 'waiting', sinceMs: null }),
      'share.sources': () => [sampleSource()],
      'share.select-source': ({ sourceId }) => share({ source: sampleSource({ id: sourceId }) }),
      'share.renew-code': () =>
        share({ code: '105822940', codeTriesLeft: 5, codePending: false, codeWaitUntilMs: null }),
      'share.disconnect-viewer': ({ viewerId }) =>
        share({ viewers: this.state.share.viewers.filter(({ id }) => id !== viewerId) }),
      'share.set-permissions': ({ viewerId, permissions }) =>
        share({
          viewers: this.state.share.viewers.map((viewer) =>
            viewer.id === viewerId ? { ...viewer, permissions: [...permissions] } : viewer,
          ),
        }),
      'consent.answer': ({ requestId }) =>
        this.set(
          'consentRequests',
          this.state.consentRequests.filter(({ id }) => id !== requestId),
        ),
      'backup.export': () => ({ file: '/home/ana/desk.tarnet' }),
      'backup.open': () => ({
        exportedAtMs: SAMPLE_NOW_MS,
        name: 'desk',
        hostId: '284519073',
        fingerprint: SAMPLE_FINGERPRINT,
        pairedDevices: 2,
        savedHosts: 5,
      }),
      'backup.take-over': () => undefined,
      'activity.search': (query) => ({
        entries: SAMPLE_ACTIVITY.filter((one) => matchesQuery(one, query)),
        next: null,
      }),
      'activity.verify': () => ({
        entries: SAMPLE_ACTIVITY.length,
        firstSeq: 1,
        lastSeq: SAMPLE_ACTIVITY.length,
        faults: [],
      }),
      'activity.export': ({ format }) => ({ file: `/home/ana/activity.${format}` }),
      'password.set': () => this.set('password', { ...this.state.password, isSet: true, ...NO_GUESSES }),
      'password.remove': () => this.set('password', { ...this.state.password, isSet: false, ...NO_GUESSES }),
      'password.confirm-guesses': () => this.set('password', { ...this.state.password, ...NO_GUESSES }),
      'second-factor.propose': () => SAMPLE_PROPOSAL,
      'second-factor.cancel': () => undefined,
      'second-factor.confirm': () => {
        this.set('password', { ...this.state.password, secondFactor: true, recoveryCodesLeft: 10 });
        return SAMPLE_RECOVERY_CODES;
      },
      'second-factor.renew-codes': () => {
        this.set('password', { ...this.state.password, recoveryCodesLeft: 10 });
        return SAMPLE_RECOVERY_CODES;
      },
      'second-factor.save-codes': () => ({ file: '/home/ana/tarnet-recovery-codes.txt' }),
      'second-factor.switch-off': () =>
        this.set('password', { ...this.state.password, secondFactor: false, recoveryCodesLeft: 0 }),
      'hosts.save': () => undefined,
      'hosts.forget': ({ key }) =>
        this.set(
          'hosts',
          this.state.hosts.filter((host) => host.key !== key),
        ),
      'pairing.offer': () => undefined,
      'session.pair': ({ wanted }) =>
        this.#changeConnection(this.#connectionId ?? '', { pairing: wanted ? 'asked' : 'none' }),
      'devices.add': () => SAMPLE_FINGERPRINT,
      'devices.change': () => undefined,
      'devices.revoke': ({ id }) =>
        this.set(
          'devices',
          this.state.devices.filter((device) => device.id !== id),
        ),
      'hosts.pair': () => SAMPLE_FINGERPRINT,
      'hosts.rescan': () => undefined,
      'connection.open': ({ address, name }) => {
        const id = `c${this.state.connections.length + 1}`;
        const opened = sampleConnection({ id, address, name: name ?? address, phase: 'connecting', sas: null });
        this.set('connections', [...this.state.connections, opened]);
        return { connectionId: id };
      },
      'connection.list-plain': () => [
        { hostId: '6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c', connectedAt: '2026-11-21T08:39:27.842Z', clients: 1 },
        { hostId: 'abc-123', connectedAt: '2026-11-21T08:40:00.000Z', clients: 0 },
      ],
      'connection.open-plain': ({ relay, hostId }) => {
        const id = `c${this.state.connections.length + 1}`;
        const opened = sampleConnection({
          id,
          address: `${relay} · ${hostId}`,
          name: hostId,
          phase: 'connecting',
          encrypted: false,
          how: 'none',
          sas: null,
        });
        this.set('connections', [...this.state.connections, opened]);
        return { connectionId: id };
      },
      'connection.retry': ({ connectionId }) =>
        this.#changeConnection(connectionId, { phase: 'connecting', error: null }),
      'connection.answer-factor': ({ connectionId }) =>
        this.#changeConnection(connectionId, { phase: 'awaiting-consent', error: null }),
      'connection.close': ({ connectionId }) => this.#changeConnection(connectionId, { phase: 'ended' }),
      'connection.dismiss': ({ connectionId }) =>
        this.set(
          'connections',
          this.state.connections.filter(({ id }) => id !== connectionId),
        ),
      'session.set-view-only': ({ viewOnly }) => this.#changeConnection(this.#connectionId ?? '', { viewOnly }),
      'session.set-picture-preferences': (picture) => this.#changeConnection(this.#connectionId ?? '', { picture }),
      'session.select-source': ({ sourceId }) => this.#changeConnection(this.#connectionId ?? '', { sourceId }),
      'session.set-fullscreen': ({ fullscreen }) => this.emit('session.fullscreen-changed', { fullscreen }),
    };
  }
}
