// Owns everybody who is in the room but not let in yet.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { ConsentPort } from './consent.ts';
import { type Admission, type Applying, HostDoor } from './host-door.ts';
import type { HostHandshakeOptions } from './host-handshake.ts';

export const HOST_DOORS_LIMITS = {
  /** Viewers at the door at one time; whoever comes on top is sent away. */
  maxDoors: 16,
} as const;

export interface HostDoorsEvents {
  /** A handshake message for the viewer with this number. */
  send(peer: number, message: Uint8Array): void;
  /** Whatever it throws turns the viewer away. */
  onAdmitted(peer: number, admission: Admission): void;
  /** The viewer was turned away and told why; `who` is what it has proved of itself by then. */
  onRefused(peer: number, address: string, error: TarnetError, who: Applying | null): void;
  /** The viewer left in the middle of it. */
  onGivenUp(address: string, who: Applying | null): void;
}

export class HostDoors {
  readonly #handshake: HostHandshakeOptions;
  readonly #consent: ConsentPort;
  readonly #clock: Clock;
  readonly #events: HostDoorsEvents;
  readonly #admitsFrom: (address: string) => boolean;
  readonly #doors = new Map<number, HostDoor>();

  constructor(
    handshake: HostHandshakeOptions & { admitsFrom(address: string): boolean },
    consent: ConsentPort,
    clock: Clock,
    events: HostDoorsEvents,
  ) {
    this.#admitsFrom = (address) => handshake.admitsFrom(address);
    this.#handshake = handshake;
    this.#consent = consent;
    this.#clock = clock;
    this.#events = events;
  }

  /** Somebody came into the room. */
  open(peer: number, address: string): void {
    this.close(peer);
    if (this.#doors.size >= HOST_DOORS_LIMITS.maxDoors) {
      const limit = `${HOST_DOORS_LIMITS.maxDoors} viewers`;
      this.#events.onRefused(peer, address, new TarnetError('limit-reached', 'too many at the door', { limit }), null);
      return;
    }
    const door = new HostDoor(address, this.#handshake, this.#consent, this.#clock, {
      send: (message) => this.#events.send(peer, message),
      onAdmitted: (admission) => {
        this.#events.onAdmitted(peer, admission);
        this.#doors.delete(peer);
      },
      onRefused: (error, who) => {
        this.#doors.delete(peer);
        this.#events.onRefused(peer, address, error, who);
      },
      onGivenUp: (who) => this.#events.onGivenUp(address, who),
    });
    if (!this.#admitsFrom(address)) door.bar(new TarnetError('network-refused', 'not from this network'));
    this.#doors.set(peer, door);
  }

  /** A handshake message; of somebody who is let in already, or was never there, it is nothing. */
  receive(peer: number, message: Uint8Array): void {
    this.#doors.get(peer)?.receive(message);
  }

  /** Somebody left the room: the question to the host's user goes too. */
  close(peer: number): void {
    this.#doors.get(peer)?.close();
    this.#doors.delete(peer);
  }

  refuseAll(error: TarnetError): void {
    for (const door of [...this.#doors.values()]) door.refuse(error);
  }
}
