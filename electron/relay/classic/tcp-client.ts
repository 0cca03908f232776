// Owns one connection of a classic service: reading only as fast as it is answered, bounded sending, and an orderly end.
import type { Socket } from 'node:net';
import type { Clock } from '../../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../../shared/base/errors.ts';
import { peerAddress } from '../peer-address.ts';
import { Allowance } from './allowance.ts';

export interface TcpClientLimits {
  /** Nothing came from the client and nothing of ours went out for this long: it is closed in an orderly way. */
  idleMs: number;
  /** Something waits for the client, which takes nothing of it for this long: it is cut. */
  stallMs: number;
  /** How long the client may take to close its side after ours. */
  lingerMs: number;
  /** What may wait for the client in this process; with half of it a client is not read, and one that would have more is cut. */
  queueBytes: number;
  /** After this long in the middle of a message the handler is told (`onPause`): since its first or since its last byte. */
  partial: { afterMs: number; since: 'first-byte' | 'last-byte' };
  /** Units that the handler may spend on this client in a second (see Allowance). */
  unitsPerSecond: number;
}

/** What a service does with one client. Whatever it throws ends the connection after `refuse`. */
export interface ClientHandler {
  /** Bytes arrived; they are a reference that stays valid. */
  take(chunk: Buffer): void;
  /** Handles one whole message; false when there is none. */
  step(): boolean;
  /** Bytes of a message that is not complete. */
  readonly partialBytes: number;
  /** A message has not been completed in time, or never will be because the client has finished sending (`final`). */
  onPause(final: boolean): void;
  /** The client has finished sending and all of it has been handled. */
  onFinished(): void;
  /** The connection is about to end because of this error: the last words. */
  refuse(error: TarnetError): void;
  onClosed(): void;
}

export const CLIENT_PHASES = ['open', 'ending', 'closed'] as const;
export type ClientPhase = (typeof CLIENT_PHASES)[number];
export const CLIENT_TRANSITIONS: { readonly [P in ClientPhase]: { readonly [E in 'end' | 'close']?: ClientPhase } } = {
  open: { end: 'ending', close: 'closed' },
  /** Our side is shut; what the client still sends is read and dropped, or the kernel would answer it with a reset. */
  ending: { close: 'closed' },
  closed: {},
};

/** Messages that are handled at one go before others have their turn. */
const STEPS_AT_ONCE = 64;

export class TcpClient {
  /** Address and port, for people. */
  readonly name: string;
  readonly address: string;
  readonly allowance: Allowance;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #limits: TcpClientLimits;
  readonly #handler: ClientHandler;
  readonly #onClosed: (reason: ErrorReason | null) => void;
  #phase: ClientPhase = 'open';
  #reason: ErrorReason | null = null;
  #peerFinished = false;
  #finished = false;
  #pauseTold = false;
  #turnWaits = false;
  #waiting: (() => void)[] = [];
  #cancelRate: (() => void) | null = null;
  #cancelPartial: (() => void) | null = null;
  #heardAtMs: number;
  #sentAtMs: number;

