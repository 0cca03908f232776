// Owns which permission each conversation of a session needs. The host asks here before it takes a message, and before it
// sends one: what is not permitted goes no further, whatever the viewer's app shows or believes.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Permission, Permissions } from '../../shared/model/permissions.ts';
import { Channel } from '../../shared/wire/reliable.ts';

export const CHANNEL_GATE_LIMITS = {
  /** What a viewer sent before it heard that a permission was taken away may still arrive: it is dropped, not punished. */
  graceMs: 5_000,
} as const;

/** Any one of these opens the channel; a channel without an entry needs none. */
type Needs = Readonly<Partial<Record<Channel, readonly Permission[]>>>;

const FROM_VIEWER: Needs = {
  [Channel.input]: ['control'],
  [Channel.clipboard]: ['clipboard-to-host'],
  // what comes in, and the asking for and acknowledging of what goes out
  [Channel.file]: ['files-in', 'files-out'],
};
const TO_VIEWER: Needs = {
  [Channel.clipboard]: ['clipboard-from-host'],
  [Channel.file]: ['files-in', 'files-out'],
};
/** An app that only looks may send input by mistake, as ours did before it had heard of its permissions: never a reason to end. */
const FORGIVEN: ReadonlySet<Channel> = new Set([Channel.input]);

export class ChannelGate {
  readonly #clock: Clock;
  #permissions: Permissions = new Set();
  /** When a permission was taken away, monotonic. */
  readonly #takenAtMs = new Map<Permission, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on. */
  set(permissions: Permissions): void {
    const nowMs = this.#clock.monotonicMs();
    for (const permission of this.#permissions)
      if (!permissions.has(permission)) this.#takenAtMs.set(permission, nowMs);
    this.#permissions = permissions;
  }

  /**
   * Whether a message of the viewer on this channel is to be taken; false drops it. Throws `unauthorised` for one on a
   * channel that was never open to this viewer, or not for a while: then the session is over.
   */
  takes(channel: Channel): boolean {
    const needs = FROM_VIEWER[channel];
    if (!needs || needs.some((permission) => this.#permissions.has(permission))) return true;
    if (FORGIVEN.has(channel)) return false;
    const nowMs = this.#clock.monotonicMs();
    const justTaken = needs.some((permission) => {
      const takenAtMs = this.#takenAtMs.get(permission);
      return takenAtMs !== undefined && nowMs - takenAtMs <= CHANNEL_GATE_LIMITS.graceMs;
    });
    if (justTaken) return false;
    throw new TarnetError('unauthorised', `channel ${channel} is not permitted`, { field: 'reliable.channel' });
  }

  /** Whether the host may say something on this channel. */
  gives(channel: Channel): boolean {
    const needs = TO_VIEWER[channel];
    return !needs || needs.some((permission) => this.#permissions.has(permission));
  }
}
