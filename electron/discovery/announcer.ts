// Owns what this host tells the LAN while it shares: an instance name and a salted tag that say nothing to strangers.
import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../shared/base/clock.ts';
import { type AccessKind, PROBE } from './probe-packet.ts';
import type { OwnAnswer } from './probe-socket.ts';

export const ANNOUNCER_LIMITS = { saltLifetimeMs: 60 * 60_000 } as const;

/** Where the announcement goes: multicast DNS and the UDP probe alike. */
export interface AnnouncementChannel {
  announce(own: OwnAnswer): void;
  leave(): void;
}

export interface AnnouncerOptions {
  clock: Clock;
  /** 32 bytes that paired viewers know too. */
  discoveryKey: Uint8Array;
  /** Null unless the user wants the machine's name to be known. */
  name(): string | null;
  system: string;
  access: AccessKind;
  channels: readonly AnnouncementChannel[];
}

/** The tag by which whoever knows the key recognises the host behind a salt. */
export function discoveryTag(discoveryKey: Uint8Array, salt: Uint8Array): Uint8Array {
  const hmac = createHmac('sha256', discoveryKey).update('tarnet-disc').update(salt);
  return hmac.digest().subarray(0, PROBE.tagBytes);
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  #instance: string | null = null;
  #cancelRenewal: (() => void) | null = null;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Whether this is our own announcement. */
  isOwn(instance: string): boolean {
    return instance === this.#instance;
  }

  /** Announces the relay on this port, with a new salt every hour, until `stop`. */
  start(port: number): void {
    this.stop();
    this.#instance = randomBytes(PROBE.instanceBytes).toString('hex');
    this.#announce(port, this.#instance);
  }

  stop(): void {
    if (this.#instance === null) return;
    this.#cancelRenewal?.();
    for (const channel of this.#options.channels) channel.leave();
    this.#instance = null;
  }

  #announce(port: number, instance: string): void {
    const { clock, discoveryKey, system, access, channels } = this.#options;
    const salt = randomBytes(PROBE.saltBytes);
    const name = this.#options.name() ?? '';
    const own: OwnAnswer = { port, salt, tag: discoveryTag(discoveryKey, salt), instance, name, system, access };
    for (const channel of channels) channel.announce(own);
    this.#cancelRenewal = clock.after(ANNOUNCER_LIMITS.saltLifetimeMs, () => this.#announce(port, instance));
  }
}
