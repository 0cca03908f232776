// Protocol v1 as its description has it, with hosts and clients that know nothing but the description.
import { sign } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { registrationStatement } from '../../shared/wire/control.ts';
import { makeKey, Stage } from './relay-peers.ts';
import { frame, V1Stage } from './v1-peers.ts';

let stage: V1Stage;
afterEach(() => stage.close());

const HOST = '6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c';
const OTHER_HOST = '0b7a0c2e-6c66-4d0f-8f7e-9b1d5a3c2e1f';
const CLIENT = 'c0ffee00-0000-4000-8000-000000000001';
const OTHER_CLIENT = 'c0ffee00-0000-4000-8000-000000000002';
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const command = (inner: object, clientId = CLIENT, hostId = HOST) => ({
  type: 'control_command',
  client_id: clientId,
  target_host: hostId,
  command: inner,
});
const CLICK = { type: 'mouse_click', x: 100, y: 200, button: 'left' };

describe('a v1 host', () => {
  it('is registered in a room of its own', async () => {
    stage = await V1Stage.open();
    const host = await stage.connect();
    host.send({ type: 'register_host', host_id: HOST, timestamp: 1695038402.5 });
    const answer = await host.next();
    expect(Object.keys(answer)).toEqual(['type', 'host_id', 'room_id', 'server_time']);
    expect(answer).toEqual({
      type: 'host_registered',
      host_id: HOST,
      room_id: `room_${HOST}`,
      server_time: expect.stringMatching(ISO),
    });
    host.send({ type: 'register_host', host_id: HOST, timestamp: 1695038403 });
    expect(await host.next()).toMatchObject({ type: 'host_registered', room_id: `room_${HOST}` });
  });

  it('shows every client of its room each frame as it sent it, and nobody else', async () => {
    stage = await V1Stage.open();
    const host = await stage.host(HOST);
    await stage.host(OTHER_HOST);
    const clients = [await stage.client(CLIENT, HOST), await stage.client(OTHER_CLIENT, HOST)];
    const stranger = await stage.client('another', OTHER_HOST);
    const idle = await stage.connect();
    for (const size of [10, 300_000, 2_500_000]) {
      const text = frame(HOST, size, size);
      host.send(text);
      for (const client of clients) await client.take('screen_frame');
      for (const client of clients) expect(client.texts.at(-1)).toBe(text);
    }
    await Promise.all([stranger.hosts(), idle.hosts()]);
    expect([...stranger.heard, ...idle.heard].filter(({ type }) => type === 'screen_frame')).toEqual([]);
  });

  it('gets the commands of its clients, all of them, in order', async () => {
    stage = await V1Stage.open();
    const host = await stage.host(HOST);
    const other = await stage.host(OTHER_HOST);
    const client = await stage.client(CLIENT, HOST);
    await stage.client(OTHER_CLIENT, OTHER_HOST);
    const commands = [
      CLICK,
      { type: 'mouse_move', x: 3, y: 4 },
      { type: 'mouse_down', x: 3, y: 4, button: 'right' },
      { type: 'mouse_up', x: 3, y: 4, button: 'right' },
      { type: 'mouse_scroll', x: 3, y: 4, dx: 0, dy: -2 },
      { type: 'key_press', key: 'enter' },
      { type: 'key_down', key: 'shift' },
      { type: 'key_up', key: 'shift' },
      { type: 'type_text', text: 'olá' },
    ];
    for (const inner of commands) client.send(command(inner));
    for (const inner of commands) expect(await host.next()).toEqual(command(inner));
    expect(host.texts[1]).toBe(JSON.stringify(command(CLICK)));
    await other.hosts();
    expect(other.heard.filter(({ type }) => type === 'control_command')).toEqual([]);
  });

  it.each(['leaves', 'is lost'])('that %s takes its room with it, and its clients are told', async (how) => {
    stage = await V1Stage.open();
    const host = await stage.host(HOST);
    const client = await stage.client(CLIENT, HOST);
    const elsewhere = await stage.host(OTHER_HOST);
    const stranger = await stage.client(OTHER_CLIENT, OTHER_HOST);
    if (how === 'leaves') host.socket.close();
    else host.socket.terminate();
    expect(await client.next()).toEqual({
      type: 'host_disconnected',
      host_id: HOST,
      timestamp: expect.stringMatching(ISO),
    });
    expect(await client.hosts()).toMatchObject({
      hosts: [{ host_id: OTHER_HOST }],
      server_stats: { total_hosts: 1, total_clients: 1 },
    });
    expect(stage.relay.counts()).toMatchObject({ rooms: 1, viewers: 1 });
    client.send(command(CLICK));
    expect(await client.next()).toMatchObject({ type: 'error', message: expect.stringContaining('type') });
    // it may stay and wait
    client.send({ type: 'register_client', client_id: CLIENT, target_host: HOST });
    expect(await client.next()).toMatchObject({ type: 'error', message: expect.stringContaining('target_host') });
    const back = await stage.host(HOST);
    client.send({ type: 'register_client', client_id: CLIENT, target_host: HOST });
    expect(await client.next()).toMatchObject({ type: 'client_registered', room_id: `room_${HOST}` });
    client.send(command(CLICK));
    expect(await back.next()).toMatchObject({ command: CLICK });
    await elsewhere.hosts();
    expect(stranger.heard.map(({ type }) => type)).toEqual(['client_registered']);
  });

  it('keeps its ID: whoever else claims it is refused, and the host notices nothing', async () => {
    stage = await V1Stage.open();
    const host = await stage.host(HOST);
    const client = await stage.client(CLIENT, HOST);
    const thief = await stage.connect();
    thief.send({ type: 'register_host', host_id: HOST, timestamp: 1 });
    expect(await thief.next()).toMatchObject({ type: 'error', message: expect.stringContaining('host_id') });
    thief.send(frame(HOST, 10));
    expect(await thief.next()).toMatchObject({ type: 'error', message: expect.stringContaining('type') });
    host.send(frame(HOST, 20, 20));
    expect(await client.next()).toMatchObject({ timestamp: 20 });
    expect(host.heard).toHaveLength(1);
  });

  it('whose line broke without a word gets its ID back within seconds', async () => {
    stage = await V1Stage.open();
    const dead = await stage.host(HOST);
    dead.socket.pause();
    const again = await stage.connect();
    again.send({ type: 'register_host', host_id: HOST, timestamp: 1 });
    expect(await again.next()).toMatchObject({ type: 'error' });
    await expect.poll(() => stage.relay.counts().rooms, { timeout: 5_000 }).toBe(0);
    again.send({ type: 'register_host', host_id: HOST, timestamp: 2 });
    expect(await again.next()).toMatchObject({ type: 'host_registered' });
  });
});

