// Owns the rooms of a relay that is on its own.
import { TarnetError } from '../../shared/base/errors.ts';
import { presenceKey } from './registration.ts';
import { Room } from './room.ts';
import type { RoomLocation, Router, RouterOptions } from './router.ts';

export interface LocalRouterOptions extends RouterOptions {
  /** True for the relay of an app, whose only room viewers may call `*`. */
  singleRoom: boolean;
  /** After a room has been closed and forgotten. */
  onRoomClosed?: (room: Room) => void;
}

export class LocalRouter implements Router {
  readonly #options: LocalRouterOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #byPresenceKey = new Map<string, Room>();

  constructor(options: LocalRouterOptions) {
    this.#options = options;
  }

  get rooms(): Iterable<Room> {
    return [...this.#rooms.values()];
  }

  async open(hostId: string, ed25519: Uint8Array): Promise<RoomLocation> {
    const known = this.#rooms.get(hostId);
    if (known) {
      if (Buffer.compare(known.ed25519, ed25519) !== 0)
        throw new TarnetError('unauthorised', 'this ID belongs to another key', { field: 'hostId' });
      return { at: 'here', room: known };
    }
    this.#makeSpace();
    const room = new Room({
      ...this.#options,
      hostId,
      ed25519,
      onClosed: (closed) => {
        if (this.#byPresenceKey.get(key) === closed) this.#byPresenceKey.delete(key);
        if (this.#rooms.get(hostId) !== closed) return;
        this.#rooms.delete(hostId);
        this.#options.onRoomClosed?.(closed);
      },
    });
    const key = presenceKey(ed25519).toString('base64');
    this.#rooms.set(hostId, room);
    this.#byPresenceKey.set(key, room);
    return { at: 'here', room };
  }

  async find(hostId: string): Promise<RoomLocation | null> {
    const [only] = this.#rooms.values();
    const room = hostId === ANY ? (this.#options.singleRoom ? only : undefined) : this.#rooms.get(hostId);
    return room ? { at: 'here', room } : null;
  }

  async present(keys: readonly Uint8Array[]): Promise<Uint8Array[]> {
    return keys.filter((key) => this.#byPresenceKey.get(Buffer.from(key).toString('base64'))?.hasHost);
  }

  /** There is no elsewhere. */
  async drain(): Promise<void> {}

  async close(): Promise<void> {}

  /** A room whose host is gone makes way for a host that is there. Throws `limit-reached`. */
  #makeSpace(): void {
    const limit = this.#options.singleRoom ? 1 : this.#options.limits.maxRooms;
    if (this.#rooms.size < limit) return;
    const abandoned = [...this.#rooms.values()].find((room) => !room.hasHost);
    if (!abandoned) throw new TarnetError('limit-reached', 'the relay is full', { limit: `${limit} rooms` });
    abandoned.close(new TarnetError('host-offline', 'this host is not here'));
  }
}

const ANY = '*';
