// Owns every option of the headless relay: its name, what it may be, and what holds when nobody says anything.
import * as v from 'valibot';
import { LOG_FORMATS, LOG_LEVELS } from './cli-log.ts';
import {
  bindAddress,
  classicServices,
  fileName,
  networks,
  oneOf,
  onOrOff,
  origins,
  port,
  url,
  whole,
} from './cli-values.ts';
import { RELAY_LIMITS } from './limits.ts';

/** What an operator may set at most. */
export const OPTION_LIMITS = {
  rooms: 100_000,
  viewersPerRoom: 1_000,
  connections: 200_000,
  perMinute: 1_000_000,
  idleSeconds: 7 * 24 * 60 * 60,
  lowestBytesPerSecond: 16 * 1024,
  highestBytesPerSecond: 10_000_000_000,
} as const;

const perMinute = whole(1, OPTION_LIMITS.perMinute);

const entries = {
  port: v.optional(port, 8_000),
  bind: v.optional(bindAddress, '::'),
  'public-url': v.optional(url('ws', 'wss')),
  'tls-cert': v.optional(fileName),
  'tls-key': v.optional(fileName),
  v1: v.optional(onOrOff),
  'v1-origins': v.optional(origins, []),
  redis: v.optional(url('redis', 'rediss')),
  'host-token-file': v.optional(fileName),
  'viewer-token-file': v.optional(fileName),
  allow: v.optional(networks),
  deny: v.optional(networks),
  'trusted-proxies': v.optional(networks),
  'max-rooms': v.optional(whole(1, OPTION_LIMITS.rooms), RELAY_LIMITS.maxRooms),
  'max-viewers': v.optional(whole(1, OPTION_LIMITS.viewersPerRoom), RELAY_LIMITS.maxViewersPerRoom),
  'max-connections': v.optional(whole(1, OPTION_LIMITS.connections)),
  'max-connections-per-address': v.optional(whole(1, OPTION_LIMITS.connections), RELAY_LIMITS.maxConnectionsPerAddress),
  'connections-per-minute': v.optional(perMinute, RELAY_LIMITS.connectionsPerMinutePerAddress),
  'registrations-per-minute': v.optional(perMinute, RELAY_LIMITS.registrationsPerMinutePerAddress),
  'joins-per-minute': v.optional(perMinute, RELAY_LIMITS.joinsPerMinutePerAddress),
  'handshakes-per-minute': v.optional(perMinute, RELAY_LIMITS.handshakesPerMinutePerAddress),
  'handshakes-per-minute-per-host': v.optional(perMinute, RELAY_LIMITS.handshakesPerMinutePerHost),
  'bytes-per-second': v.optional(
    v.union(
      [whole(0, 0), whole(OPTION_LIMITS.lowestBytesPerSecond, OPTION_LIMITS.highestBytesPerSecond)],
      `must be 0 or a whole number from ${OPTION_LIMITS.lowestBytesPerSecond} to ${OPTION_LIMITS.highestBytesPerSecond}`,
    ),
    0,
  ),
  'idle-seconds': v.optional(whole(0, OPTION_LIMITS.idleSeconds), 0),
  metrics: v.optional(onOrOff, 'off'),
  'metrics-allow': v.optional(networks),
  'log-format': v.optional(oneOf(LOG_FORMATS), 'text'),
  'log-level': v.optional(oneOf(LOG_LEVELS), 'info'),
  classic: v.optional(classicServices, []),
  'classic-bind': v.optional(bindAddress, '127.0.0.1'),
  'files-dir': v.optional(fileName),
  'activity-log': v.optional(fileName),
};

export type OptionName = keyof typeof entries;

export const OPTION_NAMES = Object.keys(entries) as readonly OptionName[];

/** Every option by its name, whichever way it was given. A value from a flag or the environment is text. */
export const optionsSchema = v.pipe(
  v.strictObject(entries),
  v.forward(
    v.check(
      (options) => options['files-dir'] !== undefined || !options.classic.some(({ name }) => name === 'chat-files'),
      'chat-files needs --files-dir=DIR',
    ),
    ['classic'],
  ),
  v.forward(
    v.check((options) => options['tls-cert'] === undefined || options['tls-key'] !== undefined, 'needs --tls-key=FILE'),
    ['tls-cert'],
  ),
  v.forward(
    v.check(
      (options) => options['tls-key'] === undefined || options['tls-cert'] !== undefined,
      'needs --tls-cert=FILE',
    ),
    ['tls-key'],
  ),
);

export type RelayCliOptions = v.InferOutput<typeof optionsSchema>;
