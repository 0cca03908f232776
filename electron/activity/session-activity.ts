// Owns what the activity log says of this user's session on another screen, from how its state changes.
import type { Clock } from '../../shared/base/clock.ts';
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { ActivityFacts, ActivityKind, Authentication } from '../../shared/model/activity.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import type { ConnectionPhase } from '../../shared/session/connection-phase.ts';

/** What is needed of a session's state. */
export interface ObservedSession {
  phase: ConnectionPhase;
  name: string;
  system: string;
  fingerprint: readonly string[];
  permissions: Permissions;
  error: { reason: ErrorReason } | null;
}

export interface SessionActivityOptions {
  clock: Clock;
  /** Ties its entries together. */
  session: string;
  /** Where it goes: HOST[:PORT], or nine digits. */
  address: string;
  authentication: Authentication;
  add(facts: ActivityFacts): void;
}

export class SessionActivity {
  readonly #options: SessionActivityOptions;
  #phase: ConnectionPhase = 'connecting';
  #permissions: readonly string[] = [];
  /** When the host first let us in, this machine's clock; null before. */
  #sinceMs: number | null = null;
  /** Whether the host's user was asked again on the way back. */
  #provedAgain = false;

  constructor(options: SessionActivityOptions) {
    this.#options = options;
  }

  observe(state: ObservedSession): void {
    const before = this.#phase;
    const { phase } = state;
    this.#phase = phase;
    if (phase === 'active') this.#active(before, state);
    if (phase === before) return;
    if (phase === 'awaiting-consent') this.#provedAgain = true;
    if (phase === 'reconnecting' && before === 'active') this.#note('session-lost', state, reasonOf(state));
    if (phase === 'ended') this.#ended(state);
  }

  #active(before: ConnectionPhase, state: ObservedSession): void {
    const permissions = [...state.permissions];
    const changed = permissions.join() !== this.#permissions.join();
    this.#permissions = permissions;
    if (before === 'active') {
      if (changed) this.#note('session-permissions', state, { permissions });
      return;
    }
    const { authentication } = this.#options;
    if (this.#sinceMs === null) {
      this.#sinceMs = this.#options.clock.nowMs();
      this.#note('session-started', state, { authentication, permissions });
    } else {
      const how = this.#provedAgain || authentication === 'none' ? authentication : 'ticket';
      this.#note('session-resumed', state, { authentication: how, permissions });
    }
    this.#provedAgain = false;
  }

  #ended(state: ObservedSession): void {
    const sinceMs = this.#sinceMs;
    this.#sinceMs = null;
    if (sinceMs === null) {
      this.#note('session-failed', state, { reason: state.error?.reason ?? 'cancelled' });
      return;
    }
    const durationMs = Math.max(0, Math.round(this.#options.clock.nowMs() - sinceMs));
    this.#note('session-ended', state, { durationMs, reason: state.error?.reason ?? 'ended-by-viewer' });
  }

  #note(kind: ActivityKind, { name, system, fingerprint }: ObservedSession, facts: Partial<ActivityFacts>): void {
    const { session, address, add } = this.#options;
    add({
      kind,
      session,
      address,
      ...(name ? { name } : {}),
      ...(system ? { system } : {}),
      ...(fingerprint.length > 0 ? { fingerprint: fingerprint.join(' ') } : {}),
      ...facts,
    });
  }
}

function reasonOf({ error }: ObservedSession): Partial<ActivityFacts> {
  return error ? { reason: error.reason } : {};
}