describe('a v1 client', () => {
  it('is registered, may go to another host, and leaves its old room by it', async () => {
    stage = await V1Stage.open();
    const first = await stage.host(HOST);
    const second = await stage.host(OTHER_HOST);
    const client = await stage.connect();
    client.send({ type: 'register_client', client_id: CLIENT, target_host: HOST });
    expect(await client.next()).toEqual({
      type: 'client_registered',
      client_id: CLIENT,
      target_host: HOST,
      room_id: `room_${HOST}`,
      server_time: expect.stringMatching(ISO),
    });
    client.send({ type: 'register_client', client_id: CLIENT, target_host: OTHER_HOST });
    await client.take('client_registered');
    first.send(frame(HOST, 5, 1));
    second.send(frame(OTHER_HOST, 5, 2));
    expect(await client.next()).toMatchObject({ type: 'screen_frame', host_id: OTHER_HOST });
    expect(await first.hosts()).toMatchObject({ hosts: [{ clients_connected: 0 }, { clients_connected: 1 }] });
  });

  it('cannot speak for another client, to another host, or as a host', async () => {
    stage = await V1Stage.open();
    const host = await stage.host(HOST);
    const other = await stage.host(OTHER_HOST);
    const client = await stage.client(CLIENT, HOST);
    await stage.client(OTHER_CLIENT, OTHER_HOST);
    const wrong: [object | string, string][] = [
      [command(CLICK, OTHER_CLIENT), 'client_id'],
      [command(CLICK, CLIENT, OTHER_HOST), 'target_host'],
      [frame(HOST, 5), 'type'],
      [{ type: 'register_host', host_id: 'mine', timestamp: 1 }, 'type'],
      [command({ type: 'run_program', path: 'x' }), 'command.type'],
      [command({ type: 'mouse_click', x: 'a', y: 1 }), 'command.x'],
      ['{"type":"get_hosts"', 'message'],
    ];
    for (const [message, field] of wrong) {
      client.send(message);
      const answer = await client.next();
      expect(Object.keys(answer)).toEqual(['type', 'message', 'timestamp']);
      expect(answer).toMatchObject({ type: 'error', timestamp: expect.stringMatching(ISO) });
      expect(String(answer.message).split(':')[0]).toBe(field);
    }
    client.send(command(CLICK));
    await host.take('control_command');
    await other.hosts();
    expect(other.heard.map(({ type }) => type)).toEqual(['host_registered', 'hosts_list']);
  });
});

