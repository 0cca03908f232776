// Owns the relay's port: who may connect, what plain HTTP answers, and which upgrades become WebSockets.
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { ENVELOPE_LIMITS } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { MinuteRate, RELAY_BOUNDS, type RelayLimits } from './limits.ts';
import { peerAddress, rateKey } from './peer-address.ts';

export const FRONT_DOOR_LIMITS = {
  maxHeaderBytes: 8 * 1024,
  /** From the first byte until the request is complete: a byte at a time is no way to hold a socket. */
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 5_000,
  /** Sockets over their address's limit that are told so; the next ones are cut. */
  toldOverLimit: 8,
} as const;

export interface FrontDoorOptions {
  port: number;
  bindAddress: string;
  clock: Clock;
  limits: RelayLimits;
  /** Whether a WebSocket without subprotocol is let in: it speaks protocol v1. */
  v1: boolean;
  /** Origins of pages elsewhere that may speak v1, such as `https://painel.example`; `*` is every page. */
  v1Origins: readonly string[];
  onSocket(arrival: Arrival): void;
}

/** A WebSocket that has just come in. */
export interface Arrival {
  socket: WebSocket;
  /** What the WebSocket runs on. */
  stream: Duplex;
  address: string;
  protocol: 'v1' | 'v2';
  /** Why it is to be closed at once. */
  overLimit: TarnetError | null;
}

export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #sockets = new Set<Socket>();
  readonly #socketsByAddress = new Map<string, number>();
  readonly #newSockets: MinuteRate;
  readonly #overLimit = new WeakMap<Duplex, TarnetError>();

  private constructor(options: FrontDoorOptions) {
    this.#options = options;
    const { clock, limits } = options;
    this.#newSockets = new MinuteRate(clock, limits.connectionsPerMinutePerAddress);
    this.#http = createServer({
      maxHeaderSize: FRONT_DOOR_LIMITS.maxHeaderBytes,
      headersTimeout: FRONT_DOOR_LIMITS.requestTimeoutMs,
      requestTimeout: FRONT_DOOR_LIMITS.requestTimeoutMs,
      keepAliveTimeout: FRONT_DOOR_LIMITS.keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
      noDelay: true,
    });
    this.#http.maxConnections = limits.maxConnections;
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // It capped a whole relay at 10 MB/s, and ciphertext does not compress.
      perMessageDeflate: false,
      maxPayload: ENVELOPE_LIMITS.maxMessageBytes,
      maxBufferedChunks: RELAY_BOUNDS.maxMessagePieces,
      maxFragments: RELAY_BOUNDS.maxMessagePieces,
      handleProtocols: () => SUBPROTOCOL_V2,
    });
    this.#http.on('connection', (socket: Socket) => this.#onConnection(socket));
    this.#http.on('request', (request, response) => {
      const found = request.method === 'GET' && request.url === '/healthz';
      const body = found ? '{"status":"ok"}' : STATUS_CODES[404];
      response
        .writeHead(found ? 200 : 404, {
          'content-type': found ? 'application/json' : 'text/plain',
          'cache-control': 'no-store',
          connection: 'close',
        })
        .end(body);
    });
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#http.on('clientError', (_error, socket) => refuse(socket, 400, ''));
  }

  /** Resolves when it listens. Throws `port-taken`, or `not-supported` for an address that cannot be bound. */
  static async open(options: FrontDoorOptions): Promise<FrontDoor> {
    const { port, bindAddress } = options;
    const door = new FrontDoor(options);
    try {
      await door.#listen(port, bindAddress);
    } catch (error) {
      const code = errorCode(error);
      // A machine without IPv6 has no `::`; every IPv4 address is then the same wish.
      if (bindAddress !== '::' || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw listenError(error, port);
      await door.#listen(port, '0.0.0.0').catch((cause: unknown) => {
        throw listenError(cause, port);
      });
    }
    return door;
  }

  #listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen({ port, host, exclusive: true }, () => {
        this.#http.off('error', reject);
        resolve();
      });
    });
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#http.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** Takes nobody in any more; what is open stays. */
  shut(): void {
    this.#http.close();
  }

  /** Resolves when nothing listens and no socket is open; those that are left after the time are cut. */
  close(graceMs: number): Promise<void> {
    this.shut();
    // Plain HTTP has nothing to say goodbye for.
    this.#http.closeAllConnections();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(graceMs, () => {
        for (const socket of this.#sockets) socket.destroy();
      });
      const done = () => {
        if (this.#sockets.size > 0) return;
        cancel();
        resolve();
      };
      for (const socket of this.#sockets) socket.once('close', done);
      done();
    });
  }

  #onConnection(socket: Socket): void {
    const { limits } = this.#options;
    const address = peerAddress(socket.remoteAddress);
    const key = rateKey(address);
    const open = (this.#socketsByAddress.get(key) ?? 0) + 1;
    const allowed = this.#newSockets.take(key);
    if (open > limits.maxConnectionsPerAddress + FRONT_DOOR_LIMITS.toldOverLimit) {
      socket.destroy();
      return;
    }
    if (open > limits.maxConnectionsPerAddress || !allowed)
      this.#overLimit.set(socket, new TarnetError('rate-limited', 'too many connections from this address'));
    this.#sockets.add(socket);
    this.#socketsByAddress.set(key, open);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      const left = (this.#socketsByAddress.get(key) ?? 1) - 1;
      if (left > 0) this.#socketsByAddress.set(key, left);
      else this.#socketsByAddress.delete(key);
    });
  }

  #onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // Until the WebSocket has taken over, a reset of the socket has no other listener.
    stream.on('error', () => undefined);
    const protocol = protocolOf(request, this.#options);
    if (typeof protocol === 'object') {
      refuse(stream, protocol.status, protocol.text);
      return;
    }
    const address = peerAddress(request.socket.remoteAddress);
    const overLimit = this.#overLimit.get(stream) ?? null;
    this.#webSockets.handleUpgrade(request, stream, head, (socket) =>
      this.#options.onSocket({ socket, stream, address, protocol, overLimit }),
    );
  }
}

