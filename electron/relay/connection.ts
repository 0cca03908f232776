// Owns one WebSocket of the relay: whole binary messages in, messages and one reason for the end out.
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import { CLOSE_CODES } from '../../shared/wire/close-codes.ts';
import { type ControlMessage, encodeControl } from '../../shared/wire/control.ts';
import { encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { RELAY_BOUNDS, type RelayLimits } from './limits.ts';
import type { RelayCounters } from './relay-counters.ts';
import type { SharedFrame } from './shared-frame.ts';
import { SocketReader } from './socket-reader.ts';

export const CONNECTION_LIMITS = {
  /** More than this in the socket's own queue: whatever the peer acknowledges, it does not read. */
  maxQueuedBytes: 18 * 1024 * 1024,
  /** Smaller messages are copied while they wait, or each would keep all that was read together with it. */
  copyBelowBytes: 8 * 1024,
  /** A close frame's text. */
  maxCloseTextBytes: 123,
} as const;

/** RFC 6455 section 7.4.1. */
const INTERNAL_ERROR_CODE = 1011;

export interface ConnectionEvents {
  /** One whole binary message; the buffer is the receiver's to keep and to change. */
  onMessage(message: Buffer): void;
  /** Once, however it ended, and nothing after it. */
  onClose(reason: ErrorReason): void;
}

export interface ConnectionOptions {
  id: number;
  socket: WebSocket;
  /** What the WebSocket runs on: only to hear that something arrives. */
  stream: Duplex;
  address: string;
  clock: Clock;
  limits: RelayLimits;
  counters: RelayCounters;
  events: ConnectionEvents;
}

export class Connection {
  readonly id: number;
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #events: ConnectionEvents;
  readonly #counters: RelayCounters;
  readonly #reader: SocketReader;
  #ended = false;
  #sentBytes = 0;
  #onDrained: (() => void) | null = null;

  constructor({ id, socket, stream, address, clock, limits, counters, events }: ConnectionOptions) {
    this.id = id;
    this.address = address;
    this.#socket = socket;
    this.#stream = stream;
    this.#clock = clock;
    this.#limits = limits;
    this.#counters = counters;
    this.#events = events;
    this.#reader = new SocketReader({
      socket,
      stream,
      clock,
      limits,
      counters,
      maxMessageBytes: RELAY_BOUNDS.maxViewerMessageBytes,
      events: {
        onMessage: (message, isBinary) => {
          if (!isBinary) throw TarnetError.malformed('frame', 'expected a binary message');
          events.onMessage(message);
        },
        onFault: (error) => this.fail(error),
        onSilent: () => {
          this.#finish('timeout');
          socket.terminate();
        },
      },
    });
    socket.on('close', () => this.#finish('connection-lost'));
    // ws has closed already, with a code of its own; the event is what keeps the process alive.
    socket.on('error', () => undefined);
  }

  /** Bytes of all messages that were handed to this connection. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Bytes that wait in this process. */
  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** From now on messages up to the WebSocket's own limit are read: only hosts send such. */
  allowLargeMessages(): void {
    this.#reader.allowLargeMessages();
  }

  /** Calls back each time what waits has fallen to the low mark, until the next call. */
  onDrained(callback: (() => void) | null): void {
    this.#onDrained = callback;
  }

  /** Queues a message; nobody may change it from now on. */
  send(message: Uint8Array): void {
    if (this.#ended) return;
    if (this.#socket.bufferedAmount + message.length > CONNECTION_LIMITS.maxQueuedBytes) {
      this.fail(new TarnetError('too-slow', 'too much is waiting'));
      return;
    }
    this.#countSent(message.length);
    const waits = this.#socket.bufferedAmount > 0 && message.length < CONNECTION_LIMITS.copyBelowBytes;
    this.#socket.send(waits ? ownCopy(message) : message, { binary: true }, () => {
      if (this.#onDrained && this.#socket.bufferedAmount <= RELAY_BOUNDS.hostQueueLowBytes) this.#onDrained();
    });
  }

  /**
   * Queues a message that others are sent as well. It goes past the WebSocket, which writes each header by itself: that
   * took half of the relay's time. Without compression the WebSocket queues nothing of its own, so that the order holds.
   */
  sendShared(frame: SharedFrame): void {
    if (this.#ended || this.#socket.readyState !== WebSocket.OPEN || !this.#stream.writable) return;
    if (this.#socket.bufferedAmount + frame.bytes.length > CONNECTION_LIMITS.maxQueuedBytes) {
      this.fail(new TarnetError('too-slow', 'too much is waiting'));
      return;
    }
    this.#countSent(frame.message.length);
    this.#stream.write(frame.bytes);
  }

  /** Sends a control message; returns its size, header included. */
  sendControl(message: ControlMessage): number {
    const bytes = encodeMessage(envelope(MessageType.control), encodeControl(message));
    this.send(bytes);
    return bytes.length;
  }

  /** Stops reading, so that the peer's own system holds back what it sends. */
  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    this.#reader.resume();
  }

  /** Says what is wrong, then closes with its code. */
  fail(error: TarnetError): void {
    if (this.#ended) return;
    const { message, field } = error;
    // A step that the protocol does not know is the peer's mistake.
    const reason = error.reason === 'illegal-transition' ? 'malformed' : error.reason;
    const text = message.slice(0, 512);
    this.#sendLast({
      op: 'error',
      reason,
      message: text,
      ...(field === undefined ? {} : { field: field.slice(0, 256) }),
    });
    this.#closeWith(reason, text);
  }

  /** Closes because the relay goes away; the peer is told to connect again. */
  goAway(): void {
    if (this.#ended) return;
    this.#sendLast({ op: 'go-away' });
    this.#closeWith('going-away', 'the relay is shutting down');
  }

  /** Sends the peer to another relay. */
  redirect(url: string): void {
    if (this.#ended) return;
    this.#sendLast({ op: 'redirect', url });
    this.#closeWith('redirect', 'another relay has this room');
  }

  /** Cuts the socket at once. */
  terminate(): void {
    this.#socket.terminate();
  }

  #countSent(sizeBytes: number): void {
    this.#sentBytes += sizeBytes;
    this.#counters.sentMessages += 1;
    this.#counters.sentBytes += sizeBytes;
  }

  #sendLast(message: ControlMessage): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(encodeMessage(envelope(MessageType.control), encodeControl(message)), { binary: true });
  }

  #closeWith(reason: ErrorReason, text: string): void {
    this.#socket.close(
      closeCode(reason),
      text.replace(/[^\x20-\x7e]/g, '?').slice(0, CONNECTION_LIMITS.maxCloseTextBytes),
    );
    const cancel = this.#clock.after(this.#limits.closeTimeoutMs, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
    this.#finish(reason);
  }

  #finish(reason: ErrorReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader.stop();
    this.#onDrained = null;
    this.#events.onClose(reason);
  }
}

/** The WebSocket close code of a reason; 1011 (RFC 6455 section 7.4.1) for those that have none of their own. */
export function closeCode(reason: ErrorReason): number {
  for (const [known, code] of Object.entries(CLOSE_CODES)) if (known === reason) return code;
  return INTERNAL_ERROR_CODE;
}

function ownCopy(message: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(message.length);
  copy.set(message);
  return copy;
}
