// Owns the headless relay under an operator's hands: certificates, tokens, networks, limits, metrics, drain.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectByTls } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLOSE_CODES } from '../../shared/wire/close-codes.ts';
import { envelope, MessageType } from '../../shared/wire/envelope.ts';
import { RelayProcess, runRelay } from '../processes/relay-process.ts';
import { BarePeer, makeKey, picture, registerPeer } from './relay-peers.ts';

const HOST_TOKEN = 'host-token-0123456789abcdef';
const VIEWER_TOKEN = 'viewer-token-0123456789abcdef';
const ID = '123456789';

const running: RelayProcess[] = [];
const peers: BarePeer[] = [];
let folder: string;

beforeAll(async () => expect((await runRelay(['--version'])).code).toBe(0), 60_000);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tarnet-relay-'));
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.cut();
  for (const relay of running.splice(0)) {
    relay.child.kill('SIGKILL');
    await relay.ended;
  }
  rmSync(folder, { recursive: true });
});

function start(...args: string[]): RelayProcess {
  const relay = new RelayProcess(['--port=0', '--bind=127.0.0.1', ...args]);
  running.push(relay);
  return relay;
}

function peerOf(relay: number | string): BarePeer {
  const peer = new BarePeer(relay);
  peers.push(peer);
  return peer;
}