describe('the list of hosts', () => {
  it('is for anyone, with times and counts', async () => {
    stage = await V1Stage.open();
    const anyone = await stage.connect();
    expect(await anyone.hosts()).toEqual({
      type: 'hosts_list',
      hosts: [],
      server_stats: { total_hosts: 0, total_clients: 0, messages_processed: 1 },
    });
    const host = await stage.host(HOST);
    const before = await anyone.hosts();
    expect(before.hosts).toEqual([
      { host_id: HOST, connected_at: expect.stringMatching(ISO), last_frame: null, clients_connected: 0 },
    ]);
    const client = await stage.client(CLIENT, HOST);
    host.send(frame(HOST, 5));
    await client.take('screen_frame');
    const list = await anyone.hosts();
    expect(list).toEqual({
      type: 'hosts_list',
      hosts: [
        {
          host_id: HOST,
          connected_at: expect.stringMatching(ISO),
          last_frame: expect.stringMatching(ISO),
          clients_connected: 1,
        },
      ],
      server_stats: { total_hosts: 1, total_clients: 1, messages_processed: 6 },
    });
    expect(anyone.texts.at(-1)).toMatch(
      /^\{"type":"hosts_list","hosts":\[\{"host_id":"[^"]+","connected_at":"[^"]+","last_frame":"[^"]+","clients_connected":1\}\],"server_stats":\{"total_hosts":1,"total_clients":1,"messages_processed":6\}\}$/,
    );
  });
});

describe('the log', () => {
  it('has the lines of the description, and never what was on a screen or typed', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('abc-123');
    const client = await stage.client('c-1', 'abc-123');
    host.send(JSON.stringify({ type: 'screen_frame', host_id: 'abc-123', data: 'c2VjcmV0', timestamp: 1 }));
    await client.take('screen_frame');
    client.send(command({ type: 'type_text', text: 'segredo' }, 'c-1', 'abc-123'));
    client.send(command({ type: 'key_press', key: 'f12' }, 'c-1', 'abc-123'));
    client.send({ type: 'nonsense' });
    await client.take('error');
    await client.hosts();
    client.socket.close();
    await client.end();
    host.socket.close();
    await host.end();
    await expect.poll(() => stage.lines.some((line) => line.includes('Host desconectado'))).toBe(true);
    const told = stage.lines
      .filter((line) => !/relay listens/.test(line))
      .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, ''));
    expect(told).toEqual([
      '- TARNetServer - INFO - Host registrado: abc-123 na sala room_abc-123',
      '- TARNetServer - INFO - Cliente registrado: c-1 na sala room_abc-123',
      '- TARNetServer - INFO - Primeiro quadro de abc-123: 75 bytes para clientes: 1',
      '- TARNetServer - DEBUG - Comando encaminhado: type_text de c-1 para abc-123',
      '- TARNetServer - DEBUG - Comando encaminhado: key_press de c-1 para abc-123',
      '- TARNetServer - WARNING - Mensagem recusada de 127.0.0.1: type: tipo desconhecido',
      '- TARNetServer - DEBUG - Lista de hosts enviada: 1 para 127.0.0.1',
      '- TARNetServer - INFO - Cliente desconectado: c-1 da sala room_abc-123 (encerrado)',
      '- TARNetServer - INFO - Host desconectado: abc-123 (encerrado); sala room_abc-123 removida, clientes avisados: 0',
    ]);
    expect(stage.lines.join('\n')).not.toMatch(/segredo|c2VjcmV0|f12/);
  });
});

