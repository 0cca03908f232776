// Owns how the relay reads a WebSocket: no faster and no larger than is allowed, and only as long as its peer lives.
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { ByteRate, type RelayLimits } from './limits.ts';
import type { RelayCounters } from './relay-counters.ts';

export interface SocketReaderEvents {
  /** One whole message; throws what has to end the connection. */
  onMessage(message: Buffer, isBinary: boolean): void;
  /** The peer sent what it may not. */
  onFault(error: TarnetError): void;
  /** Nothing was heard for as long as `deadAfterMs` of the limits says. */
  onSilent(): void;
}

export interface SocketReaderOptions {
  socket: WebSocket;
  /** What the WebSocket runs on: only to hear that something arrives. */
  stream: Duplex;
  clock: Clock;
  limits: RelayLimits;
  counters: RelayCounters;
  /** Of a message, as long as large ones are not allowed. */
  maxMessageBytes: number;
  events: SocketReaderEvents;
}

export class SocketReader {
  readonly #options: SocketReaderOptions;
  readonly #byteRate: ByteRate | null;
  /** Something arrived since the last ping. */
  #heard = true;
  #missedPings = 0;
  #unfinishedBytes = 0;
  #mayBeLarge = false;
  #stopped = false;
  /** Why it is not read from: its room says so, or it has sent more than it may. */
  #paused = false;
  #throttled = false;
  #cancelThrottle: (() => void) | null = null;
  #cancelProbe: (() => void) | null = null;
  #cancelPing: () => void;

  constructor(options: SocketReaderOptions) {
    const { socket, stream, clock, limits } = options;
    this.#options = options;
    this.#byteRate = limits.bytesPerSecond === null ? null : new ByteRate(clock, limits.bytesPerSecond);
    this.#cancelPing = clock.after(limits.pingEveryMs, () => this.#pingOrGiveUp());
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    stream.on('data', (chunk: Buffer) => this.#onBytes(chunk.length));
  }

  /** From now on messages up to the WebSocket's own limit are read: only hosts send such. */
  allowLargeMessages(): void {
    this.#mayBeLarge = true;
  }

  /** Stops reading, so that the peer's own system holds back what it sends. */
  pause(): void {
    if (this.#paused || this.#stopped) return;
    this.#paused = true;
    this.#options.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#readOn();
  }

  /** Asks the peer for a sign of life; calls back when there is none in time. A second question waits for the first. */
  probe(timeoutMs: number, onSilent: () => void): void {
    const { socket, clock } = this.#options;
    if (this.#stopped || this.#cancelProbe || socket.readyState !== WebSocket.OPEN) return;
    this.#heard = false;
    socket.ping();
    this.#cancelProbe = clock.after(timeoutMs, () => {
      this.#cancelProbe = null;
      if (!this.#heard && !this.#isHeldBack) onSilent();
    });
  }

  /** Reports nothing any more. What still arrives is read and forgotten, so that the WebSocket can close. */
  stop(): void {
    this.#stopped = true;
    this.#cancelPing();
    this.#cancelThrottle?.();
    this.#cancelProbe?.();
    this.#options.socket.resume();
  }

  get #isHeldBack(): boolean {
    return this.#paused || this.#throttled;
  }

  #readOn(): void {
    this.#heard = true;
    if (!this.#stopped && !this.#isHeldBack) this.#options.socket.resume();
  }

  #onBytes(sizeBytes: number): void {
    const { counters, maxMessageBytes, events } = this.#options;
    this.#heard = true;
    counters.receivedBytes += sizeBytes;
    this.#throttle(sizeBytes);
    if (this.#mayBeLarge || this.#stopped) return;
    this.#unfinishedBytes += sizeBytes;
    if (this.#unfinishedBytes <= 2 * maxMessageBytes) return;
    events.onFault(TarnetError.tooLarge('message', this.#unfinishedBytes, maxMessageBytes));
  }

  /** Who sends more than it may is read later; nothing is lost. */
  #throttle(sizeBytes: number): void {
    const { socket, clock } = this.#options;
    const waitMs = this.#byteRate?.spend(sizeBytes) ?? 0;
    if (waitMs === 0 || this.#stopped) return;
    this.#throttled = true;
    socket.pause();
    this.#cancelThrottle?.();
    this.#cancelThrottle = clock.after(waitMs, () => {
      this.#throttled = false;
      this.#readOn();
    });
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    const { counters, maxMessageBytes, events } = this.#options;
    this.#unfinishedBytes = 0;
    if (this.#stopped) return;
    counters.receivedMessages += 1;
    try {
      if (!Buffer.isBuffer(data)) throw TarnetError.malformed('message', 'not one buffer');
      if (!this.#mayBeLarge && data.length > maxMessageBytes)
        throw TarnetError.tooLarge('message', data.length, maxMessageBytes);
      events.onMessage(data, isBinary);
    } catch (error) {
      events.onFault(TarnetError.from(error));
    }
  }

  #pingOrGiveUp(): void {
    const { socket, clock, limits, events } = this.#options;
    const { pingEveryMs, deadAfterMs } = limits;
    // Who is not read from cannot be heard. Pings are counted, not time: a machine that slept must not find all dead.
    this.#missedPings = this.#heard || this.#isHeldBack ? 0 : this.#missedPings + 1;
    this.#heard = false;
    if (this.#missedPings * pingEveryMs >= deadAfterMs) {
      events.onSilent();
      return;
    }
    if (socket.readyState === WebSocket.OPEN) socket.ping();
    this.#cancelPing = clock.after(pingEveryMs, () => this.#pingOrGiveUp());
  }
}