function write(name: string, content: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** A certificate for this name that signs itself, and its key. */
function certify(name: string, prefix: string): { cert: string; key: string } {
  const cert = path.join(folder, `${prefix}cert.pem`);
  const key = path.join(folder, `${prefix}key.pem`);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const args = [
    'req',
    '-x509',
    ...curve,
    '-nodes',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    key,
    '-out',
    cert,
  ];
  execFileSync('openssl', args, { stdio: 'ignore' });
  return { cert, key };
}

async function nameOnCertificate(port: number): Promise<string> {
  const socket = connectByTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

describe('certificates', () => {
  it('make it a relay for wss, and are read again when they change; bad ones leave the old in place', async () => {
    const files = certify('first.example', '');
    const relay = start(`--tls-cert=${files.cert}`, `--tls-key=${files.key}`);
    const port = await relay.port();
    const host = await peerOf(`wss://127.0.0.1:${port}/`).open();
    await registerPeer(host, ID, makeKey());
    const viewer = await peerOf(`wss://127.0.0.1:${port}/`).open();
    viewer.sendControl({ op: 'join', hostId: ID });
    const { peer } = await viewer.control('joined');
    host.send(envelope(MessageType.reliable, { peer }), new Uint8Array(1));
    host.send(...picture(0, 100_000, true));
    expect((await viewer.message(MessageType.media)).body).toHaveLength(100_000);
    expect(await nameOnCertificate(port)).toBe('first.example');
    expect(
      (
        await runRelay([
          '--health',
          `--port=${port}`,
          '--bind=127.0.0.1',
          `--tls-cert=${files.cert}`,
          `--tls-key=${files.key}`,
        ])
      ).code,
    ).toBe(0);

    const next = certify('second.example', 'next-');
    renameSync(next.cert, files.cert);
    renameSync(next.key, files.key);
    await relay.line('certificate loaded again');
    expect(await nameOnCertificate(port)).toBe('second.example');

    writeFileSync(files.key, 'no key at all');
    const complaint = await relay.line('the new certificate cannot be used, the old one stays');
    expect(complaint.field).toBe('tls-key');
    expect(await nameOnCertificate(port)).toBe('second.example');
    // Whoever was connected notices nothing of all that.
    await host.roundTrip();
    const { code } = await relay.stop();
    expect(code).toBe(0);
    expect(await host.end()).toMatchObject({ code: CLOSE_CODES['going-away'] });
  });

  it('change nothing about limits: sockets that are gone are not counted, whether they spoke TLS or not', async () => {
    const { cert, key } = certify('relay.example', '');
    const relay = start(`--tls-cert=${cert}`, `--tls-key=${key}`, '--max-connections-per-address=2');
    const port = await relay.port();
    for (let count = 0; count < 6; count += 1) {
      const peer = await peerOf(`wss://127.0.0.1:${port}/`).open();
      await peer.roundTrip();
      peer.cut();
      const plain = connect(port, '127.0.0.1', () => plain.end('GET / HTTP/1.1\r\n\r\n')).resume();
      plain.on('error', () => undefined);
      await once(plain, 'close');
    }
    const [first, second, third] = ['a', 'b', 'c'].map(() => peerOf(`wss://127.0.0.1:${port}/`));
    await first?.open();
    await second?.open();
    expect(await third?.end()).toMatchObject({ code: CLOSE_CODES['rate-limited'] });
    await first?.roundTrip();
  });

  it('that do not fit end it with 2, and say which', async () => {
    const one = certify('one.example', 'one-');
    const other = certify('other.example', 'other-');
    const unfit = await runRelay(['--port=0', `--tls-cert=${one.cert}`, `--tls-key=${other.key}`]);
    expect(unfit).toMatchObject({ code: 2 });
    expect(unfit.stderr).toContain('--tls-key:');
    const missing = await runRelay(['--port=0', `--tls-cert=${folder}/none.pem`], { TARNET_RELAY_TLS_KEY: one.key });
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain('--tls-cert: cannot be read');
  });
});

describe('tokens', () => {
  it('are asked of hosts and of viewers, may change while it runs, and are in no log', async () => {
    const hosts = write('hosts', HOST_TOKEN);
    const relay = start(
      `--host-token-file=${hosts}`,
      `--viewer-token-file=${write('viewers', VIEWER_TOKEN)}`,
      '--log-level=debug',
    );
    const port = await relay.port();
    const key = makeKey();
    const host = await peerOf(port).open();
    await registerPeer(host, ID, key, HOST_TOKEN);
    for (const token of [undefined, VIEWER_TOKEN]) {
      const stranger = await peerOf(port).open();
      stranger.sendControl({ op: 'register', hostId: '987654321', ed25519: key.raw, ...(token ? { token } : {}) });
      expect(await stranger.end()).toMatchObject({ code: CLOSE_CODES.unauthorised });
    }
    for (const hostId of [ID, '000000000']) {
      const stranger = await peerOf(port).open();
      stranger.sendControl({ op: 'join', hostId, token: HOST_TOKEN });
      // The same for an ID that is there and one that is not.
      expect(await stranger.end()).toEqual({
        code: CLOSE_CODES.unauthorised,
        reason: 'this relay serves only viewers that it knows',
      });
    }
    const viewer = await peerOf(port).open();
    viewer.sendControl({ op: 'join', hostId: ID, token: VIEWER_TOKEN });
    await viewer.control('joined');

    writeFileSync(hosts, `${HOST_TOKEN}-new`);
    await relay.line('tokens loaded again');
    const late = await peerOf(port).open();
    await registerPeer(late, '987654321', makeKey(), `${HOST_TOKEN}-new`);
    const { stdout, stderr } = await relay.stop();
    expect(stdout + stderr).not.toMatch(/token-0123/);
  });

  it('of a bad file end it with 2, without a word of the file', async () => {
    const { code, stderr } = await runRelay(['--port=0', `--host-token-file=${write('hosts', 'secret')}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('--host-token-file: line 1 is no token');
    expect(stderr).not.toContain('secret');
  });
});

describe('networks', () => {
  it('that are denied, or not allowed, cannot connect', async () => {
    for (const rule of ['--deny=127.0.0.0/8', '--allow=10.0.0.0/8,::1', '--deny=::ffff:127.0.0.0/104']) {
      const port = await start(rule).port();
      const socket = connect(port, '127.0.0.1').resume();
      await once(socket, 'close');
      expect(socket.bytesRead).toBe(0);
      expect(await peerOf(port).end()).toMatchObject({ code: 1006 });
    }
    const port = await start('--allow=127.0.0.1').port();
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});

describe('a proxy in front', () => {
  const behind = (port: number, client: string) => {
    const peer = new BarePeer(port, undefined, { 'X-Forwarded-For': `192.0.2.99, ${client}` });
    peers.push(peer);
    return peer;
  };

  it('that is trusted says whose address counts: for networks, limits, hosts and metrics', async () => {
    const port = await start(
      '--trusted-proxies=127.0.0.1',
      '--deny=198.51.100.0/24',
      '--max-connections-per-address=1',
      '--metrics=on',
    ).port();
    expect(await behind(port, '198.51.100.4').end()).toMatchObject({ code: 1006 });
    const host = await behind(port, '203.0.113.1').open();
    await registerPeer(host, ID, makeKey());
    expect(await behind(port, '203.0.113.1').end()).toMatchObject({ code: CLOSE_CODES['rate-limited'] });
    const viewer = await behind(port, '203.0.113.2').open();
    viewer.sendControl({ op: 'join', hostId: ID });
    expect(await host.control('peer-joined')).toMatchObject({ address: '203.0.113.2' });
    const metrics = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    expect((await metrics({ 'X-Forwarded-For': '203.0.113.9' })).status).toBe(404);
    expect((await metrics({})).status).toBe(200);
  });

  it('that is not is itself the client', async () => {
    const port = await start('--max-connections-per-address=2').port();
    const host = await behind(port, '203.0.113.1').open();
    await registerPeer(host, ID, makeKey());
    const viewer = await behind(port, '203.0.113.2').open();
    viewer.sendControl({ op: 'join', hostId: ID });
    expect(await host.control('peer-joined')).toMatchObject({ address: '127.0.0.1' });
    expect(await behind(port, '203.0.113.3').end()).toMatchObject({ code: CLOSE_CODES['rate-limited'] });
  });
});

describe('limits', () => {
  it('hold for what the operator has set', async () => {
    const port = await start('--registrations-per-minute=1', '--joins-per-minute=2', '--max-viewers=1').port();
    const host = await peerOf(port).open();
    await registerPeer(host, ID, makeKey());
    const second = await peerOf(port).open();
    second.sendControl({ op: 'register', hostId: '987654321', ed25519: makeKey().raw });
    expect(await second.end()).toMatchObject({ code: CLOSE_CODES['rate-limited'] });
    const viewer = await peerOf(port).open();
    viewer.sendControl({ op: 'join', hostId: ID });
    await viewer.control('joined');
    const [full, often] = [await peerOf(port).open(), await peerOf(port).open()];
    full.sendControl({ op: 'join', hostId: ID });
    expect(await full.end()).toMatchObject({ code: CLOSE_CODES['limit-reached'] });
    often.sendControl({ op: 'join', hostId: ID });
    expect(await often.end()).toMatchObject({ code: CLOSE_CODES['rate-limited'] });
  });

  it('of bytes slow a sender down and lose nothing', async () => {
    const port = await start('--bytes-per-second=200000').port();
    const host = await peerOf(port).open();
    await registerPeer(host, ID, makeKey());
    const viewer = await peerOf(port).open();
    viewer.sendControl({ op: 'join', hostId: ID });
    const { peer } = await viewer.control('joined');
    const startedAtMs = performance.now();
    const count = 120;
    for (let seq = 0; seq < count; seq += 1)
      host.send(envelope(MessageType.reliable, { peer, seq }), new Uint8Array(10_000));
    await viewer.until(() => viewer.ofType(MessageType.reliable).length === count, 'all messages');
    expect(viewer.ofType(MessageType.reliable).map(({ header }) => header.seq)).toEqual([...Array(count).keys()]);
    // 1.2 MB, of which 800 KB are the burst, and 64 KB more may be read at one go.
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_500);
  });

  it('of idleness close a viewer that does nothing, and not a host that waits', async () => {
    const port = await start('--idle-seconds=1').port();
    const host = await peerOf(port).open();
    await registerPeer(host, ID, makeKey());
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const viewer = await peerOf(port).open();
    viewer.sendControl({ op: 'join', hostId: ID });
    expect(await viewer.end()).toMatchObject({ code: CLOSE_CODES.timeout });
  });
});

describe('metrics', () => {
  it('are not there unless they were switched on', async () => {
    const port = await start().port();
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
  });

  it('count what happens, without addresses and IDs', async () => {
    const relay = start('--metrics=on', '--classic=chat:0');
    const port = await relay.port();
    const host = await peerOf(port).open();
    await registerPeer(host, ID, makeKey());
    const viewer = await peerOf(port).open();
    viewer.sendControl({ op: 'join', hostId: ID });
    await viewer.control('joined');
    const gone = await peerOf(port).open();
    gone.sendControl({ op: 'join', hostId: '000000000' });
    await gone.end();
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    const text = await answer.text();
    const figure = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')
          .at(-1),
      );
    expect(figure('tarnet_relay_rooms')).toBe(1);
    expect(figure('tarnet_relay_viewers')).toBe(1);
    expect(figure('tarnet_relay_connections_total')).toBe(3);
    expect(figure('tarnet_relay_hosts_registered_total')).toBe(1);
    expect(figure('tarnet_relay_received_messages_total')).toBeGreaterThanOrEqual(4);
    expect(figure('tarnet_relay_sent_bytes_total')).toBeGreaterThan(100);
    expect(figure('tarnet_relay_connections_closed_total{reason="host-offline"}')).toBe(1);
    expect(figure('tarnet_relay_classic_clients{service="chat"}')).toBe(0);
    expect(figure('tarnet_relay_nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
    expect(text).not.toMatch(/123456789|127\.0\.0\.1/);
  });

  it('are only for those whom the operator names', async () => {
    const port = await start('--metrics=on', '--metrics-allow=10.0.0.0/8').port();
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
  });
});

describe('the drain', () => {
  it('takes nobody in any more, tells everybody to go, and ends with 0', async () => {
    const relay = start();
    const port = await relay.port();
    const host = await peerOf(port).open();
    await registerPeer(host, ID, makeKey());
    const viewer = await peerOf(port).open();
    viewer.sendControl({ op: 'join', hostId: ID });
    await viewer.control('joined');
    expect(await relay.stop()).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect([await host.end(), await viewer.end()].map(({ code }) => code)).toEqual([4308, 4308]);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it('of a relay that is not there is what --health says', async () => {
    const relay = start();
    const port = await relay.port();
    const health = () => runRelay(['--health', `--port=${port}`, '--bind=127.0.0.1']);
    expect((await health()).code).toBe(0);
    await relay.stop();
    expect(await health()).toMatchObject({ code: 1, stderr: `tarnet-relay: no relay is well on port ${port}\n` });
  });
});
