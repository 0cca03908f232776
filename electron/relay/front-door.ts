// Owns the relay's port: who may connect, what plain HTTP answers, and which upgrades become WebSockets.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { ENVELOPE_LIMITS } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { type AddressList, type AddressRules, admits } from './address-rules.ts';
import { clientAddress } from './forwarded-address.ts';
import { RELAY_BOUNDS, type RelayLimits } from './limits.ts';
import { peerAddress } from './peer-address.ts';
import type { RelayCounters } from './relay-counters.ts';
import { SocketQuota } from './socket-quota.ts';
import { followTlsFiles, readTlsFiles, type TlsFileNames } from './tls-files.ts';

export const FRONT_DOOR_LIMITS = {
  maxHeaderBytes: 8 * 1024,
  /** From the first byte until the request is complete: a byte at a time is no way to hold a socket. */
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 5_000,
} as const;

/** What plain HTTP answers on one path. */
export interface Page {
  /** Whoever may not see it is told that there is nothing. */
  isFor(address: string): boolean;
  contentType: string;
  text(): Promise<string>;
}

export interface FrontDoorOptions {
  port: number;
  bindAddress: string;
  clock: Clock;
  log: Log;
  limits: RelayLimits;
  counters: RelayCounters;
  tls: TlsFileNames | null;
  addresses: AddressRules;
  /** Whose `X-Forwarded-For` is believed. */
  trustedProxies: AddressList | null;
  pages: ReadonlyMap<string, Page>;
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
  /** `token` of the address that was asked for: v1 hosts and clients that know no tokens can still be given one. */
  urlToken: string | null;
  /** Why it is to be closed at once. */
  overLimit: TarnetError | null;
}

export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #http: Server | TlsServer;
  readonly #webSockets: WebSocketServer;
  readonly #sockets = new Set<Socket>();
  readonly #quota: SocketQuota;
  /** By remote address and port: under TLS the socket that was accepted is not the one that upgrades. */
  readonly #overLimit = new Map<string, TarnetError>();
  readonly #pages: ReadonlyMap<string, Page>;
  #follow: (() => () => void) | null = null;
  #stopFollowing: (() => void) | null = null;

  private constructor(options: FrontDoorOptions) {
    this.#options = options;
    const { clock, log, limits, counters, tls, pages } = options;
    this.#pages = new Map([['/healthz', HEALTH_PAGE], ...pages]);
    this.#quota = new SocketQuota(clock, limits, counters);
    const settings = {
      maxHeaderSize: FRONT_DOOR_LIMITS.maxHeaderBytes,
      headersTimeout: FRONT_DOOR_LIMITS.requestTimeoutMs,
      requestTimeout: FRONT_DOOR_LIMITS.requestTimeoutMs,
      keepAliveTimeout: FRONT_DOOR_LIMITS.keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
      noDelay: true,
    };
    if (tls) {
      const server = createTlsServer({
        ...settings,
        ...readTlsFiles(tls, clock.nowMs(), log),
        handshakeTimeout: FRONT_DOOR_LIMITS.requestTimeoutMs,
      });
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      this.#follow = () => followTlsFiles(server, tls, clock, log);
      this.#http = server;
    } else this.#http = createServer(settings);
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
    this.#http.on('request', (request, response) => void this.#onRequest(request, response));
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#http.on('clientError', (_error, socket) => refuse(socket, 400, ''));
  }

  /**
   * Resolves when it listens. Throws `port-taken`, `not-supported` for an address that cannot be bound, or `malformed` for TLS
   * files that cannot be used.
   */
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
    door.#stopFollowing = door.#follow?.() ?? null;
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
    this.#stopFollowing?.();
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
    const { counters, addresses, trustedProxies } = this.#options;
    const address = peerAddress(socket.remoteAddress);
    if (!admits(addresses, address)) {
      counters.refusedConnections += 1;
      socket.destroy();
      return;
    }
    // A proxy's clients are counted one by one, when they say who they are.
    const verdict = trustedProxies?.has(address) ? 'welcome' : this.#quota.admit(address, socket);
    if (verdict === 'cut') {
      socket.destroy();
      return;
    }
    const endpoint = endpointOf(socket);
    if (verdict !== 'welcome') this.#overLimit.set(endpoint, verdict);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#overLimit.delete(endpoint);
    });
  }

  /** Who it really is: somebody behind a trusted proxy, or the other end of the socket. */
  #clientOf({ socket, headers }: IncomingMessage): string {
    return clientAddress(socket.remoteAddress, headers['x-forwarded-for'], this.#options.trustedProxies);
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = request.method === 'GET' ? this.#pages.get(request.url ?? '') : undefined;
    const isFound = page?.isFor(this.#clientOf(request)) ?? false;
    let status = isFound ? 200 : 404;
    let body = STATUS_CODES[404] ?? '';
    try {
      if (page && isFound) body = await page.text();
    } catch (error) {
      this.#options.log.error('a page could not be made', { error: TarnetError.from(error).message });
      status = 500;
      body = STATUS_CODES[500] ?? '';
    }
    response
      .writeHead(status, {
        'content-type': page && status === 200 ? page.contentType : 'text/plain',
        'cache-control': 'no-store',
        connection: 'close',
      })
      .end(body);
  }

  #onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // Until the WebSocket has taken over, a reset of the socket has no other listener.
    stream.on('error', () => undefined);
    const protocol = protocolOf(request, this.#options);
    if (typeof protocol === 'object') {
      refuse(stream, protocol.status, protocol.text);
      return;
    }
    const address = this.#clientOf(request);
    let overLimit = this.#overLimit.get(endpointOf(request.socket)) ?? null;
    if (address !== peerAddress(request.socket.remoteAddress)) {
      const verdict = admits(this.#options.addresses, address) ? this.#quota.admit(address, stream) : 'cut';
      if (verdict === 'cut') {
        refuse(stream, 403, 'this address may not connect');
        return;
      }
      if (verdict !== 'welcome') overLimit = verdict;
    }
    const urlToken = tokenOf(request.url);
    this.#webSockets.handleUpgrade(request, stream, head, (socket) =>
      this.#options.onSocket({ socket, stream, address, protocol, urlToken, overLimit }),
    );
  }
}

const HEALTH_PAGE: Page = {
  isFor: () => true,
  contentType: 'application/json',
  text: () => Promise.resolve('{"status":"ok"}'),
};

function endpointOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
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

function tokenOf(target: string | undefined): string | null {
  const base = 'ws://relay.invalid';
  return target !== undefined && URL.canParse(target, base) ? new URL(target, base).searchParams.get('token') : null;
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
  const why =
    code === 'EADDRINUSE'
      ? 'another program has it'
      : code === 'EACCES'
        ? 'the system does not let this user have it'
        : String(code);
  const taken = code === 'EADDRINUSE' || code === 'EACCES';
  return new TarnetError(taken ? 'port-taken' : 'not-supported', `cannot listen on port ${port}: ${why}`, {
    field: 'port',
    cause: error,
  });
}
