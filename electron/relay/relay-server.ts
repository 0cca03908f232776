// Owns a running relay: the port, everybody who is connected, and the orderly end. Runs on plain Node.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { AccessTokens } from './access-tokens.ts';
import type { AddressList, AddressRules } from './address-rules.ts';
import { Connection } from './connection.ts';
import { FrontDoor, type Page } from './front-door.ts';
import { MinuteRate, RELAY_LIMITS, type RelayLimits } from './limits.ts';
import { LocalRouter } from './local-router.ts';
import { Peer, type PeerSurroundings } from './peer.ts';
import { RelayCounters } from './relay-counters.ts';
import type { Router, RouterOptions } from './router.ts';
import type { TlsFileNames } from './tls-files.ts';
import { V1Service } from './v1/v1-service.ts';

export interface RelayOptions {
  /** 0 takes any free port. */
  port: number;
  /** `::` is every address of both families. */
  bindAddress: string;
  clock: Clock;
  log: Log;
  /** The relay of an app: one room, and only a host with this token opens it. */
  embedded?: { hostToken: string };
  limits?: Partial<RelayLimits>;
  /** Protocol v1 for those who come without a subprotocol: unencrypted. Off unless said otherwise. */
  v1?: boolean;
  /** Origins of pages elsewhere that may speak v1; `*` is every page. */
  v1Origins?: readonly string[];
  /** wss and https instead of ws and http. */
  tls?: TlsFileNames;
  /** Who may connect at all; everybody when absent. */
  addresses?: AddressRules;
  /** Proxies whose word on whom they heard is believed (`X-Forwarded-For`). */
  trustedProxies?: AddressList | null;
  /** Set: only hosts, or viewers, with one of these. */
  hostTokens?: AccessTokens | null;
  viewerTokens?: AccessTokens | null;
  /** What plain HTTP answers beside /healthz, by path. */
  pages?: ReadonlyMap<string, Page>;
  /** Who has which room; a relay on its own when absent. */
  router?: (options: RouterOptions) => Router;
}

export interface RelayCounts {
  connections: number;
  rooms: number;
  viewers: number;
}

export interface Relay {
  readonly port: number;
  readonly counters: RelayCounters;
  counts(): RelayCounts;
  /** Tells everybody to connect again, closes everything. Resolves when nothing listens and no socket is open. */
  close(): Promise<void>;
}

/**
 * Starts a relay. Throws `port-taken` when the port cannot be had, `not-supported` for an address that this machine does not
 * have, and `malformed` for a certificate or key that cannot be used.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { clock, log, embedded } = options;
  const limits: RelayLimits = { ...RELAY_LIMITS, ...options.limits };
  const counters = new RelayCounters();
  const router =
    options.router?.({ clock, limits, log, counters }) ??
    new LocalRouter({ clock, limits, log, counters, singleRoom: embedded !== undefined });
  const surroundings: PeerSurroundings = {
    router,
    clock,
    limits,
    log,
    counters,
    hostTokens: embedded ? new AccessTokens([embedded.hostToken]) : (options.hostTokens ?? null),
    viewerTokens: options.viewerTokens ?? null,
    joins: new MinuteRate(clock, limits.joinsPerMinutePerAddress),
    registrations: new MinuteRate(clock, limits.registrationsPerMinutePerAddress),
    handshakesByAddress: new MinuteRate(clock, limits.handshakesPerMinutePerAddress),
    handshakesByHost: new MinuteRate(clock, limits.handshakesPerMinutePerHost),
  };
  const v1 = new V1Service(surroundings);
  const connections = new Set<Connection>();
  let nextId = 1;
  let closing = false;

  const door = await FrontDoor.open({
    port: options.port,
    bindAddress: options.bindAddress,
    clock,
    log,
    limits,
    counters,
    tls: options.tls ?? null,
    addresses: options.addresses ?? { allow: null, deny: null },
    trustedProxies: options.trustedProxies ?? null,
    pages: options.pages ?? new Map(),
    v1: options.v1 ?? false,
    v1Origins: options.v1Origins ?? [],
    onSocket(arrival) {
      counters.openedConnections += 1;
      if (arrival.protocol === 'v1') {
        v1.accept(arrival);
        return;
      }
      const { socket, stream, address, overLimit } = arrival;
      const connection = new Connection({
        id: nextId,
        socket,
        stream,
        address,
        clock,
        limits,
        counters,
        events: {
          onMessage: (message) => peer.onMessage(message),
          onClose: (reason) => {
            connections.delete(connection);
            peer.onClose(reason);
          },
        },
      });
      const peer = new Peer(connection, surroundings);
      nextId += 1;
      connections.add(connection);
      if (overLimit) connection.fail(overLimit);
      else if (closing) connection.goAway();
    },
  });
  log.info('relay listens', { port: door.port, bindAddress: options.bindAddress, tls: options.tls !== undefined });

  return {
    port: door.port,
    counters,
    counts() {
      const rooms = [...router.rooms];
      const viewers = rooms.reduce((sum, room) => sum + room.viewerCount, 0);
      const plain = v1.counts();
      return {
        connections: connections.size + plain.connections,
        rooms: rooms.length + plain.rooms,
        viewers: viewers + plain.clients,
      };
    },
    async close() {
      closing = true;
      door.shut();
      await router.drain();
      for (const connection of [...connections]) connection.goAway();
      v1.goAway();
      for (const room of router.rooms) room.close(new TarnetError('going-away', 'the relay is shutting down'));
      await Promise.all([door.close(limits.closeTimeoutMs), router.close()]);
      log.info('relay closed');
    },
  };
}
