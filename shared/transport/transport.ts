// Owns the Transport port: what a session needs of the way to its peer. A WebSocket is one, a test's pipe another.
import type { ErrorReason } from '../base/errors.ts';

export interface TransportEvents {
  /** One whole message, header included, as it came: not yet parsed. The bytes are the receiver's to keep. */
  onMessage(message: Uint8Array): void;
  /** Once, and nothing after it. */
  onClose(reason: ErrorReason, message: string): void;
}

export interface Transport {
  /** Queues one message. After close it does nothing. */
  send(message: Uint8Array): void;
  /** Bytes queued here and not yet handed to the system. */
  readonly queuedBytes: number;
  close(): void;
}
