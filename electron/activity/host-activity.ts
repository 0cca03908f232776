// Owns what the activity log says of others who want to see this screen, and keeps a flood of refusals from filling it.
import type { Clock } from '../../shared/base/clock.ts';
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { ActivityFacts, ActivityKind, Authentication } from '../../shared/model/activity.ts';
import type { Permission } from '../../shared/model/permissions.ts';

export const HOST_ACTIVITY_LIMITS = {
  /** Refusals that are written one by one within `refusalWindowMs`; more are only counted. */
  refusals: 40,
  refusalWindowMs: 10 * 60_000,
} as const;

/** Who came, went, was turned away or may do something else: what a host's room reports. */
export interface HostEvent {
  kind: 'admitted' | 'resumed' | 'permissions' | 'refused' | 'dropped' | 'left';
  address: string;
  /** Null for somebody who was not let in. */
  viewer: { id: string; permissions: readonly Permission[]; sinceMs: number } | null;
  who: { name: string; system: string; fingerprint: readonly string[] } | null;
  reason: ErrorReason | null;
}

const KINDS: Readonly<Record<HostEvent['kind'], ActivityKind>> = {
  admitted: 'viewer-joined',
  resumed: 'viewer-resumed',
  permissions: 'viewer-permissions',
  refused: 'viewer-refused',
  dropped: 'viewer-lost',
  left: 'viewer-left',
};
const LOCKED: ReadonlySet<ErrorReason> = new Set<ErrorReason>(['code-locked', 'password-locked', 'password-stopped']);

export class HostActivity {
  readonly #clock: Clock;
  readonly #add: (facts: ActivityFacts) => void;
  #windowEndsMs = 0;
  #refusals = 0;
  #skipped = 0;
  #sharing = false;

  constructor(clock: Clock, add: (facts: ActivityFacts) => void) {
    this.#clock = clock;
    this.#add = add;
  }

  /** @param authentication how the viewer proved itself, where it has */
  note(event: HostEvent, authentication: Authentication | null): void {
    if (event.kind === 'refused' && !this.#mayWriteRefusal()) return;
    const { kind, address, viewer, who, reason } = event;
    const locked = kind === 'refused' && reason !== null && LOCKED.has(reason);
    this.#add({
      kind: locked ? 'locked-out' : KINDS[kind],
      ...(viewer ? { session: viewer.id } : {}),
      address,
      ...(who ? { name: who.name, system: who.system, fingerprint: who.fingerprint.join(' ') } : {}),
      ...(authentication && (kind === 'admitted' || kind === 'resumed') ? { authentication } : {}),
      ...(viewer && kind !== 'dropped' && kind !== 'left' ? { permissions: [...viewer.permissions] } : {}),
      ...(viewer && kind === 'left' ? { durationMs: this.#since(viewer.sinceMs) } : {}),
      ...(reason ? { reason } : {}),
    });
  }

  sharingStarted(): void {
    this.#sharing = true;
    this.#add({ kind: 'share-started' });
  }

  /** Also called when sharing did not start: then there is nothing to say. */
  sharingStopped(): void {
    if (!this.#sharing) return;
    this.#sharing = false;
    this.#writeSkipped();
    this.#add({ kind: 'share-stopped' });
  }

  #mayWriteRefusal(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#windowEndsMs) {
      this.#writeSkipped();
      this.#windowEndsMs = nowMs + HOST_ACTIVITY_LIMITS.refusalWindowMs;
      this.#refusals = 0;
    }
    this.#refusals += 1;
    if (this.#refusals <= HOST_ACTIVITY_LIMITS.refusals) return true;
    this.#skipped += 1;
    return false;
  }

  #writeSkipped(): void {
    if (this.#skipped === 0) return;
    this.#add({ kind: 'entries-skipped', count: this.#skipped });
    this.#skipped = 0;
  }

  #since(sinceMs: number): number {
    return Math.max(0, Math.round(this.#clock.nowMs() - sinceMs));
  }
}
