// Owns the Router port: who has the room of a host. One relay answers from memory; several would ask a directory.
import type { Room, RoomOptions } from './room.ts';

export type RoomLocation =
  | { at: 'here'; room: Room }
  /** Another relay owns the room: its URL. */
  | { at: 'elsewhere'; url: string };

/** What a router makes its rooms with. */
export type RouterOptions = Omit<RoomOptions, 'hostId' | 'ed25519' | 'onClosed'>;

export interface Router {
  /**
   * Opens the room of a host that has proved its key, or finds the one that it had. Throws `unauthorised` when the ID is
   * live with another key, `limit-reached` when there are too many rooms.
   */
  open(hostId: string, ed25519: Uint8Array): Promise<RoomLocation>;
  /** Finds the room that a viewer wants; null when nobody has it. `*` is the only room of a relay that has just one. */
  find(hostId: string): Promise<RoomLocation | null>;
  /** Which of the hosts with these presence keys (shared/wire/control.ts) are here, in any order. */
  present(keys: readonly Uint8Array[]): Promise<Uint8Array[]>;
  /** Rooms that this relay owns. */
  readonly rooms: Iterable<Room>;
  /** Takes no new rooms and sends hosts elsewhere, where there is an elsewhere. Resolves when no more can be done. */
  drain(): Promise<void>;
  /** Leaves whatever the rooms were found by. */
  close(): Promise<void>;
}
