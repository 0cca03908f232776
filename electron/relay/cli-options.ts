// Owns what the headless relay may be told: by flag, by environment variable, by configuration file, in this order.
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { CLASSIC_NAMES, CLASSIC_SERVICES } from './classic/classic-services.ts';
import { LOG_FORMATS, LOG_LEVELS } from './cli-log.ts';
import { RELAY_LIMITS } from './limits.ts';

export const CLI_LIMITS = {
  arguments: 64,
  valueLength: 4_096,
  configBytes: 64 * 1024,
  rooms: 100_000,
  viewersPerRoom: 1_000,
  connections: 65_536,
} as const;

const ENVIRONMENT_PREFIX = 'TARNET_RELAY_';

const HIGHEST_PORT = 65_535;

function whole(lowest: number, highest: number) {
  const wanted = `must be a whole number from ${lowest} to ${highest}`;
  return v.pipe(
    v.union([v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)), v.number()], wanted),
    v.integer(wanted),
    v.minValue(lowest, wanted),
    v.maxValue(highest, wanted),
  );
}

const bindAddress = v.pipe(
  v.string('must be an IP address'),
  v.check((text) => isIP(text) !== 0, 'must be an IP address'),
);

const file = v.pipe(v.string('must be a name'), v.minLength(1, 'must be a name'), v.maxLength(CLI_LIMITS.valueLength));

const oneOf = <const T extends readonly string[]>(names: T) => v.picklist(names, `must be one of: ${names.join(', ')}`);

const classicName = v.picklist(CLASSIC_NAMES);
const classicItem = v.pipe(
  v.string('must be NAME or NAME:PORT'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const [, name = '', port] = /^([^:]*)(?::(\d{1,5}))?$/.exec(dataset.value) ?? [];
    const known = v.safeParse(classicName, name);
    if (!known.success) {
      const given = JSON.stringify(dataset.value.slice(0, 40));
      addIssue({ message: `${given} is none of: ${CLASSIC_NAMES.join(', ')}, each with or without :PORT` });
      return NEVER;
    }
    const wanted = port === undefined ? CLASSIC_SERVICES[known.output].usualPort : Number(port);
    if (wanted > HIGHEST_PORT) {
      addIssue({ message: `the port of ${name} must be from 0 to ${HIGHEST_PORT}` });
      return NEVER;
    }
    return { name: known.output, port: wanted };
  }),
);
const classicList = v.pipe(
  v.union(
    [
      v.pipe(
        v.string(),
        v.transform((text) => (text === '' ? [] : text.split(',').map((item) => item.trim()))),
      ),
      v.array(v.string()),
    ],
    'must be a list of names',
  ),
  v.maxLength(CLASSIC_NAMES.length, 'names a service twice'),
  v.array(classicItem),
  v.check((items) => new Set(items.map(({ name }) => name)).size === items.length, 'names a service twice'),
);

/** Every option by its name, whichever way it was given. A value from a flag or the environment is text. */
const optionsSchema = v.pipe(
  v.strictObject({
    port: v.optional(whole(0, HIGHEST_PORT), 8_000),
    bind: v.optional(bindAddress, '::'),
    classic: v.optional(classicList, []),
    'classic-bind': v.optional(bindAddress, '127.0.0.1'),
    'files-dir': v.optional(file),
    'activity-log': v.optional(file),
    'log-format': v.optional(oneOf(LOG_FORMATS), 'text'),
    'log-level': v.optional(oneOf(LOG_LEVELS), 'info'),
    'max-rooms': v.optional(whole(1, CLI_LIMITS.rooms), RELAY_LIMITS.maxRooms),
    'max-viewers': v.optional(whole(1, CLI_LIMITS.viewersPerRoom), RELAY_LIMITS.maxViewersPerRoom),
  }),
  v.forward(
    v.check(
      (options) => options['files-dir'] !== undefined || !options.classic.some(({ name }) => name === 'chat-files'),
      'chat-files needs --files-dir=DIR',
    ),
    ['classic'],
  ),
);

export type RelayCliOptions = v.InferOutput<typeof optionsSchema>;

export type CliRequest = { command: 'help' } | { command: 'version' } | { command: 'run'; options: RelayCliOptions };

const OPTION_NAMES = [
  'port',
  'bind',
  'classic',
  'classic-bind',
  'files-dir',
  'activity-log',
  'log-format',
  'log-level',
  'max-rooms',
  'max-viewers',
] as const satisfies readonly (keyof RelayCliOptions)[];

