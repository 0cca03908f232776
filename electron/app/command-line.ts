// Owns the command line: what may be asked of the app by arguments, and what is wrong with them.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { TarnetError } from '../../shared/base/errors.ts';
import { type HostPlace, parseHostPlace } from '../../shared/model/host-place.ts';

export type AcceptLevel = 'control' | 'view';

export interface ShareRequest {
  /** Number of the display to share, from 1 in the system's order; null means the primary one. */
  display: number | null;
  /** Lets whoever knows the secret in without asking anyone; null asks. */
  accept: AcceptLevel | null;
  secretFile: string | null;
}

export interface ConnectRequest {
  place: HostPlace;
  secretFile: string;
  viewOnly: boolean;
  fullscreen: boolean;
  /** Where the statistics of the session go. */
  statisticsFile: string | null;
}

/** What the app was started to do, and how. */
export interface StartRequest {
  command: 'run' | 'list' | 'help' | 'version' | 'verify-activity-log';
  /** What `verify-activity-log` checks; null for this profile's own log. */
  activityLog: string | null;
  share: ShareRequest | null;
  connect: ConnectRequest | null;
  /** Addresses of tarnet:// links: each only fills in the connect dialog. */
  links: HostPlace[];
  relayPort: number | null;
  discovery: boolean;
  hidden: boolean;
}

export const COMMAND_LINE_LIMITS = { arguments: 64, argumentLength: 4096, links: 4 } as const;

/** Exit code for a command line that is wrong. */
export const USAGE_EXIT_CODE = 2;

const OPTIONS = {
  share: { type: 'boolean' },
  display: { type: 'string' },
  accept: { type: 'string' },
  'secret-file': { type: 'string' },
  connect: { type: 'string' },
  'view-only': { type: 'boolean' },
  fullscreen: { type: 'boolean' },
  'statistics-json': { type: 'string' },
  'relay-port': { type: 'string' },
  'no-discovery': { type: 'boolean' },
  hidden: { type: 'boolean' },
  list: { type: 'boolean' },
  'verify-activity-log': { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;

/**
 * Switches that Electron and Chromium take for themselves and that make sense for this app. They always carry their
 * value after `=`; any other switch is refused, so that a misspelt option of ours never passes for one of theirs.
 */
const PASSED_ON: ReadonlySet<string> = new Set([
  'allow-file-access-from-files', // added by Chromium itself when a link is opened
  'disable-dev-shm-usage',
  'disable-features',
  'disable-gpu',
  'disable-software-rasterizer',
  'enable-features',
  'enable-logging',
  'force-device-scale-factor',
  'high-dpi-support',
  'ignore-gpu-blocklist',
  'in-process-gpu',
  'inspect',
  'inspect-brk',
  'js-flags',
  'lang',
  'log-file',
  'log-level',
  'no-sandbox',
  'original-process-start-time', // added by Chromium on Windows for a second instance
  'ozone-platform',
  'ozone-platform-hint',
  'password-store',
  'remote-debugging-pipe',
  'remote-debugging-port',
  'use-angle',
  'use-gl',
  'user-data-dir',
  'v',
  'vmodule',
]);

export const HELP = `TARNet: share a screen, see it, control it

Usage: tarnet [options] [tarnet://HOST[:PORT] | tarnet://ID]

Share this screen
  --share                   start sharing at once
  --display=N               share display number N, from 1 (default: the primary one)
  --accept=control|view     let in whoever knows the secret without asking anyone;
                            only together with --secret-file
  --secret-file=FILE        the secret in FILE replaces access code and password;
                            not nine digits

Connect to a screen
  --connect=HOST[:PORT]|ID  connect at once, by an ID through the relays in the settings; needs --secret-file
  --secret-file=FILE        the access code, the password or the secret of the host
  --view-only               only look
  --fullscreen              full screen without any controls, one pixel to one pixel
  --statistics-json=FILE    keep the statistics of the session in FILE, renewed each second

In general
  --relay-port=N            port of the relay in the app (default: 8000)
  --no-discovery            neither look for hosts on the local network nor be found there
  --hidden                  start without a window
  --list                    print the hosts found in 3 seconds as JSON, and end
  --verify-activity-log[=FILE]
                            check the activity log, or FILE with lines of one, and end:
                            code 0 when nothing was changed, else 1
  --help                    print this, and end
  --version                 print the version, and end

A link tarnet://HOST[:PORT] or tarnet://ID opens the connect dialog filled in; it never connects by itself.
Secrets come from files only: 8 to 1024 bytes, readable by you alone.
Switches of Electron and Chromium, such as --user-data-dir=FOLDER, are passed on.
`;

/** The arguments after the executable and, where Electron runs an app by its folder, after that folder. */
export function ownArguments(argv: readonly string[], runByFolder: boolean): string[] {
  const args = argv.slice(1);
  if (runByFolder) {
    const folder = args.findIndex((argument) => !argument.startsWith('-'));
    if (folder >= 0) args.splice(folder, 1);
  }
  return args;
}

/**
 * Parses the app's own arguments. Throws `malformed` naming the option that is wrong.
 * @param workingFolder where relative names of files start
 */
export function parseCommandLine(args: readonly string[], workingFolder: string): StartRequest {
  checkSize(args);
  const { values, positionals } = parseOurs(args.filter((argument) => !isPassedOn(argument)).map(withValue));
  if (values.help) return ends('help');
  if (values.version) return ends('version');

  const checked = values['verify-activity-log'];
  if (checked !== undefined)
    return {
      ...ends('verify-activity-log'),
      activityLog: checked === '' ? null : path.resolve(workingFolder, checked),
    };

  const secretName = given('secret-file', values['secret-file']);
  const secretFile = secretName === null ? null : path.resolve(workingFolder, secretName);
  const statisticsName = given('statistics-json', values['statistics-json']);
  const share = values.share ? parseShare(values.display, values.accept, secretFile) : null;
  const connect =
    values.connect === undefined
      ? null
      : {
          ...parseConnect(values.connect, secretFile),
          viewOnly: values['view-only'] ?? false,
          fullscreen: values.fullscreen ?? false,
          statisticsFile: statisticsName === null ? null : path.resolve(workingFolder, statisticsName),
        };
  if (!share) refuseWithout('share', { display: values.display, accept: values.accept });
  if (!connect)
    refuseWithout('connect', {
      'view-only': values['view-only'],
      fullscreen: values.fullscreen,
      'statistics-json': values['statistics-json'],
    });
  if (!share && !connect && secretFile !== null)
    throw wrong('secret-file', 'makes sense only with --share or --connect');
  if (share && connect) throw wrong('connect', 'one start either shares or connects');
  if (values.list && (share || connect)) throw wrong('list', 'stands alone');
  if (connect && values.hidden) throw wrong('hidden', 'a connection needs its window');

  return {
    command: values.list ? 'list' : 'run',
    activityLog: null,
    share,
    connect,
    links: parseLinks(positionals),
    relayPort: values['relay-port'] === undefined ? null : whole('relay-port', values['relay-port'], 65_535),
    discovery: !values['no-discovery'],
    hidden: values.hidden ?? false,
  };
}

/** The sentence for standard error. */
export function usageError(error: TarnetError): string {
  return `tarnet: ${error.message}\nTry: tarnet --help\n`;
}

/** The one option whose value may be left out: parseArgs knows no such thing. */
function withValue(argument: string): string {
  return argument === '--verify-activity-log' ? `${argument}=` : argument;
}

function ends(command: 'help' | 'version' | 'verify-activity-log'): StartRequest {
  return {
    command,
    activityLog: null,
    share: null,
    connect: null,
    links: [],
    relayPort: null,
    discovery: false,
    hidden: true,
  };
}

function parseOurs(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true, allowPositionals: true, allowNegative: false });
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    const name = /'-{1,2}([^'\s=<,]+)/.exec(text)?.[1] ?? 'arguments';
    throw wrong(name, /unknown/i.test(text) ? 'no such option' : explain(name));
  }
}

