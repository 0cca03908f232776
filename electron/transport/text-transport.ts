// Owns the client's WebSocket to a relay of protocol v1: no subprotocol, whole texts, no encryption of its own.
import { type RawData, WebSocket } from 'ws';
import type { ErrorReason } from '../../shared/base/errors.ts';
import { SocketEnd } from './socket-end.ts';
import { WS_TRANSPORT_LIMITS } from './ws-transport.ts';

export const TEXT_TRANSPORT_LIMITS = {
  /** A whole picture in base64, and what is around it. */
  maxMessageBytes: 12 * 1024 * 1024,
  /** The relay is asked for a sign of life so often; one unanswered question is the end. */
  pingEveryMs: 5_000,
} as const;

export interface TextTransport {
  send(text: string): void;
  readonly queuedBytes: number;
  /** Hands over what is queued, then closes. No event follows. */
  close(): void;
}

export interface TextTransportEvents {
  onOpen(): void;
  onText(text: string): void;
  /** Once, and nothing after it. Not called when this side closed. */
  onClose(reason: ErrorReason, message: string): void;
  /** How long the relay took to answer, milliseconds. */
  onRoundTrip(ms: number): void;
}

export type OpenTextTransport = (url: string, events: TextTransportEvents) => TextTransport;

/** Opens a WebSocket without subprotocol. */
export const openTextWebSocket: OpenTextTransport = (url, events) => {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, {
      maxPayload: TEXT_TRANSPORT_LIMITS.maxMessageBytes,
      perMessageDeflate: false,
      handshakeTimeout: WS_TRANSPORT_LIMITS.connectTimeoutMs,
    });
  } catch (error) {
    queueMicrotask(() => events.onClose('relay-unreachable', error instanceof Error ? error.message : String(error)));
    return { send: () => undefined, queuedBytes: 0, close: () => undefined };
  }
  const end = new SocketEnd(socket, (reason, message) => events.onClose(reason, message));
  let askedAtMs: number | null = null;

  const ask = () => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (askedAtMs !== null) {
      end.cut('connection-lost', 'no sign of life');
      return;
    }
    askedAtMs = performance.now();
    socket.ping();
  };
  const asking = setInterval(ask, TEXT_TRANSPORT_LIMITS.pingEveryMs);

  socket.on('unexpected-response', (_request, response) => {
    // A relay that was started without v1 says so by this.
    if (response.statusCode === 403 || response.statusCode === 400) end.because('not-supported');
    response.destroy();
    socket.terminate();
  });
  socket.on('open', () => {
    if (end.isOver) return;
    events.onOpen();
    ask();
  });
  socket.on('pong', () => {
    if (askedAtMs === null || end.isOver) return;
    events.onRoundTrip(performance.now() - askedAtMs);
    askedAtMs = null;
  });
  socket.on('message', (data: RawData, isBinary) => {
    if (!end.isOver && !isBinary && Buffer.isBuffer(data)) events.onText(data.toString('utf8'));
  });
  socket.on('close', () => clearInterval(asking));

  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    close: () => end.close(),
  };
};