const text = { type: 'string' } as const;
const FLAGS = {
  ...Object.fromEntries(OPTION_NAMES.map((name) => [name, text])),
  config: text,
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;

export const HELP = `tarnet-relay: connects hosts and viewers; sees ciphertext only

Usage: tarnet-relay [options]

  --port=N                   port for hosts and viewers (default: 8000; 0: any free one)
  --bind=ADDR                IP address to listen on (default: :: for every address)
  --max-rooms=N              hosts at the same time (default: ${RELAY_LIMITS.maxRooms})
  --max-viewers=N            viewers of one host (default: ${RELAY_LIMITS.maxViewersPerRoom})
  --log-format=text|json     form of the lines on standard output (default: text)
  --log-level=LEVEL          lowest level to print: ${LOG_LEVELS.join(', ')} (default: info)

Classic services: plain TCP and UDP without any encryption, all off by default
  --classic=NAME[:PORT],...  ${CLASSIC_NAMES.map((name) => `${name} (${CLASSIC_SERVICES[name].usualPort})`).join(', ')}
  --classic-bind=ADDR        IP address for them (default: 127.0.0.1, this machine only)
  --files-dir=DIR            the folder whose files chat-files gives away
  --activity-log=FILE        commands writes down connections, messages and commands there

In general
  --config=FILE              options as JSON: {"port": 8000, "classic": ["chat", "echo-tcp:7000"]}
  --help                     print this, and end
  --version                  print the version, and end

Every option but --help and --version is also an environment variable: --max-rooms is TARNET_RELAY_MAX_ROOMS.
A flag goes before the environment, and both before the file. A wrong value names itself and ends this with code 2.
SIGTERM or SIGINT sends everybody away in an orderly way and ends this with code 0.
`;

/** Where an option came from, for messages. */
type Source = (name: string) => string;
const SOURCES: { flag: Source; environment: Source; file: Source } = {
  flag: (name) => `--${name}`,
  environment: environmentName,
  file: (name) => `${JSON.stringify(name)} in the configuration file`,
};

/**
 * Parses what the relay was told. Throws `malformed` naming the flag, variable or key that is wrong.
 * @param readConfig returns the text of the configuration file; what it throws is the file's fault
 */
export function parseCli(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  readConfig: (file: string) => string,
): CliRequest {
  const { help, version, config: configFlag, ...flags } = parseFlags(args);
  if (help) return { command: 'help' };
  if (version) return { command: 'version' };
  const { config: configVariable, ...variables } = parseEnvironment(environment);
  const configName = configFlag === undefined ? SOURCES.environment('config') : SOURCES.flag('config');
  const configFile = configFlag ?? configVariable;
  const keys = typeof configFile === 'string' ? parseConfig(configName, configFile, readConfig) : {};

  const given: Record<string, unknown> = { ...keys, ...variables, ...flags };
  const sourceOf = (name: string) =>
    (name in flags
      ? SOURCES.flag
      : name in variables
        ? SOURCES.environment
        : name in keys
          ? SOURCES.file
          : SOURCES.flag)(name);
  const parsed = v.safeParse(optionsSchema, given, { abortEarly: true });
  if (parsed.success) return { command: 'run', options: parsed.output };
  const [issue] = parsed.issues;
  const name = String(issue.path?.[0]?.key ?? 'arguments');
  throw wrong(sourceOf(name), issue.message);
}

/** The sentence for standard error. */
export function usageError(error: TarnetError): string {
  return `tarnet-relay: ${error.message}\nTry: tarnet-relay --help\n`;
}

function parseFlags(args: readonly string[]): Record<string, string | boolean | undefined> {
  if (args.length > CLI_LIMITS.arguments)
    throw TarnetError.malformed('arguments', 'too many', `${CLI_LIMITS.arguments} arguments`);
  if (args.some((argument) => argument.length > CLI_LIMITS.valueLength))
    throw TarnetError.malformed('arguments', 'too long', `${CLI_LIMITS.valueLength} characters`);
  try {
    // The parser's object has no prototype; `in` must find only what was given.
    return { ...parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const name = /'(?:-[^-'\s], )?(-{0,2}[^'\s=<,]+)/.exec(message)?.[1] ?? 'arguments';
    const isUnknown = /unknown option|unexpected argument/i.test(message);
    const takesValue = Object.entries(FLAGS).some(([flag, { type }]) => `--${flag}` === name && type === 'string');
    throw wrong(name.slice(0, 80), isUnknown ? 'no such option' : takesValue ? 'needs a value' : 'takes no value');
  }
}

/** Variables that are set to nothing count as not set: compose files write them so. */
function parseEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const byVariable = new Map([...OPTION_NAMES, 'config'].map((name) => [environmentName(name), name]));
  const found: Record<string, string> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || !value) continue;
    const name = byVariable.get(variable);
    if (name === undefined) throw wrong(variable.slice(0, 80), 'no such option');
    found[name] = value;
  }
  return found;
}

function parseConfig(source: string, file: string, readConfig: (file: string) => string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readConfig(file));
  } catch (cause) {
    throw wrong(
      source,
      cause instanceof SyntaxError ? 'is no JSON' : `cannot be read: ${TarnetError.from(cause).message}`,
    );
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw wrong(source, 'must be an object');
  for (const name of Object.keys(content))
    if (!OPTION_NAMES.some((known) => known === name)) throw wrong(SOURCES.file(name.slice(0, 80)), 'no such option');
  return { ...content };
}

function environmentName(name: string): string {
  return `${ENVIRONMENT_PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;
}

function wrong(name: string, message: string): TarnetError {
  return TarnetError.malformed(name, message);
}
