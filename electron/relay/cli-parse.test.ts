import { describe, expect, it } from 'vitest';
import { HELP } from './cli-help.ts';
import { OPTION_NAMES } from './cli-options.ts';
import { CLI_LIMITS, parseCli } from './cli-parse.ts';
import { speaksV1 } from './cli-run.ts';

const noConfig = (): string => {
  throw new Error('no such file');
};
const optionsOf = (args: string[], environment: Record<string, string> = {}, config = '{}') => {
  const request = parseCli(args, environment, () => config);
  if (request.command !== 'run') throw new Error(request.command);
  return request.options;
};

describe('the options of the relay', () => {
  it('have defaults', () => {
    expect(optionsOf([])).toMatchObject({
      port: 8000,
      bind: '::',
      classic: [],
      'classic-bind': '127.0.0.1',
      metrics: false,
    });
  });

  it('come from a flag before the environment, and from there before the file', () => {
    const config = '{"port": 1, "max-rooms": 1, "max-viewers": 1}';
    const environment = { TARNET_RELAY_CONFIG: 'F', TARNET_RELAY_PORT: '2', TARNET_RELAY_MAX_ROOMS: '2' };
    expect(optionsOf(['--port=3'], environment, config)).toMatchObject({ port: 3, 'max-rooms': 2, 'max-viewers': 1 });
  });

  it('take lists as text and as an array', () => {
    const wanted = [
      { name: 'chat', port: 4333 },
      { name: 'echo-tcp', port: 0 },
    ];
    expect(optionsOf(['--classic=chat, echo-tcp:0']).classic).toEqual(wanted);
    expect(optionsOf(['--config=F'], {}, '{"classic": ["chat", "echo-tcp:0"]}').classic).toEqual(wanted);
    expect(optionsOf(['--allow=10.0.0.0/8,::1']).allow?.has('10.1.1.1')).toBe(true);
  });

  it('take on and off as words, and as true and false in a file', () => {
    expect(optionsOf(['--metrics=on', '--v1=off'])).toMatchObject({ metrics: true, v1: false });
    expect(optionsOf(['--config=F'], {}, '{"metrics": true, "v1": false}')).toMatchObject({ metrics: true, v1: false });
  });

  it('ignore variables that are set to nothing, and those of others', () => {
    expect(optionsOf([], { TARNET_RELAY_PORT: '', PORT: '7' }).port).toBe(8000);
  });

  it.each([
    [['--port=65536'], '--port: must be a whole number from 0 to 65535'],
    [['--port=-1'], '--port: must be a whole number from 0 to 65535'],
    [['--port=8e3'], '--port: must be a whole number from 0 to 65535'],
    [['--port'], '--port: needs a value'],
    [['--bind=localhost'], '--bind: must be an IP address'],
    [['--prot=1'], '--prot: no such option'],
    [['8000'], '8000: no such option'],
    [['--help=1'], '--help: takes no value'],
    [['--v1=maybe'], '--v1: must be on or off'],
    [['--v1-origins=painel.example'], '--v1-origins: must be origins such as https://painel.example, or *'],
    [['--classic=chat,ftp'], '--classic: "ftp" is none of: chat-files, chat, commands, echo-tcp, echo-udp'],
    [['--classic=chat,chat'], '--classic: names a service twice'],
    [['--classic=chat:70000'], '--classic: the port of chat must be from 0 to 65535'],
    [['--classic=chat-files'], '--classic: chat-files needs --files-dir=DIR'],
    [['--allow=10.0.0.0/40'], '--allow: "10.0.0.0/40" is no ADDRESS or ADDRESS/BITS'],
    [['--tls-cert=c.pem'], '--tls-cert: needs --tls-key=FILE'],
    [['--tls-key=k.pem'], '--tls-key: needs --tls-cert=FILE'],
    [['--redis=http://x'], '--redis: must be a URL that begins with redis:// or rediss://'],
    [['--public-url=relay.example'], '--public-url: must be a URL that begins with ws:// or wss://'],
    [['--log-format=xml'], '--log-format: must be one of: text, json'],
    [['--log-level=loud'], '--log-level: must be one of: debug, info, warn, error'],
    [['--max-rooms=0'], '--max-rooms: must be a whole number from 1 to 100000'],
    [['--bytes-per-second=5'], '--bytes-per-second: must be 0 or a whole number from 16384'],
    [['--idle-seconds=-1'], '--idle-seconds: must be a whole number from 0 to 604800'],
    [Array.from({ length: CLI_LIMITS.arguments + 1 }, () => '--port=1'), 'arguments: too many'],
  ])('%j is refused', (args, message) => expect(() => parseCli(args, {}, noConfig)).toThrow(message));

  it.each([
    [{ TARNET_RELAY_PORT: 'x' }, 'TARNET_RELAY_PORT: must be a whole number from 0 to 65535'],
    [{ TARNET_RELAY_PROT: '1' }, 'TARNET_RELAY_PROT: no such option'],
    [{ TARNET_RELAY_CONFIG: 'F' }, 'TARNET_RELAY_CONFIG: cannot be read: no such file'],
  ])('%j is refused', (environment, message) => expect(() => parseCli([], environment, noConfig)).toThrow(message));

  it.each([
    ['{', '--config: is no JSON'],
    ['[]', '--config: must be an object'],
    ['{"port": "many"}', '"port" in the configuration file: must be a whole number from 0 to 65535'],
    ['{"prot": 1}', '"prot" in the configuration file: no such option'],
    ['{"__proto__": {"port": 1}, "constructor": 1}', 'in the configuration file: no such option'],
  ])('a file with %s is refused', (config, message) =>
    expect(() => parseCli(['--config=F'], {}, () => config)).toThrow(message),
  );

  it('are all in the help', () => {
    for (const name of OPTION_NAMES) expect(HELP).toContain(`  --${name}=`);
    expect(Math.max(...HELP.split('\n').map((line) => line.length))).toBeLessThanOrEqual(140);
  });
});

describe('the protocol without encryption', () => {
  it.each([
    [[], false],
    [['--bind=0.0.0.0'], false],
    [['--bind=203.0.113.5'], false],
    [['--bind=127.0.0.1'], true],
    [['--bind=192.168.1.4'], true],
    [['--bind=127.0.0.1', '--public-url=wss://relay.example/'], false],
    [['--bind=127.0.0.1', '--v1=off'], false],
    [['--public-url=wss://relay.example/', '--v1=on'], true],
  ])('with %j is spoken: %s', (args, spoken) => expect(speaksV1(optionsOf(args))).toBe(spoken));
});
