// Owns the Transport port: what a session needs of the way to its peer. A WebSocket is one, a test's pipe another.
import type { ErrorReason } from '../base/errors.ts';

export interface TransportEvents {
  /** One whole message, header included, as it came: not yet parsed. The bytes are the receiver's to keep. */
  onMessage(message: Uint8Array): void;
  /** Once, and nothing after it. Not called when this side closed. */
  onClose(reason: ErrorReason, message: string): void;
}

export interface Transport {
  /** Queues one message; the bytes belong to the transport from now on. After close it does nothing. */
  send(message: Uint8Array): void;
  /** Bytes queued here and not yet handed to the system. */
  readonly queuedBytes: number;
  /** Hands over what is queued, then closes. No event follows. */
  close(): void;
}

/** Starts a transport to a relay's URL; `onOpen` comes first, or `onClose` with the reason why it never will. */
export type OpenTransport = (url: string, events: TransportEvents & { onOpen(): void }) => Transport;