  /** @param onClosed is called once, with null when the connection ended as it should */
  constructor(
    socket: Socket,
    clock: Clock,
    limits: TcpClientLimits,
    makeHandler: (client: TcpClient) => ClientHandler,
    onClosed: (reason: ErrorReason | null) => void,
  ) {
    this.address = peerAddress(socket.remoteAddress);
    this.name = `${this.address.includes(':') ? `[${this.address}]` : this.address}:${socket.remotePort ?? 0}`;
    this.allowance = new Allowance(clock, limits.unitsPerSecond);
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.#onClosed = onClosed;
    this.#heardAtMs = clock.monotonicMs();
    this.#sentAtMs = this.#heardAtMs;
    this.#handler = makeHandler(this);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('drain', () => this.#takeTurn());
    socket.on('error', () => {
      this.#reason ??= 'connection-lost';
    });
    socket.once('close', () => this.#onClose());
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Sends, in order. A client for which too much would wait is cut instead. */
  send(bytes: Uint8Array | string): void {
    if (this.#phase !== 'open') return;
    const size = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
    if (this.#socket.writableLength + size > this.#limits.queueBytes) {
      this.cut('too-slow');
      return;
    }
    if (this.#socket.writableLength === 0) this.#sentAtMs = this.#clock.monotonicMs();
    this.#socket.write(bytes, this.#onWritten);
  }

  /** Resolves when the client has room for more, or is not open any more. */
  async writable(): Promise<void> {
    while (this.#phase === 'open' && this.#socket.writableNeedDrain)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Shuts our side after all that was sent, and gives the client time to shut its own. */
  end(): void {
    if (this.#phase !== 'open') return;
    this.#step('end');
    this.#stopTimers();
    this.#wake();
    this.#sentAtMs = this.#clock.monotonicMs();
    this.#socket.end();
    this.#socket.resume();
  }

  /** Ends at once. */
  cut(reason: ErrorReason): void {
    if (this.#phase === 'closed') return;
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  /** Last words, then the end. */
  fail(error: TarnetError): void {
    if (this.#phase !== 'open') return;
    this.#reason ??= error.reason;
    this.#handler.refuse(error);
    this.end();
  }

  /** To be called now and then: closes what is idle, stalled, or does not close its side. */
  check(): void {
    const nowMs = this.#clock.monotonicMs();
    const waitsMs = nowMs - this.#sentAtMs;
    if (this.#socket.writableLength > 0) {
      if (waitsMs > this.#limits.stallMs) this.cut('too-slow');
    } else if (this.#phase === 'ending') {
      if (waitsMs > this.#limits.lingerMs) this.cut('timeout');
    } else if (Math.min(waitsMs, nowMs - this.#heardAtMs) > this.#limits.idleMs) {
      this.#reason ??= 'timeout';
      this.end();
    }
  }

  readonly #onWritten = () => {
    this.#sentAtMs = this.#clock.monotonicMs();
  };

  #onData(chunk: Buffer): void {
    if (this.#phase !== 'open') return;
    this.#heardAtMs = this.#clock.monotonicMs();
    try {
      this.#handler.take(chunk);
    } catch (error) {
      this.fail(TarnetError.from(error));
      return;
    }
    if (this.#limits.partial.since === 'last-byte') this.#stopPartial();
    this.#pauseTold = false;
    this.#run();
  }

  #onEnd(): void {
    this.#peerFinished = true;
    if (this.#phase === 'open') this.#run();
  }

  #onClose(): void {
    this.#step('close');
    this.#stopTimers();
    this.#wake();
    this.#handler.onClosed();
    this.#onClosed(this.#reason);
  }

  #takeTurn(): void {
    this.#wake();
    if (this.#turnWaits || this.#phase !== 'open') return;
    this.#turnWaits = true;
    setImmediate(() => {
      this.#turnWaits = false;
      this.#run();
    });
  }

  /** Handles what is there as far as it may, and reads on only when nothing is left. */
  #run(): void {
    if (this.#phase !== 'open' || this.#turnWaits || this.#cancelRate) return;
    const nothingLeft = this.#handle();
    if (this.#phase !== 'open') return;
    if (!nothingLeft) {
      this.#socket.pause();
      const waitMs = this.allowance.waitMs();
      if (waitMs > 0)
        this.#cancelRate = this.#clock.after(waitMs, () => {
          this.#cancelRate = null;
          this.#run();
        });
      else if (!this.#isHeld()) this.#takeTurn();
      return;
    }
    if (this.#peerFinished) {
      this.#finish();
      return;
    }
    this.#watchPartial();
    this.#socket.resume();
  }

  /** Too much waits for the client: whoever does not read is not read. The socket's `drain` ends it. */
  #isHeld(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > this.#limits.queueBytes / 2;
  }

  /** True when no whole message is left. */
  #handle(): boolean {
    this.#socket.cork();
    try {
      for (let steps = 0; steps < STEPS_AT_ONCE; steps++) {
        if (this.#phase !== 'open' || this.#isHeld() || this.allowance.waitMs() > 0) return false;
        if (!this.#handler.step()) return true;
      }
      return false;
    } catch (error) {
      this.fail(TarnetError.from(error));
      return false;
    } finally {
      this.#socket.uncork();
    }
  }

  #finish(): void {
    if (this.#finished) return;
    this.#stopPartial();
    if (this.#handler.partialBytes > 0) {
      this.#pause(true);
      // What was partial is a message now, or never will be one.
      if (this.#phase === 'open' && !this.#handle()) {
        this.#takeTurn();
        return;
      }
    }
    if (this.#phase !== 'open') return;
    this.#finished = true;
    this.#handler.onFinished();
  }

  #pause(final: boolean): void {
    try {
      this.#handler.onPause(final);
    } catch (error) {
      this.fail(TarnetError.from(error));
    }
  }

  #watchPartial(): void {
    if (this.#handler.partialBytes === 0) {
      this.#stopPartial();
      return;
    }
    if (this.#pauseTold) return;
    this.#cancelPartial ??= this.#clock.after(this.#limits.partial.afterMs, () => {
      this.#cancelPartial = null;
      this.#pauseTold = true;
      this.#pause(false);
      if (this.#phase === 'open') this.#run();
    });
  }

  #stopPartial(): void {
    this.#cancelPartial?.();
    this.#cancelPartial = null;
  }

  #stopTimers(): void {
    this.#stopPartial();
    this.#cancelRate?.();
    this.#cancelRate = null;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #step(event: 'end' | 'close'): void {
    const next = CLIENT_TRANSITIONS[this.#phase][event];
    if (!next) throw new TarnetError('illegal-transition', `${event} while ${this.#phase}`);
    this.#phase = next;
  }
}