function explain(name: string): string {
  const option = Object.entries(OPTIONS).find(([known]) => known === name)?.[1];
  return option?.type === 'string' ? 'needs a value' : 'takes no value';
}

function parseShare(display: string | undefined, accept: string | undefined, secretFile: string | null): ShareRequest {
  if (accept !== undefined && accept !== 'control' && accept !== 'view')
    throw wrong('accept', 'must be control or view');
  if (accept !== undefined && secretFile === null) throw wrong('accept', 'is allowed only together with --secret-file');
  return {
    display: display === undefined ? null : whole('display', display, 64),
    accept: accept ?? null,
    secretFile,
  };
}

function parseConnect(host: string, secretFile: string | null): Pick<ConnectRequest, 'place' | 'secretFile'> {
  if (secretFile === null) throw wrong('connect', 'needs --secret-file');
  return { place: placeOf('connect', host), secretFile };
}

function parseLinks(positionals: string[]): HostPlace[] {
  if (positionals.length > COMMAND_LINE_LIMITS.links)
    throw TarnetError.malformed('arguments', 'too many links', `${COMMAND_LINE_LIMITS.links} links`);
  return positionals.map((text) => {
    if (!/^tarnet:\/\//i.test(text))
      throw TarnetError.malformed('arguments', `unexpected ${JSON.stringify(text.slice(0, 80))}`);
    return placeOf('link', text);
  });
}

function placeOf(field: string, text: string): HostPlace {
  try {
    return parseHostPlace(text);
  } catch (error) {
    const { message } = TarnetError.from(error);
    throw wrong(field, message.replace(/^address: /, ''));
  }
}

function whole(name: string, text: string, highest: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= highest))
    throw wrong(name, `${JSON.stringify(text.slice(0, 20))} is not a whole number from 1 to ${highest}`);
  return value;
}

function given(name: string, value: string | undefined): string | null {
  if (value === '') throw wrong(name, 'needs a value');
  return value ?? null;
}

function refuseWithout(needed: string, options: Record<string, unknown>): void {
  const [name] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined) throw wrong(name, `makes sense only with --${needed}`);
}

function isPassedOn(argument: string): boolean {
  const name = /^--?([a-z][a-z0-9-]*)(=|$)/.exec(argument)?.[1];
  return name !== undefined && PASSED_ON.has(name);
}

function checkSize(args: readonly string[]): void {
  if (args.length > COMMAND_LINE_LIMITS.arguments)
    throw TarnetError.malformed('arguments', 'too many', `${COMMAND_LINE_LIMITS.arguments} arguments`);
  if (args.some((argument) => argument.length > COMMAND_LINE_LIMITS.argumentLength))
    throw TarnetError.malformed('arguments', 'too long', `${COMMAND_LINE_LIMITS.argumentLength} characters`);
}

function wrong(option: string, message: string): TarnetError {
  const name = option === 'arguments' || option === 'link' ? option : `--${option}`;
  return TarnetError.malformed(name, message);
}
