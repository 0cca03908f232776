// Owns what a relay counts from its start on: numbers only, cheap enough for every message.
import type { ErrorReason } from '../../shared/base/errors.ts';

export class RelayCounters {
  openedConnections = 0;
  /** Sockets that were cut or told to go because of their address, or of how many that address has. */
  refusedConnections = 0;
  registeredHosts = 0;
  joinedViewers = 0;
  /** First messages of handshakes that were passed on. */
  handshakes = 0;
  receivedMessages = 0;
  receivedBytes = 0;
  sentMessages = 0;
  sentBytes = 0;
  /** Pictures that were not sent to a viewer because it was behind. */
  droppedFrames = 0;
  readonly #closed = new Map<ErrorReason, number>();

  /** Connections that have ended, by reason. */
  get closed(): ReadonlyMap<ErrorReason, number> {
    return this.#closed;
  }

  countClosed(reason: ErrorReason): void {
    this.#closed.set(reason, (this.#closed.get(reason) ?? 0) + 1);
  }
}
