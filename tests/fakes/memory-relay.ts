// Owns a relay without a network for sessions under test: rooms, hand-over, kick. The real one is in electron/relay.
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { OpenTransport, TransportEvents } from '../../shared/transport/transport.ts';
import { type ControlMessage, decodeControl, encodeControl } from '../../shared/wire/control.ts';
import {
  decodeMessage,
  ENVELOPE_BYTES,
  EVERYBODY,
  encodeMessage,
  envelope,
  HOST_PEER,
  MessageType,
  writeEnvelope,
} from '../../shared/wire/envelope.ts';

interface Client {
  events: TransportEvents & { onOpen(): void };
  number: number | null;
  open: boolean;
}

/** Messages arrive in order, each in a turn of its own, as they would from a socket. */
export class MemoryRelay {
  /** While true new connections fail and present ones are gone. */
  #down = false;
  readonly #clients = new Set<Client>();
  #hostId = '';
  #nextPeer = 1;

  readonly open: OpenTransport = (_url, events) => {
    const client: Client = { events, number: null, open: true };
    setImmediate(() => {
      if (this.#down) this.#close(client, 'relay-unreachable');
      else if (client.open) {
        this.#clients.add(client);
        events.onOpen();
      }
    });
    return {
      send: (message) => setImmediate(() => this.#receive(client, message)),
      queuedBytes: 0,
      close: () => setImmediate(() => this.#leave(client)),
    };
  };

  /** Kills the relay: every connection is lost. */
  down(): void {
    this.#down = true;
    for (const client of [...this.#clients]) this.#close(client, 'connection-lost');
  }

  up(): void {
    this.#down = false;
  }

  #receive(client: Client, message: Uint8Array): void {
    if (!client.open) return;
    try {
      this.#onMessage(client, message);
    } catch (error) {
      this.#close(client, TarnetError.from(error).reason);
    }
  }

  #onMessage(client: Client, message: Uint8Array): void {
    const { header, body } = decodeMessage(message);
    if (header.type === MessageType.control) this.#onControl(client, decodeControl(body));
    else if (header.type === MessageType.ping) this.#deliver(client, message);
    else if (header.type !== MessageType.ack && client.number !== null) {
      const stamped = message.slice();
      const to = client.number === HOST_PEER ? header.peer : HOST_PEER;
      writeEnvelope(stamped.subarray(0, ENVELOPE_BYTES), { ...header, peer: client.number });
      for (const other of this.#clients)
        if (other !== client && (other.number === to || (to === EVERYBODY && other.number !== null)))
          this.#deliver(other, stamped);
    }
  }

  #onControl(client: Client, message: ControlMessage): void {
    switch (message.op) {
      case 'register':
        this.#hostId = message.hostId;
        this.#tell(client, { op: 'challenge', nonce: new Uint8Array(32) });
        return;
      case 'prove':
        client.number = HOST_PEER;
        this.#tell(client, { op: 'registered', maxViewers: 16, observedAddress: 'memory' });
        return;
      case 'join': {
        const host = this.#find(HOST_PEER);
        if (!host) {
          this.#tell(client, { op: 'error', reason: 'host-offline', message: 'no host' });
          return;
        }
        client.number = this.#nextPeer;
        this.#nextPeer += 1;
        this.#tell(client, { op: 'joined', peer: client.number, hostId: this.#hostId });
        this.#tell(host, { op: 'peer-joined', peer: client.number, address: '192.0.2.1' });
        return;
      }
      case 'kick': {
        const viewer = this.#find(message.peer);
        if (viewer) this.#close(viewer, 'ended-by-host');
        return;
      }
      default:
    }
  }

  #find(number: number): Client | undefined {
    return [...this.#clients].find((client) => client.number === number);
  }

  #tell(client: Client, message: ControlMessage): void {
    this.#deliver(client, encodeMessage(envelope(MessageType.control), encodeControl(message)));
  }

  #deliver(client: Client, message: Uint8Array): void {
    setImmediate(() => client.open && client.events.onMessage(message));
  }

  #close(client: Client, reason: ErrorReason): void {
    setImmediate(() => {
      if (!client.open) return;
      this.#leave(client);
      client.events.onClose(reason, '');
    });
  }

  #leave(client: Client): void {
    if (!client.open) return;
    client.open = false;
    this.#clients.delete(client);
    if (client.number === null) return;
    const left: ControlMessage = { op: 'peer-left', peer: client.number };
    if (client.number === HOST_PEER)
      for (const viewer of this.#clients) {
        if (viewer.number !== null) this.#tell(viewer, left);
      }
    else {
      const host = this.#find(HOST_PEER);
      if (host) this.#tell(host, left);
    }
  }
}
