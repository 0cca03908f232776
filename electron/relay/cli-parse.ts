// Owns how the headless relay is told its options: by flag, by environment variable, by configuration file, in this order.
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { OPTION_NAMES, type OptionName, optionsSchema, type RelayCliOptions } from './cli-options.ts';
import { VALUE_LIMITS } from './cli-values.ts';

export const CLI_LIMITS = { arguments: 64, configBytes: 64 * 1024 } as const;

const ENVIRONMENT_PREFIX = 'TARNET_RELAY_';

export type CliRequest =
  | { command: 'help' }
  | { command: 'version' }
  | {
      command: 'run' | 'health';
      options: RelayCliOptions;
      /** What the operator called an option: `--port`, `TARNET_RELAY_PORT`, or `"port" in the configuration file`. */
      nameOf(option: OptionName): string;
    };

const text = { type: 'string' } as const;
const word = { type: 'boolean' } as const;
const FLAGS = {
  ...Object.fromEntries(OPTION_NAMES.map((name) => [name, text])),
  config: text,
  health: word,
  help: word,
  version: word,
} as const;

const inFlag = (name: string) => `--${name}`;
const inEnvironment = (name: string) => `${ENVIRONMENT_PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;
const inFile = (name: string) => `${JSON.stringify(name)} in the configuration file`;

/**
 * Parses what the relay was told. Throws `malformed` naming the flag, variable or key that is wrong.
 * @param readConfig returns the text of the configuration file; what it throws is the file's fault
 */
export function parseCli(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  readConfig: (file: string) => string,
): CliRequest {
  const { help, version, health, config: configFlag, ...flags } = parseFlags(args);
  if (help) return { command: 'help' };
  if (version) return { command: 'version' };
  const { config: configVariable, ...variables } = parseEnvironment(environment);
  const configFile = configFlag ?? configVariable;
  const configName = (configFlag === undefined ? inEnvironment : inFlag)('config');
  const keys = typeof configFile === 'string' ? parseConfig(configName, configFile, readConfig) : {};

  const given: Record<string, unknown> = { ...keys, ...variables, ...flags };
  const nameOf = (name: string) => {
    if (name in flags) return inFlag(name);
    if (name in variables) return inEnvironment(name);
    return name in keys ? inFile(name) : inFlag(name);
  };
  const parsed = v.safeParse(optionsSchema, given, { abortEarly: true });
  if (parsed.success) return { command: health ? 'health' : 'run', options: parsed.output, nameOf };
  const [issue] = parsed.issues;
  throw TarnetError.malformed(nameOf(String(issue.path?.[0]?.key ?? 'arguments')), issue.message);
}

/** The sentence for standard error. */
export function usageError(error: TarnetError): string {
  return `tarnet-relay: ${error.message}\nTry: tarnet-relay --help\n`;
}

function parseFlags(args: readonly string[]): Record<string, string | boolean | undefined> {
  if (args.length > CLI_LIMITS.arguments)
    throw TarnetError.malformed('arguments', 'too many', `${CLI_LIMITS.arguments} arguments`);
  if (args.some((argument) => argument.length > VALUE_LIMITS.maxLength))
    throw TarnetError.malformed('arguments', 'too long', `${VALUE_LIMITS.maxLength} characters`);
  try {
    // The parser's object has no prototype; `in` must find only what was given.
    return { ...parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const name = /'(?:-[^-'\s], )?(-{0,2}[^'\s=<,]+)/.exec(message)?.[1] ?? 'arguments';
    const isUnknown = /unknown option|unexpected argument/i.test(message);
    const takesValue = Object.entries(FLAGS).some(([flag, { type }]) => `--${flag}` === name && type === 'string');
    const problem = isUnknown ? 'no such option' : takesValue ? 'needs a value' : 'takes no value';
    throw TarnetError.malformed(name.slice(0, 80), problem);
  }
}

/** Variables that are set to nothing count as not set: compose files write them so. */
function parseEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const byVariable = new Map([...OPTION_NAMES, 'config'].map((name) => [inEnvironment(name), name]));
  const found: Record<string, string> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || !value) continue;
    const name = byVariable.get(variable);
    if (name === undefined) throw TarnetError.malformed(variable.slice(0, 80), 'no such option');
    if (value.length > VALUE_LIMITS.maxLength)
      throw TarnetError.malformed(variable, 'too long', `${VALUE_LIMITS.maxLength} characters`);
    found[name] = value;
  }
  return found;
}

function parseConfig(source: string, file: string, readConfig: (file: string) => string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readConfig(file));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? 'is no JSON' : `cannot be read: ${TarnetError.from(cause).message}`;
    throw TarnetError.malformed(source, problem);
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw TarnetError.malformed(source, 'must be an object');
  for (const name of Object.keys(content))
    if (!OPTION_NAMES.some((known) => known === name))
      throw TarnetError.malformed(inFile(name.slice(0, 80)), 'no such option');
  return { ...content };
}
