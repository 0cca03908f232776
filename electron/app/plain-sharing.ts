// Owns being reachable without encryption: agreed to by this computer's user since the app was started, only while it
// shares, and never again by itself.
import type { ErrorReason } from '../../shared/base/errors.ts';
import { errorView } from '../../shared/ipc/error-view.ts';
import type { PlainShareState } from '../../shared/ipc/state.ts';
import type { ActivityFacts, ActivityKind } from '../../shared/model/activity.ts';
import { checkPlainHostId, parsePlainRelay, showPlainRelay } from '../../shared/model/plain-host.ts';
import type { PlainShareActivity, PlainShareStatus, PlainShareTarget } from '../session/plain/plain-share.ts';
import type { AppStateStore } from './app-state.ts';
import { PLAIN_SHARE_OFF } from './initial-state.ts';

/** The host that viewers of protocol v1 see. */
export interface PlainHostPort {
  start(target: PlainShareTarget): void;
  stop(reason: ErrorReason): void;
  selectSource(sourceId: string): void;
}

export interface PlainSharingOptions {
  store: Pick<AppStateStore, 'get' | 'update'>;
  host: PlainHostPort;
  /** Keeps what was typed, for the next time. */
  remember(typed: { plainRelay: string; plainHostId: string }): Promise<void>;
  addActivity(facts: ActivityFacts): void;
  nowMs(): number;
}

const KINDS: Readonly<Record<PlainShareActivity['kind'], ActivityKind>> = {
  admitted: 'viewer-joined',
  refused: 'viewer-refused',
  permissions: 'viewer-permissions',
  left: 'viewer-left',
};

export class PlainSharing {
  readonly #options: PlainSharingOptions;
  #target: PlainShareTarget | null = null;
  #sharing = false;
  #running = false;

  constructor(options: PlainSharingOptions) {
    this.#options = options;
  }

  /**
   * Its user has agreed: from now on, or from when sharing starts, until it stops. Throws `malformed` that names `relay` or
   * `hostId`.
   */
  async start(relay: string, hostId: string): Promise<void> {
    checkPlainHostId(hostId);
    const target = { url: parsePlainRelay(relay), relay: showPlainRelay(relay), hostId };
    await this.#options.remember({ plainRelay: relay.trim(), plainHostId: hostId });
    this.stop();
    this.#target = target;
    this.#change({ ...PLAIN_SHARE_OFF, wanted: true, relay: target.relay, hostId });
    if (this.#sharing) this.#run(target);
  }

  stop(): void {
    this.#end('ended-by-host');
  }

  /** Sharing is on. */
  begin(): void {
    this.#sharing = true;
    if (this.#target) this.#run(this.#target);
  }

  /** Sharing is off, and with it this, until its user agrees again. */
  end(): void {
    this.#sharing = false;
    this.#end('share-stopped');
  }

  selectSource(sourceId: string): void {
    this.#options.host.selectSource(sourceId);
  }

  statusChanged(status: PlainShareStatus): void {
    if (!this.#target) return;
    this.#change({ ...status, error: status.error && errorView(status.error) });
  }

  note({ kind, viewers, control, sinceMs, reason }: PlainShareActivity): void {
    const { addActivity, nowMs } = this.#options;
    const joins = kind === 'admitted' || kind === 'permissions';
    addActivity({
      kind: KINDS[kind],
      address: this.#target?.relay ?? '',
      authentication: 'none',
      count: viewers,
      ...(joins ? { permissions: control ? ['view', 'control'] : ['view'] } : {}),
      ...(kind === 'left' && sinceMs !== null ? { durationMs: Math.max(0, Math.round(nowMs() - sinceMs)) } : {}),
      ...(reason ? { reason } : {}),
    });
  }

  #run(target: PlainShareTarget): void {
    this.#running = true;
    this.#options.addActivity({
      kind: 'plain-started',
      address: target.relay,
      name: target.hostId,
      authentication: 'none',
    });
    this.#options.host.start(target);
  }

  #end(reason: ErrorReason): void {
    const target = this.#target;
    if (!target) return;
    this.#options.host.stop(reason);
    if (this.#running) this.#options.addActivity({ kind: 'plain-stopped', address: target.relay, name: target.hostId });
    this.#running = false;
    this.#target = null;
    this.#change(PLAIN_SHARE_OFF);
  }

  #change(change: Partial<PlainShareState>): void {
    this.#options.store.update('plainShare', (state) => ({ ...state, ...change }));
  }
}
