// Owns one v1 room: a host, its clients, frames to all of them and commands to the host alone.
import { TarnetError } from '../../../shared/base/errors.ts';
import { RELAY_BOUNDS } from '../limits.ts';
import type { V1Connection } from './v1-connection.ts';
import { isoTime, type V1HostEntry, v1RoomId } from './v1-message.ts';

/** A client in its room. */
export interface V1Member {
  readonly clientId: string;
  readonly connection: V1Connection;
  /** The host is gone, and the room with it. */
  hostLeft(hostId: string): void;
}

export class V1Room {
  readonly hostId: string;
  readonly host: V1Connection;
  readonly #connectedAtMs: number;
  readonly #members = new Set<V1Member>();
  #lastFrameAtMs: number | null = null;
  #frames = 0;

  constructor(hostId: string, host: V1Connection, nowMs: number) {
    this.hostId = hostId;
    this.host = host;
    this.#connectedAtMs = nowMs;
    host.onDrained(() => this.#resumeMembers());
  }

  get id(): string {
    return v1RoomId(this.hostId);
  }

  get clientCount(): number {
    return this.#members.size;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Lets a client in. Throws `limit-reached`. */
  add(member: V1Member, maxClients: number): void {
    if (this.#members.size >= maxClients)
      throw new TarnetError('limit-reached', 'target_host: a sala está cheia', {
        field: 'target_host',
        limit: `${maxClients} clients`,
      });
    this.#members.add(member);
  }

  remove(member: V1Member): void {
    this.#members.delete(member);
  }

  /** A host's frame, as it came, to every client. */
  frame(bytes: Buffer, nowMs: number): void {
    this.#lastFrameAtMs = nowMs;
    this.#frames += 1;
    for (const { connection } of this.#members) connection.offerFrame(bytes);
  }

  /** A client's command, to the host alone. Whoever sends more than the host takes is not read for a while. */
  command(from: V1Member, text: string): void {
    this.host.send(text, RELAY_BOUNDS.hostQueueMaxBytes);
    if (this.host.isOpen && this.host.queuedBytes > RELAY_BOUNDS.hostQueueHighBytes) from.connection.pause();
  }

  /** Sends everybody away; returns how many that were. */
  close(): number {
    const members = [...this.#members];
    this.#resumeMembers();
    this.#members.clear();
    for (const member of members) {
      member.connection.dropFrame();
      member.hostLeft(this.hostId);
    }
    return members.length;
  }

  entry(): V1HostEntry {
    return {
      host_id: this.hostId,
      connected_at: isoTime(this.#connectedAtMs),
      last_frame: this.#lastFrameAtMs === null ? null : isoTime(this.#lastFrameAtMs),
      clients_connected: this.#members.size,
    };
  }

  #resumeMembers(): void {
    for (const { connection } of this.#members) connection.resume();
  }
}
