import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { HELP, ownArguments, parseCommandLine as parse, usageError } from './command-line.ts';

const parseCommandLine = (args: readonly string[]) => parse(args, '/work');

function refused(...args: string[]): TarnetError {
  try {
    parseCommandLine(args);
  } catch (error) {
    if (error instanceof TarnetError) return error;
    throw error;
  }
  throw new Error(`accepted: ${args.join(' ')}`);
}

describe('what is understood', () => {
  test('nothing at all means: just run', () => {
    expect(parseCommandLine([])).toEqual({
      command: 'run',
      activityLog: null,
      share: null,
      connect: null,
      links: [],
      relayPort: null,
      discovery: true,
      hidden: false,
    });
  });

  test('sharing, with and without its options', () => {
    expect(parseCommandLine(['--share']).share).toEqual({ display: null, accept: null, secretFile: null });
    expect(parseCommandLine(['--share', '--display=2', '--accept=view', '--secret-file=/s']).share).toEqual({
      display: 2,
      accept: 'view',
      secretFile: '/s',
    });
    expect(parseCommandLine(['--share', '--secret-file', '/s']).share).toEqual({
      display: null,
      accept: null,
      secretFile: '/s',
    });
  });

  test('connecting', () => {
    expect(
      parseCommandLine(['--connect=desk.local:9000', '--secret-file=/s', '--view-only', '--fullscreen']).connect,
    ).toEqual({
      place: { kind: 'address', host: 'desk.local', port: 9000 },
      secretFile: '/s',
      viewOnly: true,
      fullscreen: true,
      statisticsFile: null,
    });
    expect(
      parseCommandLine(['--connect=desk', '--secret-file=/s', '--statistics-json=kept/figures.json']).connect,
    ).toMatchObject({ statisticsFile: '/work/kept/figures.json' });
    expect(parseCommandLine(['--connect=[::1]', '--secret-file=/s']).connect?.place).toEqual({
      kind: 'address',
      host: '::1',
      port: 8000,
    });
  });

  test('the general options', () => {
    expect(parseCommandLine(['--relay-port=8123', '--no-discovery', '--hidden'])).toMatchObject({
      relayPort: 8123,
      discovery: false,
      hidden: true,
    });
    expect(parseCommandLine(['--list']).command).toBe('list');
  });

  test('help and version win over everything that is well-formed', () => {
    expect(parseCommandLine(['--share', '--help']).command).toBe('help');
    expect(parseCommandLine(['--connect=123 456 789', '--secret-file=/s']).connect?.place).toEqual({
      kind: 'id',
      id: '123456789',
    });
    expect(parseCommandLine(['--version', '--connect=x']).command).toBe('version');
  });

  test('checking the activity log, of this profile or of a file', () => {
    expect(parseCommandLine(['--verify-activity-log'])).toMatchObject({
      command: 'verify-activity-log',
      activityLog: null,
    });
    expect(parseCommandLine(['--verify-activity-log=/logs/a.jsonl']).activityLog).toBe('/logs/a.jsonl');
  });

  test('links, which only carry an address', () => {
    expect(parseCommandLine(['tarnet://desk:9000/', 'TARNET://10.0.0.1']).links).toEqual([
      { kind: 'address', host: 'desk', port: 9000 },
      { kind: 'address', host: '10.0.0.1', port: 8000 },
    ]);
  });

  test.each([
    '--user-data-dir=/tmp/x',
    '--no-sandbox',
    '--remote-debugging-port=0',
    '--use-gl=angle',
    '--inspect=0',
    '--enable-features=A,B',
    '--password-store=basic',
  ])('a switch of Chromium is passed on: %s', (argument) => {
    expect(parseCommandLine([argument, '--hidden']).hidden).toBe(true);
  });
});

test('a secret file is named from the folder where the command was given', () => {
  expect(parseCommandLine(['--share', '--secret-file=keys/s']).share?.secretFile).toBe('/work/keys/s');
});

test('the arguments that are ours', () => {
  expect(ownArguments(['/opt/TARNet/tarnet', '--share', 'tarnet://a'], false)).toEqual(['--share', 'tarnet://a']);
  expect(ownArguments(['electron', '--no-sandbox', '.', '--share', 'tarnet://a'], true)).toEqual([
    '--no-sandbox',
    '--share',
    'tarnet://a',
  ]);
});

describe('what is refused, naming itself', () => {
  test.each([
    [['--shere'], '--shere'],
    [['--share=yes'], '--share'],
    [['--display=2'], '--display'],
    [['--share', '--display=0'], '--display'],
    [['--share', '--display=two'], '--display'],
    [['--share', '--display=1.5'], '--display'],
    [['--share', '--display='], '--display'],
    [['--share', '--display'], '--display'],
    [['--share', '--accept=control'], '--accept'],
    [['--share', '--accept=all', '--secret-file=/s'], '--accept'],
    [['--accept=view', '--secret-file=/s'], '--accept'],
    [['--share', '--secret-file='], '--secret-file'],
    [['--secret-file=/s'], '--secret-file'],
    [['--connect=desk'], '--connect'],
    [['--connect=desk:0', '--secret-file=/s'], '--connect'],
    [['--connect=a b', '--secret-file=/s'], '--connect'],
    [['--connect', '--secret-file=/s'], '--connect'],
    [['--view-only'], '--view-only'],
    [['--share', '--fullscreen'], '--fullscreen'],
    [['--share', '--connect=desk', '--secret-file=/s'], '--connect'],
    [['--connect=desk', '--secret-file=/s', '--hidden'], '--hidden'],
    [['--relay-port=0'], '--relay-port'],
    [['--relay-port=65536'], '--relay-port'],
    [['--relay-port=-1'], '--relay-port'],
    [['--list', '--share'], '--list'],
    [['--gpu-launcher=x'], '--gpu-launcher'],
    [['--renderer-cmd-prefix=x'], '--renderer-cmd-prefix'],
    [['-x'], '-x'],
    [['desk'], 'arguments'],
    [['https://desk'], 'arguments'],
    [['tarnet://a b'], 'link'],
    [['tarnet://desk/path'], 'link'],
    [Array(65).fill('--hidden'), 'arguments'],
    [[`tarnet://${'a'.repeat(5000)}`], 'arguments'],
    [Array(5).fill('tarnet://a'), 'arguments'],
  ])('%j', (args, field) => {
    const error = refused(...args);
    expect(error.reason).toBe('malformed');
    expect(error.field?.replace(/^--(?=[a-z]$)/, '-')).toBe(field);
    expect(usageError(error)).toContain(error.field);
  });

  test('a switch that could start a program is not passed on', () => {
    expect(refused('--utility-cmd-prefix=xterm').field).toBe('--utility-cmd-prefix');
  });
});

test('the help names every option', () => {
  for (const option of [
    'share',
    'display',
    'accept',
    'secret-file',
    'connect',
    'view-only',
    'fullscreen',
    'relay-port',
    'no-discovery',
    'hidden',
    'list',
    'help',
    'version',
  ])
    expect(HELP).toContain(`--${option}`);
});

test('whatever the arguments are, they are understood or refused with a field', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('--share', '--display=', '--connect', '--secret-file=x', '--', '-', '--list', 'tarnet://', '--='),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (args) => {
      try {
        parseCommandLine(args);
      } catch (error) {
        expect(error).toBeInstanceOf(TarnetError);
        if (error instanceof TarnetError) expect(error.field).toBeTruthy();
      }
    }),
  );
});
