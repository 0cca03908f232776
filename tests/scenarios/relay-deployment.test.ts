// Owns the relay's Dockerfiles, compose file and systemd unit: what they say is parsed, and what they run is run.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CLASSIC_SERVICES } from '../../electron/relay/classic/classic-services.ts';
import { parseCli } from '../../electron/relay/cli-parse.ts';
import { runRelay } from '../processes/relay-process.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, 'resources/relay');
const textOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');

interface Instruction {
  word: string;
  rest: string;
}

/** The instructions of a Dockerfile, by stage; continued lines are joined. */
function stagesOf(name: string): Instruction[][] {
  const lines = textOf(name)
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'FROM') stages.push([]);
    stages.at(-1)?.push({ word, rest });
  }
  return stages;
}

const only = (stage: readonly Instruction[], word: string) =>
  stage.filter((one) => one.word === word).map(({ rest }) => rest);
const argumentsOf = (text: string): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];

describe('the image of the relay', () => {
  const [build = [], final = []] = stagesOf('Dockerfile');
  const environment = Object.fromEntries(
    only(final, 'ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('=') as [string, string])),
  );
  const [command = ''] = only(final, 'ENTRYPOINT');
  const [health = ''] = only(final, 'HEALTHCHECK');
  let image: string;
  let child: ChildProcess | null = null;

  beforeAll(async () => {
    expect((await runRelay(['--version'])).code).toBe(0);
    // What the last stage copies, and nothing else: no node_modules, no sources.
    image = mkdtempSync(path.join(tmpdir(), 'tarnet-image-'));
    for (const rest of only(final, 'COPY')) {
      const [, from = '', to = ''] = /^--from=build \/src\/(\S+) (\S+)$/.exec(rest) ?? [];
      mkdirSync(path.dirname(path.join(image, to)), { recursive: true });
      cpSync(path.join(ROOT, from), path.join(image, to));
    }
  }, 60_000);
  afterAll(async () => {
    child?.kill('SIGKILL');
    rmSync(image, { recursive: true });
  });

  const run = (text: string, more: Record<string, string>) => {
    const [program = '', ...args] = argumentsOf(text);
    return spawn(program, args, {
      cwd: image,
      env: { PATH: process.env.PATH ?? '', ...environment, ...more },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  };
  const exitOf = (process: ChildProcess) => new Promise<number | null>((resolve) => process.once('close', resolve));

  it('is small, is made of what is there, and does not run as root', () => {
    expect(only(final, 'FROM')).toEqual(['node:22-alpine']);
    expect(only(final, 'RUN')).toEqual([]);
    expect(only(final, 'USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    for (const rest of only(build, 'COPY'))
      for (const from of rest.split(' ').slice(0, -1)) expect(existsSync(path.join(ROOT, from)), from).toBe(true);
    const kept = textOf('Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    for (const rest of only(build, 'COPY'))
      for (const from of rest.split(' ').slice(0, -1)) expect(kept).toContain(from);
    const bytes = only(final, 'COPY').reduce(
      (sum, rest) => sum + statSync(path.join(image, rest.split(' ').at(-1) ?? '')).size,
      0,
    );
    expect(bytes).toBeLessThan(2_000_000);
  });

  it('runs by its own command, and its health check tells whether it is well', async () => {
    const port = String(20_000 + Math.floor(Math.random() * 20_000));
    const where = { TARNET_RELAY_PORT: port, TARNET_RELAY_BIND: '127.0.0.1' };
    expect(await exitOf(run(health, where))).toBe(1);
    const relay = run(command, where);
    child = relay;
    const first = await new Promise<string>((resolve) =>
      relay.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk))),
    );
    expect(JSON.parse(first.split('\n')[0] ?? '')).toMatchObject({ logger: 'TARNetServer', port: Number(port) });
    expect(await exitOf(run(health, where))).toBe(0);
    relay.kill(only(final, 'STOPSIGNAL')[0] as NodeJS.Signals);
    expect(await exitOf(relay)).toBe(0);
    expect(await exitOf(run(health, where))).toBe(1);
  });
});

describe('the compose file', () => {
  const { services } = parse(textOf('compose.yaml')) as {
    services: Record<
      string,
      Record<string, unknown> & { environment?: Record<string, string>; build: { dockerfile: string; context: string } }
    >;
  };
  const { relay, capture } = services;

  it('starts the relay with options that it takes, and the chat where people look for it', () => {
    const request = parseCli([], relay?.environment ?? {}, () => '{}');
    expect(request).toMatchObject({
      command: 'run',
      options: { classic: [{ name: 'chat', port: CLASSIC_SERVICES.chat.usualPort }] },
    });
    expect(relay?.ports).toEqual(['8000:8000', '127.0.0.1:4333:4333']);
    expect(relay).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    for (const { build } of Object.values(services))
      expect(existsSync(path.resolve(FOLDER, build.context, build.dockerfile))).toBe(true);
  });

  it('captures what passes in the relay’s own network, on demand', () => {
    expect(capture).toMatchObject({ network_mode: 'service:relay', profiles: ['capture'], cap_add: ['NET_RAW'] });
    const [stage = []] = stagesOf('capture.Dockerfile');
    const [entry = ''] = only(stage, 'ENTRYPOINT');
    const [filter = ''] = only(stage, 'CMD');
    const args = argumentsOf(entry);
    expect(args[0]).toBe('tcpdump');
    // The very options and filter, which tcpdump only compiles here: -d, for Ethernet in place of a device.
    const options = [...args.slice(3), ...argumentsOf(filter)];
    const compiled = spawnSync('tcpdump', ['-d', '-y', 'EN10MB', ...options], { encoding: 'utf8' });
    expect(compiled.stderr).toBe('');
    expect(compiled.stdout).toContain('ret');
  });
});

describe('the systemd unit', () => {
  const unit = textOf('tarnet-relay.service');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  it('runs the file that the build makes, with a configuration that the relay takes', () => {
    const [program, file = '', config = ''] = setting('ExecStart').split(' ');
    expect(program).toBe('/usr/bin/node');
    expect(existsSync(path.join(ROOT, file.replace('/opt/tarnet-relay/', '')))).toBe(true);
    const request = parseCli([config], {}, (name) => {
      expect(name).toBe('/etc/tarnet-relay/relay.json');
      return textOf('relay.json');
    });
    expect(request).toMatchObject({
      command: 'run',
      options: { port: 443, v1: false, 'public-url': 'wss://relay.example/' },
    });
  });

  it('gives it as little as it needs', () => {
    expect(setting('DynamicUser')).toBe('yes');
    expect(setting('NoNewPrivileges')).toBe('yes');
    expect(setting('ProtectSystem')).toBe('strict');
    expect(setting('CapabilityBoundingSet')).toBe('CAP_NET_BIND_SERVICE');
    expect(setting('RestartPreventExitStatus')).toBe('2');
  });
});
