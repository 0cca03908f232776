// Owns the client's WebSocket to a relay.
import { type RawData, WebSocket } from 'ws';
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import { closeReason } from '../../shared/wire/close-codes.ts';
import { ENVELOPE_LIMITS } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';

export const WS_TRANSPORT_LIMITS = {
  connectTimeoutMs: 8_000,
  /** After our close frame, how long the other side may take before the socket is cut. */
  closeTimeoutMs: 1_000,
} as const;

/**
 * A mask of zeros, with which ws leaves frames as they are. Masking (RFC 6455 section 10.3) keeps a script in a browser
 * from choosing the bytes that a proxy sees and so from poisoning its cache. No script chooses ours: this process
 * does, and what is of any size is ciphertext. Masking 60 KB pictures would be the most expensive step of sending them.
 */
function zeroMask(mask: Buffer): void {
  mask.fill(0);
}

/** Opens a WebSocket with the subprotocol of version 2. */
export const openWebSocket: OpenTransport = (url, events) => {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, SUBPROTOCOL_V2, {
      maxPayload: ENVELOPE_LIMITS.maxMessageBytes,
      perMessageDeflate: false,
      handshakeTimeout: WS_TRANSPORT_LIMITS.connectTimeoutMs,
      generateMask: zeroMask,
    });
  } catch (error) {
    queueMicrotask(() => events.onClose('relay-unreachable', error instanceof Error ? error.message : String(error)));
    return { send: () => undefined, queuedBytes: 0, close: () => undefined };
  }
  let silenced = false;
  let opened = false;
  let reason: ErrorReason | null = null;
  let problem = '';

  const closed = (because: ErrorReason, message: string) => {
    if (silenced) return;
    silenced = true;
    events.onClose(because, message);
  };

  socket.on('upgrade', (response) => {
    // ws refuses an answer without our subprotocol; only here can it be told why.
    if (response.headers['sec-websocket-protocol'] !== SUBPROTOCOL_V2) reason = 'version-too-old';
  });
  socket.on('open', () => {
    opened = true;
    if (!silenced) events.onOpen();
  });
  socket.on('message', (data, isBinary) => {
    if (silenced) return;
    const message = isBinary ? wholeMessage(data) : null;
    if (message) {
      events.onMessage(message);
      return;
    }
    socket.terminate();
    closed('malformed', 'a text message');
  });
  socket.on('error', (error) => {
    problem = error.message;
    if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') reason = 'too-large';
  });
  socket.on('close', (code, why) => {
    closed(reason ?? (opened ? closeReason(code) : 'relay-unreachable'), why.toString('utf8') || problem);
  });

  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    close() {
      silenced = true;
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close(1000);
      const timer = setTimeout(() => socket.terminate(), WS_TRANSPORT_LIMITS.closeTimeoutMs);
      socket.once('close', () => clearTimeout(timer));
    },
  };
};

/** ws gives one buffer unless it was asked for fragments or an ArrayBuffer. */
function wholeMessage(data: RawData): Uint8Array | null {
  return data instanceof Uint8Array ? data : null;
}
