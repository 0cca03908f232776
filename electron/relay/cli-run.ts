// Owns a headless relay from its options to its end: the relay, the classic services, what they read, and the drain.
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { isPrivateAddress } from '../../shared/model/network.ts';
import { AccessTokens, followTokens, readTokens } from './access-tokens.ts';
import type { AddressList } from './address-rules.ts';
import { noActivityLog, openActivityLog } from './classic/activity-log.ts';
import type { ClassicService } from './classic/classic-service.ts';
import { CLASSIC_SERVICES } from './classic/classic-services.ts';
import type { RelayCliOptions } from './cli-options.ts';
import { OPTION_LIMITS } from './cli-options.ts';
import { DirectoryRouter } from './directory/directory-router.ts';
import { RedisDirectory } from './directory/redis-directory.ts';
import type { Page } from './front-door.ts';
import { RELAY_LIMITS, type RelayLimits } from './limits.ts';
import { type MetricsSource, openMetrics } from './metrics.ts';
import { type RelayOptions, startRelay } from './relay-server.ts';

export interface RunningRelay {
  /** Sends everybody away in an orderly way. Resolves when nothing is open any more. */
  drain(): Promise<void>;
}

/**
 * Starts all that the options ask for. Throws `malformed` with the option as its field, `port-taken`, or `not-supported` for
 * what this machine does not have; then nothing is left running.
 */
export async function runHeadless(options: RelayCliOptions, clock: Clock, log: Log): Promise<RunningRelay> {
  checkOptions(options);
  const running: { close(): Promise<void> | void }[] = [];
  const close = async () => {
    await Promise.all(running.map((part) => part.close()));
  };
  try {
    const classic: ClassicService[] = [];
    let source: MetricsSource | null = null;
    const pages = new Map<string, Page>();
    if (options.metrics)
      pages.set(
        '/metrics',
        metricsPage(options['metrics-allow'], () => source),
      );
    const hostTokens = tokensOf('host-token-file', options, clock, log, running);
    const viewerTokens = tokensOf('viewer-token-file', options, clock, log, running);
    const relay = await startRelay({
      port: options.port,
      bindAddress: options.bind,
      clock,
      log,
      limits: limitsOf(options),
      addresses: { allow: options.allow ?? null, deny: options.deny ?? null },
      trustedProxies: options['trusted-proxies'] ?? null,
      hostTokens,
      viewerTokens,
      pages,
      v1: speaksV1(options),
      v1Origins: options['v1-origins'],
      ...tlsOf(options),
      ...routerOf(options, log),
    });
    running.push(relay);
    source = {
      counters: relay.counters,
      counts: () => relay.counts(),
      classicClients: () => classic.map(({ name, clients }) => ({ name, clients })),
    };
    const activityFile = options['activity-log'];
    const activityLog = activityFile === undefined ? noActivityLog : await openActivityLog(activityFile, log);
    for (const { name, port } of options.classic) {
      const service = await CLASSIC_SERVICES[name].start({
        port,
        bindAddress: options['classic-bind'],
        clock,
        log: log.scope(name),
        filesFolder: options['files-dir'] ?? null,
        activityLog,
      });
      classic.push(service);
      running.push(service);
    }
    log.info('ready', { port: relay.port });
    return {
      drain: async () => {
        await close();
        await activityLog.close();
      },
    };
  } catch (error) {
    await close();
    throw asUsageError(TarnetError.from(error));
  }
}

/**
 * Whether the JSON protocol, which has no encryption, is spoken: unless the operator says so, only where no stranger can come,
 * on loopback or a private address, by a relay that is not known under a public URL.
 */
export function speaksV1(options: Pick<RelayCliOptions, 'v1' | 'bind' | 'public-url'>): boolean {
  return options.v1 ?? (options['public-url'] === undefined && isPrivateAddress(options.bind));
}

function checkOptions(options: RelayCliOptions): void {
  const folder = options['files-dir'];
  if (folder !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new TarnetError('malformed', `${JSON.stringify(folder)} is no folder`, { field: 'files-dir' });
  if (options.redis !== undefined && options['public-url'] === undefined)
    throw new TarnetError('malformed', 'needs --public-url: the others send hosts and viewers there', {
      field: 'redis',
    });
}

function routerOf({ redis, 'public-url': url }: RelayCliOptions, log: Log): Pick<RelayOptions, 'router'> {
  if (redis === undefined || url === undefined) return {};
  const node = { id: randomUUID(), incarnation: randomUUID(), url };
  return {
    router: (options) =>
      new DirectoryRouter({ ...options, directory: new RedisDirectory({ url: redis, node, log: log.scope('redis') }) }),
  };
}

function tokensOf(
  field: 'host-token-file' | 'viewer-token-file',
  options: RelayCliOptions,
  clock: Clock,
  log: Log,
  running: { close(): void }[],
): AccessTokens | null {
  const file = options[field];
  if (file === undefined) return null;
  const tokens = new AccessTokens(readTokens(field, file));
  running.push({ close: followTokens(tokens, field, file, clock, log) });
  return tokens;
}

function tlsOf(options: RelayCliOptions): Pick<RelayOptions, 'tls'> {
  const { 'tls-cert': certificate, 'tls-key': key } = options;
  return certificate === undefined || key === undefined ? {} : { tls: { certificate, key } };
}

function limitsOf(options: RelayCliOptions): Partial<RelayLimits> {
  const { 'max-rooms': maxRooms, 'max-viewers': maxViewersPerRoom } = options;
  // Everybody who may be in a room may also be connected.
  const everybody = Math.min(OPTION_LIMITS.connections, maxRooms * (1 + maxViewersPerRoom));
  return {
    maxRooms,
    maxViewersPerRoom,
    maxConnections: options['max-connections'] ?? Math.max(RELAY_LIMITS.maxConnections, everybody),
    maxConnectionsPerAddress: options['max-connections-per-address'],
    connectionsPerMinutePerAddress: options['connections-per-minute'],
    registrationsPerMinutePerAddress: options['registrations-per-minute'],
    joinsPerMinutePerAddress: options['joins-per-minute'],
    handshakesPerMinutePerAddress: options['handshakes-per-minute'],
    handshakesPerMinutePerHost: options['handshakes-per-minute-per-host'],
    bytesPerSecond: options['bytes-per-second'] === 0 ? null : options['bytes-per-second'],
    idleAfterMs: options['idle-seconds'] === 0 ? null : options['idle-seconds'] * 1000,
  };
}

function metricsPage(allow: AddressList | undefined, source: () => MetricsSource | null): Page {
  let metrics: ReturnType<typeof openMetrics> | null = null;
  return {
    isFor: (address) => source() !== null && (allow ? allow.has(address) : isPrivateAddress(address)),
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    text: () => {
      const found = source();
      if (!found) return Promise.resolve('');
      metrics ??= openMetrics(found);
      return metrics.text();
    },
  };
}

/** An address or a file that this machine does not have is a wrong value; a port that somebody else has is not. */
function asUsageError(error: TarnetError): TarnetError {
  if (error.reason !== 'not-supported') return error;
  const field = error.field === undefined || error.field === 'port' ? 'bind' : error.field;
  return new TarnetError('malformed', error.message, { field, cause: error });
}
