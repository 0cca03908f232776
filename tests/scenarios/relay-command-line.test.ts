// Owns the headless relay as its operator meets it: starting, wrong values, classic services, signals.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RelayProcess, runRelay } from '../processes/relay-process.ts';

const running: RelayProcess[] = [];
const start = (args: readonly string[], environment: Record<string, string> = {}): RelayProcess => {
  const relay = new RelayProcess(['--port=0', '--bind=127.0.0.1', ...args], environment);
  running.push(relay);
  return relay;
};

// The first start builds what all others run.
beforeAll(async () => expect((await runRelay(['--version'])).code).toBe(0), 60_000);
afterEach(async () => {
  for (const relay of running.splice(0)) {
    relay.child.kill('SIGKILL');
    await relay.ended;
  }
});

async function tcpAnswer(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(request);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function udpAnswer(port: number, request: string): Promise<string> {
  const socket = createSocket('udp4');
  socket.send(request, port, '127.0.0.1');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return answer.toString('utf8');
}

describe('the command line of the relay', () => {
  it('says what it can be told, and its version', async () => {
    const help = await runRelay(['--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('--classic-bind=ADDR');
    const version = await runRelay(['--version']);
    expect(version.stdout).toMatch(/^tarnet-relay \d+\.\d+\.\d+\n$/);
  });

  it('names a wrong value and its limit, and ends with 2', async () => {
    const { code, stderr } = await runRelay(['--port=70000']);
    expect(code).toBe(2);
    expect(stderr).toContain('--port: must be a whole number from 0 to 65535');
  });

  it('says that somebody else has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, stderr } = await runRelay([`--port=${port}`, '--bind=127.0.0.1']);
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot listen on port ${port}: another program has it; choose another one`);
    other.close();
    await once(other, 'close');
  });

  it('answers /healthz, and ends in order when it is told to', async () => {
    const relay = start([]);
    const answer = await fetch(`http://127.0.0.1:${await relay.port()}/healthz`);
    expect(answer.status).toBe(200);
    const { code, signal, stderr } = await relay.stop();
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  });

  it.each([
    ['npm, which started it, is told to end', false],
    ['everybody in the terminal is interrupted', true],
  ])('ends in order when %s', async (_, group) => {
    const npm = spawn('npm', ['run', '--silent', 'relay', '--', '--port=0', '--bind=127.0.0.1', '--log-format=json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const { pid = 0 } = npm;
    const lines = createInterface({ input: npm.stdout });
    const said: string[] = [];
    for await (const line of lines) {
      said.push(line);
      if (!line.includes('"ready"')) continue;
      if (group) process.kill(-pid, 'SIGINT');
      else npm.kill('SIGTERM');
    }
    // the relay has closed its output, or this would wait for ever
    expect(said.at(-1)).toContain('"relay closed"');
  });

  it('runs the classic services that it is told to run, and no other', async () => {
    const relay = start(['--classic=echo-tcp:0,echo-udp:0,commands:0']);
    await relay.port();
    expect(await tcpAnswer(await relay.classicPort('echo-tcp'), ' olá ')).toBe('OLÁ');
    expect(await udpAnswer(await relay.classicPort('echo-udp'), 'abc')).toBe('ABC');
    expect(await tcpAnswer(await relay.classicPort('commands'), 'ECHO\n')).toBe(
      'ECHO: Comando recebido com sucesso.\n',
    );
    expect(relay.lines.filter(({ message }) => message === 'listens, without encryption')).toHaveLength(3);
    expect((await relay.stop()).code).toBe(0);
  });
});
