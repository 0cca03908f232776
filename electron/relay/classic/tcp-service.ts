// Owns a listening port of a classic TCP service: who may connect, everybody who is connected, and the orderly end.
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../../shared/base/clock.ts';
import type { ErrorReason } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import { peerAddress, rateKey } from '../peer-address.ts';
import { type ClassicService, listenError } from './classic-service.ts';
import { type ClientHandler, TcpClient, type TcpClientLimits } from './tcp-client.ts';

export interface TcpServiceLimits extends TcpClientLimits {
  maxClients: number;
  /** Of one other machine (an IPv6 /64 counts as one); this machine itself may have all. */
  maxClientsPerAddress: number;
}

export interface TcpServiceOptions {
  name: string;
  port: number;
  bindAddress: string;
  clock: Clock;
  log: Log;
  limits: TcpServiceLimits;
  makeHandler(client: TcpClient): ClientHandler;
  onConnected?(client: TcpClient): void;
  onGone?(client: TcpClient, reason: ErrorReason | null): void;
}

/** What all classic TCP services have in common unless they say otherwise. */
export const TCP_SERVICE_LIMITS: Readonly<TcpServiceLimits> = {
  maxClients: 256,
  maxClientsPerAddress: 64,
  idleMs: 300_000,
  stallMs: 30_000,
  lingerMs: 2_000,
  queueBytes: 256 * 1024,
  partial: { afterMs: 50, since: 'last-byte' },
  unitsPerSecond: 256,
};

export const TCP_SERVICE_BOUNDS = {
  checkEveryMs: 1_000,
  /** When nothing at all came from a connection for this long, the kernel asks whether the machine is still there. */
  keepAliveMs: 30_000,
  backlog: 511,
} as const;

export class TcpService implements ClassicService {
  readonly name: string;
  readonly #options: TcpServiceOptions;
  readonly #server: Server;
  readonly #clients = new Set<TcpClient>();
  readonly #clientsByAddress = new Map<string, number>();
  #cancelCheck: (() => void) | null = null;
  #refused = 0;
  #closing: Promise<void> | null = null;

  private constructor(options: TcpServiceOptions) {
    const { limits } = options;
    this.name = options.name;
    this.#options = options;
    this.#server = createServer({
      allowHalfOpen: true,
      keepAlive: true,
      keepAliveInitialDelay: TCP_SERVICE_BOUNDS.keepAliveMs,
    });
    this.#server.maxConnections = limits.maxClients;
    this.#server.on('connection', (socket: Socket) => this.#onConnection(socket));
    this.#server.on('drop', () => this.#onRefused());
  }

  /** Resolves when it listens. Throws `port-taken`, or `not-supported` for an address that cannot be bound here. */
  static async open(options: TcpServiceOptions): Promise<TcpService> {
    const service = new TcpService(options);
    const { port, bindAddress: host, log } = options;
    await new Promise<void>((resolve, reject) => {
      const onError = (error: Error) => reject(listenError(error, options.name, port));
      service.#server.once('error', onError);
      service.#server.listen({ port, host, exclusive: true, backlog: TCP_SERVICE_BOUNDS.backlog }, () => {
        service.#server.off('error', onError);
        resolve();
      });
    });
    service.#server.on('error', (error) => log.warn('accepting failed', { error: error.message }));
    log.info('listens, without encryption', { port: service.port, bindAddress: host });
    return service;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Everybody who is connected, for what goes to all. */
  get connected(): Iterable<TcpClient> {
    return this.#clients;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const client of [...this.#clients]) client.end();
    const cancel = this.#options.clock.after(this.#options.limits.lingerMs, () => {
      for (const client of [...this.#clients]) client.cut('going-away');
    });
    await closed;
    cancel();
    this.#cancelCheck?.();
    this.#cancelCheck = null;
    this.#options.log.info('closed');
  }

  #onConnection(socket: Socket): void {
    const { clock, limits, log } = this.#options;
    const address = peerAddress(socket.remoteAddress);
    const key = rateKey(address);
    const fromHere = this.#clientsByAddress.get(key) ?? 0;
    if (fromHere >= limits.maxClientsPerAddress && !isThisMachine(address)) {
      socket.on('error', () => undefined);
      socket.destroy();
      this.#onRefused();
      return;
    }
    this.#clientsByAddress.set(key, fromHere + 1);
    const client: TcpClient = new TcpClient(socket, clock, limits, this.#options.makeHandler, (reason) => {
      this.#clients.delete(client);
      const left = (this.#clientsByAddress.get(key) ?? 1) - 1;
      if (left > 0) this.#clientsByAddress.set(key, left);
      else this.#clientsByAddress.delete(key);
      log.info('client gone', { client: client.name, reason: reason ?? 'ended' });
      this.#options.onGone?.(client, reason);
    });
    this.#clients.add(client);
    log.info('client connected', { client: client.name });
    this.#options.onConnected?.(client);
    this.#watch();
  }

  #onRefused(): void {
    this.#refused += 1;
    this.#watch();
  }

  /** One timer for all clients, and none when there is nobody. */
  #watch(): void {
    this.#cancelCheck ??= this.#options.clock.after(TCP_SERVICE_BOUNDS.checkEveryMs, () => {
      this.#cancelCheck = null;
      // One line for all of them: whoever floods the port must not flood the log.
      if (this.#refused > 0) this.#options.log.warn('clients refused: too many', { count: this.#refused });
      this.#refused = 0;
      for (const client of [...this.#clients]) client.check();
      if (this.#clients.size > 0) this.#watch();
    });
  }
}

function isThisMachine(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
