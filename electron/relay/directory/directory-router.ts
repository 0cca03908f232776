// Owns the rooms of one relay among several: its own rooms from memory, all others from the directory.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import { LocalRouter } from '../local-router.ts';
import type { Room } from '../room.ts';
import type { RoomLocation, Router, RouterOptions } from '../router.ts';
import type { NodeState, RoomDirectory, RoomMove } from './room-directory.ts';

export const DIRECTORY_ROUTER_LIMITS = {
  beatEveryMs: 2_000,
  /** Rooms are published again this often, so that they do not expire. */
  republishEveryMs: 40_000,
  /** While draining: how long viewers wait for their host to be at another relay. */
  drainMs: 2_000,
} as const;

export interface DirectoryRouterOptions extends RouterOptions {
  directory: RoomDirectory;
}

export class DirectoryRouter implements Router {
  readonly #directory: RoomDirectory;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #local: LocalRouter;
  /** By host ID, the fence of our claim; null while the directory does not know of it. */
  readonly #fences = new Map<string, number | null>();
  readonly #leave: (() => void)[];
  #state: NodeState = 'active';
  #cancelBeat: () => void = () => undefined;
  #cancelRepublish: () => void = () => undefined;
  #closed = false;

  constructor({ directory, ...options }: DirectoryRouterOptions) {
    const { clock, log } = options;
    this.#directory = directory;
    this.#clock = clock;
    this.#log = log;
    this.#local = new LocalRouter({
      ...options,
      singleRoom: false,
      onRoomClosed: (room) => this.#onRoomClosed(room),
    });
    this.#leave = [directory.onMoved((move) => this.#onMoved(move)), directory.onReady(() => void this.#republish())];
    this.#scheduleBeat();
    this.#scheduleRepublish();
    if (directory.ready) void this.#republish();
  }

  get rooms(): Iterable<Room> {
    return this.#local.rooms;
  }

  /** A host that comes here has its room here, wherever it was before. Throws `unauthorised` or `limit-reached`. */
  async open(hostId: string, ed25519: Uint8Array): Promise<RoomLocation> {
    if (this.#state === 'draining') {
      const url = await this.#directory.elsewhere().catch(() => null);
      if (url === null) throw new TarnetError('going-away', 'the relay is shutting down');
      return { at: 'elsewhere', url };
    }
    let fence: number | null = null;
    try {
      fence = await this.#directory.claim({ hostId, ed25519 });
    } catch (error) {
      // Without a directory the host is served all the same; it is claimed as soon as the directory is back.
      if (TarnetError.from(error).reason !== 'going-away') throw error;
    }
    const location = await this.#local.open(hostId, ed25519);
    this.#fences.set(hostId, fence);
    return location;
  }

  async find(hostId: string): Promise<RoomLocation | null> {
    const here = await this.#local.find(hostId);
    if (here?.at === 'here' && here.room.hasHost) return here;
    const url = await this.#directory.locate(hostId);
    return url === null ? here : { at: 'elsewhere', url };
  }

  async present(keys: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const here = new Set(await this.#local.present(keys));
    const others = keys.filter((key) => !here.has(key));
    if (others.length === 0) return [...here];
    return [...here, ...(await this.#directory.present(others))];
  }

  /** Sends hosts to another relay, and their viewers after them. Resolves when all are gone or the time is over. */
  async drain(): Promise<void> {
    this.#state = 'draining';
    await this.#beat();
    const url = await this.#directory.elsewhere().catch(() => null);
    if (url === null) return;
    const rooms = [...this.rooms];
    this.#log.info('sending rooms to another relay', { rooms: rooms.length });
    for (const room of rooms) room.redirectHost(url);
    const endMs = this.#clock.monotonicMs() + DIRECTORY_ROUTER_LIMITS.drainMs;
    await new Promise<void>((resolve) => {
      const look = () => {
        if ([...this.rooms].length === 0 || this.#clock.monotonicMs() >= endMs) resolve();
        else this.#clock.after(20, look);
      };
      look();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelBeat();
    this.#cancelRepublish();
    for (const leave of this.#leave) leave();
    await this.#directory.close();
  }

  #onMoved({ hostId, fence, url }: RoomMove): void {
    const ours = this.#fences.get(hostId);
    if (ours === undefined || (ours !== null && ours >= fence)) return;
    this.#moveAway(hostId, url);
  }

  #moveAway(hostId: string, url: string | null): void {
    const room = [...this.rooms].find((candidate) => candidate.hostId === hostId);
    this.#fences.delete(hostId);
    if (!room) return;
    this.#log.info('room is at another relay', { viewers: room.viewerCount });
    if (url === null) room.close(new TarnetError('unauthorised', 'this ID belongs to another key'));
    else room.moveTo(url);
  }

  #onRoomClosed(room: Room): void {
    const fence = this.#fences.get(room.hostId);
    this.#fences.delete(room.hostId);
    // What cannot be released now expires by itself.
    if (typeof fence === 'number') this.#directory.release(room.hostId, fence).catch(() => undefined);
  }

  #scheduleBeat(): void {
    this.#cancelBeat = this.#clock.after(DIRECTORY_ROUTER_LIMITS.beatEveryMs, () => {
      this.#scheduleBeat();
      void this.#beat();
    });
  }

  #scheduleRepublish(): void {
    this.#cancelRepublish = this.#clock.after(DIRECTORY_ROUTER_LIMITS.republishEveryMs, () => {
      this.#scheduleRepublish();
      void this.#republish();
    });
  }

  async #beat(): Promise<void> {
    if (this.#closed || !this.#directory.ready) return;
    const load = [...this.rooms].reduce((sum, room) => sum + 1 + room.viewerCount, 0);
    await this.#directory.beat(this.#state, load).catch(() => undefined); // The directory says so itself.
  }

  /** Publishes what is here; the directory may have been away, or may have forgotten. */
  async #republish(): Promise<void> {
    await this.#beat();
    for (const room of [...this.rooms]) {
      if (this.#closed || !this.#directory.ready) return;
      if (!room.hasHost) continue;
      const { hostId, ed25519 } = room;
      try {
        const result = await this.#directory.republish({ hostId, ed25519 }, this.#fences.get(hostId) ?? null);
        if (result.kept) this.#fences.set(hostId, result.fence);
        else this.#moveAway(hostId, result.url);
      } catch {
        return; // Away again: tried again when it is back.
      }
    }
  }
}
