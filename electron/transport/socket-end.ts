// Owns the end of a client's WebSocket: one reason for it, told once, unless this side closed.
import { WebSocket } from 'ws';
import type { ErrorReason } from '../../shared/base/errors.ts';
import { closeReason } from '../../shared/wire/close-codes.ts';

/** After our close frame, how long the other side may take before the socket is cut. */
export const CLOSE_TIMEOUT_MS = 1_000;

type OnClose = (reason: ErrorReason, message: string) => void;

export class SocketEnd {
  readonly #socket: WebSocket;
  readonly #onClose: OnClose;
  #over = false;
  #opened = false;
  #reason: ErrorReason | null = null;
  #problem = '';

  /** @param onClose called once, and never after `close()` */
  constructor(socket: WebSocket, onClose: OnClose) {
    this.#socket = socket;
    this.#onClose = onClose;
    socket.on('open', () => {
      this.#opened = true;
    });
    socket.on('error', (error) => {
      this.#problem = error.message;
      if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#reason = 'too-large';
    });
    socket.on('close', (code, why) => {
      const reason = this.#opened ? closeReason(code) : 'relay-unreachable';
      this.report(this.#reason ?? reason, why.toString('utf8') || this.#problem);
    });
  }

  /** Nothing may be reported any more. */
  get isOver(): boolean {
    return this.#over;
  }

  /** What the end will be put down to, whatever the socket says. */
  because(reason: ErrorReason): void {
    this.#reason = reason;
  }

  report(reason: ErrorReason, message: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#onClose(reason, message);
  }

  /** Cuts the socket at once, for this reason. */
  cut(reason: ErrorReason, message: string): void {
    this.#socket.terminate();
    this.report(reason, message);
  }

  /** Hands over what is queued, then closes. */
  close(): void {
    this.#over = true;
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }
}
