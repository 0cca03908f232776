// Owns one WebSocket that speaks protocol v1: whole messages in; answers and the newest frame out.
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../../shared/base/errors.ts';
import { closeCode } from '../connection.ts';
import { RELAY_BOUNDS, type RelayLimits } from '../limits.ts';
import type { RelayCounters } from '../relay-counters.ts';
import { SocketReader } from '../socket-reader.ts';
import { FRAME_FLOW_LIMITS, FrameFlow } from './frame-flow.ts';
import { V1_LIMITS } from './v1-limits.ts';
import { v1Answer } from './v1-message.ts';

export interface V1ConnectionEvents {
  /** One whole message, valid UTF-8 if it is text; nobody changes it. Throws what has to end the connection. */
  onMessage(message: Buffer, isText: boolean): void;
  /** Once, and nothing after it; null when the peer closed in the orderly way. */
  onClose(reason: ErrorReason | null): void;
}

export interface V1ConnectionOptions {
  id: number;
  socket: WebSocket;
  /** What the WebSocket runs on: only to hear that something arrives. */
  stream: Duplex;
  address: string;
  clock: Clock;
  limits: RelayLimits;
  counters: RelayCounters;
  events: V1ConnectionEvents;
}

export class V1Connection {
  readonly id: number;
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #events: V1ConnectionEvents;
  readonly #counters: RelayCounters;
  readonly #reader: SocketReader;
  readonly #flow = new FrameFlow();
  /** The newest frame that has not been sent. */
  #nextFrame: Buffer | null = null;
  #frameTakenAtMs = Number.NEGATIVE_INFINITY;
  #ended = false;
  #onDrained: (() => void) | null = null;

  constructor({ id, socket, stream, address, clock, limits, counters, events }: V1ConnectionOptions) {
    this.id = id;
    this.address = address;
    this.#socket = socket;
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
      maxMessageBytes: V1_LIMITS.maxMessageBytes,
      events: {
        onMessage: (message, isBinary) => events.onMessage(message, !isBinary),
        onFault: (error) => this.fail(error),
        onSilent: () => this.#giveUp(),
      },
    });
    socket.on('pong', (said) => this.#onPong(said));
    socket.on('close', (code) => this.#finish(ORDERLY.has(code) ? null : 'connection-lost'));
    // ws has closed already, with a code of its own; the event is what keeps the process alive.
    socket.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** When the peer last took a frame, by the monotonic clock. */
  get frameTakenAtMs(): number {
    return this.#frameTakenAtMs;
  }

  /** Bytes that wait in this process. */
  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** From now on messages up to the WebSocket's own limit are read: only hosts send such. */
  allowLargeMessages(): void {
    this.#reader.allowLargeMessages();
  }

  /** Sends an answer or a command. A connection that lets more than the limit of them wait is closed. */
  send(text: string, maxWaitingBytes: number = V1_LIMITS.maxWaitingReplyBytes + FRAME_FLOW_LIMITS.maxBytes): void {
    if (this.#ended) return;
    if (this.#socket.bufferedAmount > maxWaitingBytes) {
      this.fail(new TarnetError('too-slow', 'mensagens demais à espera desta conexão'));
      return;
    }
    this.#countSent(text.length);
    this.#socket.send(text, () => {
      if (this.#onDrained && this.#socket.bufferedAmount <= RELAY_BOUNDS.hostQueueLowBytes) this.#onDrained();
    });
  }

  /** Calls back each time what waits has fallen to the low mark, until the next call. */
  onDrained(callback: (() => void) | null): void {
    this.#onDrained = callback;
  }

  /** Sends a frame now, or as soon as the client has taken the ones before; a newer one takes its place until then. */
  offerFrame(frame: Buffer): void {
    if (this.#nextFrame) this.#counters.droppedFrames += 1;
    this.#nextFrame = frame;
    this.#sendFrame();
  }

  /** Frames that wait are of no use any more. */
  dropFrame(): void {
    this.#nextFrame = null;
  }

  /** Stops reading, so that the peer's own system holds back what it sends. */
  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    this.#reader.resume();
  }

  /** Asks the peer for a sign of life, and cuts it when there is none in time. */
  probe(): void {
    this.#reader.probe(V1_LIMITS.claimProbeMs, () => this.#giveUp());
  }

  /** Says what is wrong; the connection stays. */
  complain(error: TarnetError): void {
    this.send(v1Answer.error(error.message.slice(0, 512), this.#clock.nowMs()));
  }

  /** Says what is wrong, then closes with its code (docs/protocol.md). */
  fail(error: TarnetError): void {
    if (this.#ended) return;
    const text = error.message.slice(0, 512);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(v1Answer.error(text, this.#clock.nowMs()));
    this.#socket.close(closeCode(error.reason), error.reason);
    const cancel = this.#clock.after(this.#limits.closeTimeoutMs, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
    this.#finish(error.reason);
  }

  #sendFrame(): void {
    const frame = this.#nextFrame;
    if (!frame || this.#ended || this.#socket.readyState !== WebSocket.OPEN) return;
    // A client could answer pings without reading what came before them: what waits here counts by itself.
    const waitingBytes = this.#socket.bufferedAmount;
    if (waitingBytes > 0 && waitingBytes + frame.length > FRAME_FLOW_LIMITS.maxBytes) return;
    if (!this.#flow.maySend(frame.length)) return;
    this.#nextFrame = null;
    this.#countSent(frame.length);
    this.#socket.send(frame, { binary: false });
    this.#socket.ping(this.#flow.sent(frame.length, this.#clock.monotonicMs()));
  }

  #onPong(said: Buffer): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#flow.answered(said, nowMs)) this.#frameTakenAtMs = nowMs;
    this.#sendFrame();
  }

  #countSent(sizeBytes: number): void {
    this.#counters.sentMessages += 1;
    this.#counters.sentBytes += sizeBytes;
  }

  #giveUp(): void {
    this.#finish('timeout');
    this.#socket.terminate();
  }

  #finish(reason: ErrorReason | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#nextFrame = null;
    this.#onDrained = null;
    this.#reader.stop();
    this.#events.onClose(reason);
  }
}

/** Close codes of a peer that leaves on purpose (RFC 6455 section 7.4.1): normal, going away, none given. */
const ORDERLY: ReadonlySet<number> = new Set([1000, 1001, 1005]);
