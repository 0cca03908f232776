// Owns protocol v1 on a relay's port: everybody who came without a subprotocol, and their rooms.
import { TarnetError } from '../../../shared/base/errors.ts';
import type { Arrival } from '../front-door.ts';
import { V1Connection } from './v1-connection.ts';
import { V1Hall } from './v1-hall.ts';
import { V1Peer, type V1Surroundings } from './v1-peer.ts';

export interface V1Counts {
  connections: number;
  rooms: number;
  clients: number;
}

export class V1Service {
  readonly #around: V1Surroundings;
  readonly #connections = new Set<V1Connection>();
  #nextId = 1;
  #leaving = false;

  constructor(around: Omit<V1Surroundings, 'hall'>) {
    this.#around = { ...around, hall: new V1Hall(around.clock, around.limits) };
  }

  /** Takes a WebSocket without subprotocol; one that came too often is told so and closed. */
  accept({ socket, stream, address, urlToken, overLimit }: Omit<Arrival, 'protocol'>): void {
    const { clock, limits, counters } = this.#around;
    const connection = new V1Connection({
      id: this.#nextId,
      socket,
      stream,
      address,
      clock,
      limits,
      counters,
      events: {
        onMessage: (message, isText) => peer.onMessage(message, isText),
        onClose: (reason) => {
          this.#connections.delete(connection);
          peer.onClose(reason);
        },
      },
    });
    const peer = new V1Peer(connection, urlToken, this.#around);
    this.#nextId += 1;
    this.#connections.add(connection);
    if (overLimit) connection.fail(overLimit);
    else if (this.#leaving) connection.fail(goingAway());
  }

  counts(): V1Counts {
    const { total_hosts: rooms, total_clients: clients } = this.#around.hall.stats();
    return { connections: this.#connections.size, rooms, clients };
  }

  /** Tells everybody that the relay goes away, and closes. */
  goAway(): void {
    this.#leaving = true;
    for (const connection of [...this.#connections]) connection.fail(goingAway());
  }
}

function goingAway(): TarnetError {
  return new TarnetError('going-away', 'o servidor está sendo encerrado');
}
