// Owns the relay's port: HTTP, the WebSocket upgrade, and every connection from its first byte to its last.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { ENVELOPE_LIMITS } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { Connection } from './connection.ts';
import { MinuteRate, RELAY_LIMITS, type RelayLimits } from './limits.ts';
import { LocalRouter } from './local-router.ts';
import { Peer, type PeerSurroundings } from './peer.ts';
import { peerAddress, rateKey } from './peer-address.ts';
import type { Router } from './router.ts';

const HTTP_LIMITS = {
  maxHeaderBytes: 8 * 1024,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 1_000,
} as const;

export interface RelayOptions {
  /** 0 takes any free port. */
  port: number;
  bindAddress: string;
  clock: Clock;
  log: Log;
  /** Set for the relay of an app: one room, for the host that has this token. */
  embedded?: { hostToken: string };
  limits?: Partial<RelayLimits>;
}

export interface Relay {
  readonly port: number;
  /** Open WebSockets. */
  readonly connectionCount: number;
  /** Tells everybody to connect elsewhere, and resolves when nothing listens and nobody is connected any more. */
  close(): Promise<void>;
}

/** Listens. Throws `port-taken`, or `not-supported` for an address that cannot be bound. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { clock, log, embedded } = options;
  const limits: RelayLimits = { ...RELAY_LIMITS, ...options.limits };
  const router: Router = new LocalRouter({ clock, limits, log, singleRoom: embedded !== undefined });
  const rate = (perMinute: number) => new MinuteRate(clock, perMinute);
  const around: PeerSurroundings = {
    router,
    clock,
    limits,
    log,
    hostToken: embedded?.hostToken ?? null,
    registrations: rate(limits.registrationsPerMinutePerAddress),
    handshakesByAddress: rate(limits.handshakesPerMinutePerAddress),
    handshakesByHost: rate(limits.handshakesPerMinutePerHost),
  };
  const door = new Door(limits, rate(limits.connectionsPerMinutePerAddress));
  const server = createServer({ maxHeaderSize: HTTP_LIMITS.maxHeaderBytes }, (request, response) => {
    const found = request.url === '/healthz' && (request.method === 'GET' || request.method === 'HEAD');
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(found ? 'ok\n' : 'not found\n');
  });
  server.headersTimeout = HTTP_LIMITS.headersTimeoutMs;
  server.requestTimeout = HTTP_LIMITS.requestTimeoutMs;
  server.keepAliveTimeout = HTTP_LIMITS.keepAliveTimeoutMs;
  server.maxConnections = limits.maxConnections;
  server.on('clientError', (_error, socket) => socket.destroy());

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: ENVELOPE_LIMITS.maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: () => SUBPROTOCOL_V2,
  });
  const connections = new Set<Connection>();
  let nextId = 1;
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const address = peerAddress(request.socket.remoteAddress);
    stream.on('error', () => stream.destroy());
    if (!offersV2(request)) {
      refuse(stream, 426, 'Upgrade Required', 'this relay speaks tarnet.v2');
      return;
    }
    if (!door.enter(address)) {
      refuse(stream, 429, 'Too Many Requests', 'too many connections from this address');
      return;
    }
    stream.once('close', () => door.leave(address));
    sockets.handleUpgrade(request, stream, head, (socket) => accept(socket, stream, address));
  });

  function accept(socket: WebSocket, stream: Duplex, address: string): void {
    const id = nextId++;
    const connection: Connection = new Connection({
      id,
      socket,
      stream,
      address,
      clock,
      limits,
      events: {
        onMessage: (message) => peer.onMessage(message),
        onClose: (reason) => {
          connections.delete(connection);
          peer.onClose(reason);
        },
      },
    });
    const peer = new Peer(connection, around);
    connections.add(connection);
  }

  const port = await listen(server, options);
  log.info('relay listens', { port });
  return {
    port,
    get connectionCount() {
      return connections.size;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.goAway();
      // Whoever does not say goodbye in time is cut by its own connection; plain HTTP has nothing to say.
      server.closeAllConnections();
      await closed;
      log.info('relay closed', { port });
    },
  };
}

/** How many sockets an address may have, and may open in a minute. */
class Door {
  readonly #limits: RelayLimits;
  readonly #rate: MinuteRate;
  readonly #open = new Map<string, number>();

  constructor(limits: RelayLimits, rate: MinuteRate) {
    this.#limits = limits;
    this.#rate = rate;
  }

  enter(address: string): boolean {
    const key = rateKey(address);
    const count = this.#open.get(key) ?? 0;
    if (count >= this.#limits.maxConnectionsPerAddress || !this.#rate.take(key)) return false;
    this.#open.set(key, count + 1);
    return true;
  }

  leave(address: string): void {
    const key = rateKey(address);
    const count = (this.#open.get(key) ?? 1) - 1;
    if (count > 0) this.#open.set(key, count);
    else this.#open.delete(key);
  }
}

function offersV2(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === SUBPROTOCOL_V2);
}

function refuse(stream: Duplex, status: number, title: string, text: string): void {
  const body = `${text}\n`;
  stream.end(
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

function listen(server: Server, { port, bindAddress }: Pick<RelayOptions, 'port' | 'bindAddress'>): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      // A machine without IPv6 has no `::`; every IPv4 address is then the same wish.
      if (bindAddress === '::' && (cause.code === 'EAFNOSUPPORT' || cause.code === 'EADDRNOTAVAIL')) {
        listen(server, { port, bindAddress: '0.0.0.0' }).then(resolve, reject);
        return;
      }
      const taken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
      reject(
        new TarnetError(taken ? 'port-taken' : 'not-supported', `cannot listen on port ${port}: ${cause.code}`, {
          field: 'port',
          cause,
        }),
      );
    };
    server.once('error', failed);
    server.listen({ port, host: bindAddress }, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