/** What an upgrade is for, or why it is refused. */
function protocolOf(
  { headers }: IncomingMessage,
  { v1, v1Origins }: FrontDoorOptions,
): Arrival['protocol'] | { status: number; text: string } {
  const { origin, host } = headers;
  const subprotocols = headers['sec-websocket-protocol'];
  // A page of some other site must not reach a relay through its visitor's browser.
  const isOurs = origin === undefined || origin.replace(/^[a-z]+:\/\//i, '').toLowerCase() === host?.toLowerCase();
  const isWelcome = isOurs || (subprotocols === undefined && v1 && isAmong(v1Origins, origin));
  if (!isWelcome) return { status: 403, text: 'this origin may not connect' };
  if (subprotocols === undefined)
    return v1
      ? 'v1'
      : { status: 403, text: `protocol v1 is switched off here: subprotocol ${SUBPROTOCOL_V2} required` };
  const offered = subprotocols.split(',').map((name) => name.trim());
  return offered.includes(SUBPROTOCOL_V2) ? 'v2' : { status: 400, text: `subprotocol ${SUBPROTOCOL_V2} required` };
}

function isAmong(origins: readonly string[], origin: string): boolean {
  return origins.some((known) => known === '*' || known.toLowerCase() === origin.toLowerCase());
}

function refuse(socket: Duplex, status: number, text: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = text === '' ? '' : `${text}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

function listenError(error: unknown, port: number): TarnetError {
  const code = errorCode(error);
  const taken = code === 'EADDRINUSE' || code === 'EACCES';
  return new TarnetError(taken ? 'port-taken' : 'not-supported', `cannot listen on port ${port}: ${String(code)}`, {
    field: 'port',
    cause: error,
  });
}
