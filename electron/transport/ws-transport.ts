// Owns the client's WebSocket to a relay.
import { type RawData, WebSocket } from 'ws';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import { ENVELOPE_LIMITS } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { SocketEnd } from './socket-end.ts';

export const WS_TRANSPORT_LIMITS = {
  connectTimeoutMs: 8_000,
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
  const end = new SocketEnd(socket, (reason, message) => events.onClose(reason, message));

  socket.on('upgrade', (response) => {
    // ws refuses an answer without our subprotocol; only here can it be told why.
    if (response.headers['sec-websocket-protocol'] !== SUBPROTOCOL_V2) end.because('version-too-old');
  });
  socket.on('open', () => {
    if (!end.isOver) events.onOpen();
  });
  socket.on('message', (data, isBinary) => {
    if (end.isOver) return;
    const message = isBinary ? wholeMessage(data) : null;
    if (message) events.onMessage(message);
    else end.cut('malformed', 'a text message');
  });

  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    close: () => end.close(),
  };
};

/** ws gives one buffer unless it was asked for fragments or an ArrayBuffer. */
function wholeMessage(data: RawData): Uint8Array | null {
  return data instanceof Uint8Array ? data : null;
}
