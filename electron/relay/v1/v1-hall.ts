// Owns all v1 rooms of a relay: who has which host ID, the list of hosts and the counts. v2 rooms are unknown here.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { RelayLimits } from '../limits.ts';
import { rateKey } from '../peer-address.ts';
import type { V1Connection } from './v1-connection.ts';
import { V1_LIMITS } from './v1-limits.ts';
import type { V1HostEntry, V1Stats } from './v1-message.ts';
import { V1Room } from './v1-room.ts';

export class V1Hall {
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #rooms = new Map<string, V1Room>();
  /** IDs of hosts that were lost, in the order of their loss. */
  readonly #kept = new Map<string, { key: string; untilMs: number }>();
  #messages = 0;

  constructor(clock: Clock, limits: RelayLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** A message has been understood. */
  countMessage(): void {
    this.#messages += 1;
  }

  /**
   * Opens the room of a host. v1 has no keys: whoever has an ID keeps it. Throws `unauthorised` when the ID is live on
   * another connection, or was lost a moment ago by another address; `limit-reached` when there are too many rooms.
   */
  open(hostId: string, host: V1Connection): V1Room {
    const live = this.#rooms.get(hostId);
    if (live) {
      // Perhaps the same host, whose line broke without a word: then the next attempt succeeds.
      live.host.probe();
      throw taken('este host já está conectado');
    }
    const nowMs = this.#clock.monotonicMs();
    const kept = this.#kept.get(hostId);
    if (kept && kept.untilMs > nowMs && kept.key !== rateKey(host.address))
      throw taken('reservado para o host que acabou de perder a conexão');
    if (this.#rooms.size >= this.#limits.maxRooms)
      throw new TarnetError('limit-reached', 'o servidor está cheio', { limit: `${this.#limits.maxRooms} rooms` });
    this.#kept.delete(hostId);
    const room = new V1Room(hostId, host, this.#clock.nowMs());
    this.#rooms.set(hostId, room);
    return room;
  }

  find(hostId: string): V1Room | null {
    return this.#rooms.get(hostId) ?? null;
  }

  /** The host of a room is gone; returns how many clients were told. `lost`: it did not say goodbye. */
  close(room: V1Room, lost: boolean): number {
    if (this.#rooms.get(room.hostId) !== room) return 0;
    this.#rooms.delete(room.hostId);
    if (lost) this.#keep(room);
    return room.close();
  }

  /** At most `V1_LIMITS.maxListedHosts` hosts, oldest first. */
  list(): V1HostEntry[] {
    const entries: V1HostEntry[] = [];
    for (const room of this.#rooms.values()) {
      if (entries.length >= V1_LIMITS.maxListedHosts) break;
      entries.push(room.entry());
    }
    return entries;
  }

  stats(): V1Stats {
    let clients = 0;
    for (const room of this.#rooms.values()) clients += room.clientCount;
    return { total_hosts: this.#rooms.size, total_clients: clients, messages_processed: this.#messages };
  }

  #keep(room: V1Room): void {
    const untilMs = this.#clock.monotonicMs() + V1_LIMITS.keepIdMs;
    this.#kept.delete(room.hostId);
    this.#kept.set(room.hostId, { key: rateKey(room.host.address), untilMs });
    if (this.#kept.size <= V1_LIMITS.maxKeptIds) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

function taken(message: string): TarnetError {
  return new TarnetError('unauthorised', `host_id: ${message}`, { field: 'host_id' });
}
