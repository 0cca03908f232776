// Owns what `tarnet-relay --help` says.
import { CLASSIC_NAMES, CLASSIC_SERVICES } from './classic/classic-services.ts';
import { LOG_LEVELS } from './cli-log.ts';
import type { OptionName } from './cli-options.ts';
import { RELAY_LIMITS } from './limits.ts';

type Line = readonly [`--${OptionName | 'config' | 'health' | 'help' | 'version'}${'' | `=${string}`}`, string];

const GROUPS: readonly (readonly [string, readonly Line[]])[] = [
  [
    'Where it listens',
    [
      ['--port=N', 'port for hosts, viewers and plain HTTP (default: 8000; 0: any free one)'],
      ['--bind=ADDR', 'IP address to listen on (default: :: for every address)'],
      ['--tls-cert=FILE', 'PEM certificate with its chain: wss and https; read again when it changes'],
      ['--tls-key=FILE', 'PEM key of that certificate'],
      ['--public-url=URL', 'ws:// or wss:// URL by which others know this relay'],
    ],
  ],
  [
    'Who may use it',
    [
      ['--host-token-file=FILE', 'only hosts with one of the tokens in it (one a line) may register'],
      ['--viewer-token-file=FILE', 'only viewers with one of the tokens in it may join'],
      ['--allow=CIDR,...', 'only these networks may connect'],
      ['--deny=CIDR,...', 'these networks may not connect, allowed or not'],
      ['--trusted-proxies=CIDR,...', 'proxies of yours: their X-Forwarded-For says whose address counts'],
      ['--v1=on|off', 'JSON protocol, unencrypted (default: on if --bind is loopback or private, and no --public-url)'],
      ['--v1-origins=ORIGIN,...', 'web pages elsewhere that may speak it; * is every page (default: none)'],
    ],
  ],
  [
    'Limits',
    [
      ['--max-rooms=N', `hosts at the same time (default: ${RELAY_LIMITS.maxRooms})`],
      ['--max-viewers=N', `viewers of one host (default: ${RELAY_LIMITS.maxViewersPerRoom})`],
      ['--max-connections=N', 'open sockets (default: room for all of these hosts and viewers)'],
      [
        '--max-connections-per-address=N',
        `(default: ${RELAY_LIMITS.maxConnectionsPerAddress}; an IPv6 /64 is one address)`,
      ],
      ['--connections-per-minute=N', `of one address (default: ${RELAY_LIMITS.connectionsPerMinutePerAddress})`],
      ['--registrations-per-minute=N', `of one address (default: ${RELAY_LIMITS.registrationsPerMinutePerAddress})`],
      ['--joins-per-minute=N', `of one address (default: ${RELAY_LIMITS.joinsPerMinutePerAddress})`],
      ['--handshakes-per-minute=N', `of one address (default: ${RELAY_LIMITS.handshakesPerMinutePerAddress})`],
      ['--handshakes-per-minute-per-host=N', `with one host (default: ${RELAY_LIMITS.handshakesPerMinutePerHost})`],
      ['--bytes-per-second=N', 'read from one connection; more of it waits (default: 0 for no limit)'],
      ['--idle-seconds=N', 'a connection without traffic for so long is closed (default: 0 for never)'],
    ],
  ],
  [
    'Watching it',
    [
      ['--metrics=on|off', 'Prometheus metrics on /metrics (default: off)'],
      ['--metrics-allow=CIDR,...', 'who may read them (default: this machine and private networks)'],
      ['--log-format=text|json', 'form of the lines on standard output (default: text)'],
      ['--log-level=LEVEL', `lowest level to print: ${LOG_LEVELS.join(', ')} (default: info)`],
    ],
  ],
  ['Several relays', [['--redis=URL', 'redis:// or rediss:// directory of rooms that several relays share']]],
  [
    'Classic services: plain TCP and UDP without any encryption, all off by default',
    [
      [
        '--classic=NAME[:PORT],...',
        CLASSIC_NAMES.map((name) => `${name} (${CLASSIC_SERVICES[name].usualPort})`).join(', '),
      ],
      ['--classic-bind=ADDR', 'IP address for them (default: 127.0.0.1, this machine only)'],
      ['--files-dir=DIR', 'the folder whose files chat-files gives away'],
      ['--activity-log=FILE', 'commands writes down connections, messages and commands there'],
    ],
  ],
  [
    'In general',
    [
      ['--config=FILE', 'options as JSON: {"port": 8000, "classic": ["chat", "echo-tcp:7000"]}'],
      ['--health', 'asks the relay that runs with these options whether it is well: ends with code 0 or 1'],
      ['--help', 'print this, and end'],
      ['--version', 'print the version, and end'],
    ],
  ],
];

const INDENT = 36;

export const HELP = `tarnet-relay: connects hosts and viewers; sees ciphertext only

Usage: tarnet-relay [options]

${GROUPS.map(([title, lines]) => `${title}\n${lines.map(lineOf).join('\n')}\n`).join('\n')}
Every option but --health, --help and --version is also an environment variable, --max-rooms TARNET_RELAY_MAX_ROOMS, and a
key of the configuration file, "max-rooms". A flag goes before the environment, and both before the file. A wrong value
names itself and its limit, and ends this with code 2.
SIGTERM or SIGINT sends everybody away in an orderly way and ends this with code 0. docs/relay.md says more.
`;

function lineOf([flag, text]: Line): string {
  const gap = flag.length > INDENT - 3 ? `\n${' '.repeat(INDENT + 2)}` : ' '.repeat(INDENT - flag.length);
  return `  ${flag}${gap}${text}`;
}