describe('beside v2 on one port', () => {
  it('a v1 host is nobody to a v2 viewer, and a v2 host nobody to a v1 client', async () => {
    stage = await V1Stage.open();
    await stage.host('123456789');
    const viewer = stage.v2();
    await viewer.open();
    viewer.sendControl({ op: 'join', hostId: '123456789' });
    expect(await viewer.control('error')).toMatchObject({ reason: 'host-offline' });

    const client = await stage.connect();
    const v2host = await registerV2('987654321');
    client.send({ type: 'register_client', client_id: CLIENT, target_host: '987654321' });
    expect(await client.next()).toMatchObject({ type: 'error', message: expect.stringContaining('target_host') });
    expect(await client.hosts()).toMatchObject({ hosts: [{ host_id: '123456789' }] });
    expect(v2host.heard.filter(({ header }) => header.type !== 0x01)).toEqual([]);
  });

  it('both may have the same ID at the same time, and never meet', async () => {
    stage = await V1Stage.open();
    const plain = await stage.host('123456789');
    const sealed = await registerV2('123456789');
    const client = await stage.client(CLIENT, '123456789');
    plain.send(frame('123456789', 4, 77));
    expect(await client.next()).toMatchObject({ timestamp: 77 });
    client.send(command(CLICK, CLIENT, '123456789'));
    await plain.take('control_command');
    await sealed.roundTrip();
    expect(sealed.heard.filter(({ header }) => header.type !== 0x01 && header.type !== 0x40)).toEqual([]);
  });

  async function registerV2(hostId: string) {
    const key = makeKey();
    const host = await stage.v2().open();
    host.sendControl({ op: 'register', hostId, ed25519: key.raw });
    const { nonce } = await host.control('challenge');
    const signature = Uint8Array.from(sign(null, registrationStatement(nonce, hostId), key.privateKey));
    host.sendControl({ op: 'prove', signature });
    await host.control('registered');
    return host;
  }
});

describe('switched off, as it is unless somebody wants it', () => {
  it('whoever comes without a subprotocol is refused by HTTP, and told why', async () => {
    stage = await V1Stage.open({ v1: false });
    const response = await fetchUpgrade(stage.relay.port);
    expect(response).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(response).toContain('protocol v1 is switched off here: subprotocol tarnet.v2 required\n');
    await expect(stage.connect()).rejects.toThrow('not let in');
  });

  it('is what a relay of its own starts with', async () => {
    const plain = await Stage.open();
    expect(await fetchUpgrade(plain.relay.port)).toMatch(/^HTTP\/1\.1 403 /);
    await plain.close();
    stage = await V1Stage.open();
  });
});

async function fetchUpgrade(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'GET / HTTP/1.1\r\nHost: relay.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}
