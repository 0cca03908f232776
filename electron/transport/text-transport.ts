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
  /** How long something large may take to be read. */
  largeMs: 30_000,
} as const;

/** A ping that waits for its answer: every WebSocket answers by itself (RFC 6455 section 5.5.2), in the order of arrival. */
interface Question {
  seq: number;
  askedAtMs: number;
  /** Null for one that only wants to know whether somebody is there. */
  onTaken: (() => void) | null;
}

export interface TextTransport {
  send(text: string): void;
  /** Sends what is large, and calls back once when the other side has read it. The time it takes is not held against it. */
  sendLarge(text: string, onTaken: () => void): void;
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
    return { send: () => undefined, sendLarge: () => undefined, queuedBytes: 0, close: () => undefined };
  }
  const end = new SocketEnd(socket, (reason, message) => events.onClose(reason, message));
  const questions: Question[] = [];
  let nextSeq = 0;

  const ping = (onTaken: Question['onTaken']) => {
    const said = Buffer.alloc(4);
    said.writeUInt32BE(nextSeq);
    questions.push({ seq: nextSeq, askedAtMs: performance.now(), onTaken });
    nextSeq = (nextSeq + 1) % 2 ** 32;
    socket.ping(said);
  };
  const ask = () => {
    if (socket.readyState !== WebSocket.OPEN) return;
    const [oldest] = questions;
    if (!oldest) {
      ping(null);
      return;
    }
    if (oldest.onTaken && performance.now() - oldest.askedAtMs < TEXT_TRANSPORT_LIMITS.largeMs) return;
    end.cut('connection-lost', 'no sign of life');
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
  socket.on('pong', (said) => {
    if (end.isOver || said.length !== 4) return;
    const seq = said.readUInt32BE();
    const at = questions.findIndex((question) => question.seq === seq);
    // an answer to a later question answers those before it
    for (const { askedAtMs, onTaken } of questions.splice(0, at + 1)) {
      if (onTaken) onTaken();
      else events.onRoundTrip(performance.now() - askedAtMs);
    }
  });
  socket.on('message', (data: RawData, isBinary) => {
    if (!end.isOver && !isBinary && Buffer.isBuffer(data)) events.onText(data.toString('utf8'));
  });
  socket.on('close', () => clearInterval(asking));

  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    sendLarge(text, onTaken) {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(text);
      ping(onTaken);
    },
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    close: () => end.close(),
  };
};
