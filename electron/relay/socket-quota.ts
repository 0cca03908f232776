// Owns how many sockets each address may have, and how many new ones in a minute.
import type { EventEmitter } from 'node:events';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { MinuteRate, type RelayLimits } from './limits.ts';
import { rateKey } from './peer-address.ts';
import type { RelayCounters } from './relay-counters.ts';

export const SOCKET_QUOTA_LIMITS = {
  /** Sockets over their address's limit that are told so; the next ones are cut. */
  toldOverLimit: 8,
} as const;

export type Verdict = 'welcome' | 'cut' | TarnetError;

export class SocketQuota {
  readonly #limits: RelayLimits;
  readonly #counters: RelayCounters;
  readonly #open = new Map<string, number>();
  readonly #newSockets: MinuteRate;

  constructor(clock: Clock, limits: RelayLimits, counters: RelayCounters) {
    this.#limits = limits;
    this.#counters = counters;
    this.#newSockets = new MinuteRate(clock, limits.connectionsPerMinutePerAddress);
  }

  /** Counts a socket until it closes, unless it is to be cut. An error is what the peer is to be told. */
  admit(address: string, socket: Pick<EventEmitter, 'once'>): Verdict {
    const key = rateKey(address);
    const open = (this.#open.get(key) ?? 0) + 1;
    const isOften = !this.#newSockets.take(key);
    const isOver = isOften || open > this.#limits.maxConnectionsPerAddress;
    if (isOver) this.#counters.refusedConnections += 1;
    if (open > this.#limits.maxConnectionsPerAddress + SOCKET_QUOTA_LIMITS.toldOverLimit) return 'cut';
    this.#open.set(key, open);
    socket.once('close', () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    });
    return isOver ? new TarnetError('rate-limited', 'too many connections from this address') : 'welcome';
  }
}
