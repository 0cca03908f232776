// The chat relay, the command service and the echoes, under clients written from their description.
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openActivityLog } from '../../electron/relay/classic/activity-log.ts';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { ClassicStage, openDescriptors } from './classic-stage.ts';

let stage: ClassicStage;
afterEach(() => stage.close());

const ECHO = 'ECHO: Comando recebido com sucesso.';
const ERROR = 'ERROR: Comando não reconhecido.';
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

describe('the chat relay', () => {
  it('passes what one client sends to every other, with its address and the time before it', async () => {
    stage = await ClassicStage.open('chat');
    const [ana, bia, caio] = [await stage.client(), await stage.client(), await stage.client()];
    await stage.knows(3);
    // a program sends no line end, a terminal does
    for (const sent of ['olá, 世界 🙂', 'olá, 世界 🙂\n', 'olá, 世界 🙂\r\n']) {
      ana.write(sent);
      for (const other of [bia, caio]) {
        const [, address, time, text] = /^\[(\S+) (\d{4}-.{14})\] (.*)$/.exec(await other.line()) ?? [];
        expect(address).toBe(`127.0.0.1:${ana.port}`);
        expect(time).toMatch(TIME);
        expect(text).toBe('olá, 世界 🙂');
      }
    }
    bia.write('oi\n');
    expect(await ana.line()).toContain(`[127.0.0.1:${bia.port} `);
    expect(ana.bytes).toHaveLength(0);
  });

  it('keeps characters whole however they come, and lets nobody steer another’s terminal', async () => {
    stage = await ClassicStage.open('chat');
    const [ana, bia] = [await stage.client(), await stage.client()];
    await stage.knows(2);
    await ana.writeSlowly('ação 🙂\n');
    expect(await bia.line()).toMatch(/\] ação 🙂$/);
    ana.write('a\x1b[2J\x07b\n');
    expect(await bia.line()).toMatch(/\] a\ufffd\[2J\ufffdb$/);
    ana.write('first\nsecond\n\n  \nthird\n');
    for (const text of ['first', 'second', 'third']) expect(await bia.line()).toMatch(new RegExp(`\\] ${text}$`));
  });

  it('cuts whoever does not read, and the others hear everything', async () => {
    const clock = new FakeClock();
    stage = await ClassicStage.open('chat', { clock });
    const [ana, deaf, bia] = [await stage.client(), await stage.client(), await stage.client()];
    await stage.knows(3);
    deaf.socket.pause();
    const text = 'x'.repeat(1_000);
    // The kernel's buffers have to be full first; the service's clock runs ahead, so that its rates slow nobody down.
    for (let rounds = 0; stage.service.clients === 3; rounds += 1) {
      expect(rounds).toBeLessThan(500);
      for (let count = 0; count < 100; count += 1) ana.write(`${text}\n`);
      for (let count = 0; count < 100; count += 1) expect((await bia.line()).endsWith(text)).toBe(true);
      clock.advance(1_000);
    }
    deaf.socket.resume();
    await deaf.over();
    ana.write('ainda aqui\n');
    expect(await bia.line()).toMatch(/\] ainda aqui$/);
  });

  it('is left in the orderly way, or not, and nobody minds', async () => {
    stage = await ClassicStage.open('chat');
    const [ana, bia, caio] = [await stage.client(), await stage.client(), await stage.client({ allowHalfOpen: true })];
    await stage.knows(3);
    caio.socket.end('adeus');
    expect(await ana.line()).toMatch(/\] adeus$/);
    await caio.finished();
    bia.write('ha');
    bia.abort();
    await expect.poll(() => stage.service.clients).toBe(1);
    const dora = await stage.client();
    dora.write('oi\n');
    let line = await ana.line();
    if (line.endsWith('] ha')) line = await ana.line();
    expect(line).toMatch(/\] oi$/);
  });
});

describe('the command service', () => {
  it('answers a program, which sends commands without any line end, exactly and at once', async () => {
    const clock = new FakeClock();
    stage = await ClassicStage.open('commands', { clock });
    const client = await stage.client();
    for (let count = 0; count < 3; count += 1) {
      client.write('ECHO');
      expect(await client.answer(ECHO)).toBe(ECHO);
    }
    client.write('TIME');
    expect(await client.answer('2023-09-18 12:00:02')).toMatch(TIME);
    client.write('EXIT');
    await client.finished();
    await client.over();
    expect(client.error).toBeNull();
    expect(client.bytes).toHaveLength(0);
  });

  it('answers what is no command after a moment', async () => {
    stage = await ClassicStage.open('commands');
    const client = await stage.client();
    for (const text of ['echo', 'ECHO?', 'ECHO TIME', 'rm -rf /', 'ação', '\u0000', 'x'.repeat(1_000)]) {
      client.write(text);
      expect(await client.answer(ERROR)).toBe(ERROR);
    }
  });

  it.each(['\n', '\r\n'])('answers a terminal, which sends lines ending in %j, with such lines', async (end) => {
    stage = await ClassicStage.open('commands');
    const client = await stage.client();
    client.write(`ECHO${end}TIME${end}${end}  ECHO  ${end}que?${end}`);
    expect(await client.answer(ECHO + end)).toBe(ECHO + end);
    expect((await client.answer(`2023-09-18 12:00:02${end}`)).trim()).toMatch(TIME);
    expect(await client.answer(ECHO + end)).toBe(ECHO + end);
    expect(await client.answer(ERROR + end)).toBe(ERROR + end);
    await client.writeSlowly(`ECHO${end}`);
    expect(await client.answer(ECHO + end)).toBe(ECHO + end);
    client.write(`EXIT${end}ECHO${end}`);
    await client.finished();
    expect(client.bytes).toHaveLength(0);
  });

  it('takes a command one byte at a time for one command', async () => {
    stage = await ClassicStage.open('commands');
    const client = await stage.client();
    await client.writeSlowly('ECHO');
    expect(await client.answer(ECHO)).toBe(ECHO);
    await client.writeSlowly('ECHO\n');
    expect(await client.answer(`${ECHO}\n`)).toBe(`${ECHO}\n`);
    expect(client.bytes).toHaveLength(0);
  });

  it('answers what came before the client shut its side, then shuts its own', async () => {
    stage = await ClassicStage.open('commands');
    const client = await stage.client({ allowHalfOpen: true });
    client.socket.end('ECHO\nTIM');
    await client.finished();
    expect(client.text).toBe(`${ECHO}\n${ERROR}`);
    expect(client.error).toBeNull();
    await expect.poll(() => stage.service.clients).toBe(0);
  });

  it('does not answer endless text for ever: whoever does not read is not read', async () => {
    stage = await ClassicStage.open('commands');
    const other = await stage.client();
    const flood = await stage.client();
    flood.socket.pause();
    flood.socket.on('error', () => undefined);
    const lines = Buffer.from('ECHO\n'.repeat(20_000));
    for (let count = 0; count < 40; count += 1) flood.write(lines);
    other.write('ECHO');
    expect(await other.answer(ECHO)).toBe(ECHO);
    flood.abort();
    await expect.poll(() => stage.service.clients).toBe(1);
  });

  it('closes whoever is idle, and whoever is gone without a word', async () => {
    const clock = new FakeClock();
    stage = await ClassicStage.open('commands', { clock });
    const busy = await stage.client();
    const idle = await stage.client({ allowHalfOpen: true });
    for (let minute = 0; minute < 6; minute += 1) {
      busy.write('ECHO');
      expect(await busy.answer(ECHO)).toBe(ECHO);
      clock.advance(59_000);
    }
    await idle.finished();
    // it does not shut its own side: it is not waited for either
    for (let second = 0; second < 5; second += 1) clock.advance(1_000);
    await expect.poll(() => stage.service.clients).toBe(1);
    busy.write('ECHO');
    expect(await busy.answer(ECHO)).toBe(ECHO);
  });

  it('writes down connections, messages, commands and disconnections', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tarnet-activity-'));
    const file = path.join(folder, 'activity.log');
    const activityLog = await openActivityLog(file, silentLog);
    stage = await ClassicStage.open('commands', { activityLog });
    const client = await stage.client();
    const name = `127.0.0.1:${client.port}`;
    client.write('ECHO\nTIME\nbom dia\x1b[0m\nEXIT\n');
    await client.over();
    await expect.poll(() => stage.service.clients).toBe(0);
    const rude = await stage.client();
    const rudeName = `127.0.0.1:${rude.port}`;
    rude.abort();
    await expect.poll(() => readFileSync(file, 'utf8')).toContain(`${rudeName} - disconnected (connection-lost)`);
    await activityLog.close();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    for (const line of lines) expect(line.slice(0, 19)).toMatch(TIME);
    expect(lines.map((line) => line.slice(22))).toEqual([
      `${name} - connected`,
      `${name} - command ECHO`,
      `${name} - command TIME`,
      `${name} - message "bom dia\ufffd[0m"`,
      `${name} - command EXIT`,
      `${name} - disconnected (ended)`,
      `${rudeName} - connected`,
      `${rudeName} - disconnected (connection-lost)`,
    ]);
    rmSync(folder, { recursive: true });
  });
});

describe('the TCP echo', () => {
  it('answers in upper case without the white space around', async () => {
    stage = await ClassicStage.open('echo-tcp');
    const clients = await Promise.all(Array.from({ length: 20 }, () => stage.client()));
    for (const [at, client] of clients.entries()) client.write(`  pedido ${at}: ação\r\n`);
    for (const [at, client] of clients.entries())
      expect(await client.answer(`PEDIDO ${at}: AÇÃO`)).toBe(`PEDIDO ${at}: AÇÃO`);
  });

  it('takes 1,024 bytes for one request, and more for several', async () => {
    stage = await ClassicStage.open('echo-tcp');
    const client = await stage.client();
    client.write('x'.repeat(1_024));
    expect(await client.answer('X'.repeat(1_024))).toBe('X'.repeat(1_024));
    client.write('é'.repeat(5_000));
    expect(await client.answer('É'.repeat(5_000))).toBe('É'.repeat(5_000));
    await client.writeSlowly('ação');
    expect(await client.answer('AÇÃO')).toBe('AÇÃO');
    client.write(' \n ');
    client.write('fim');
    client.socket.end();
    await client.finished();
    expect(client.text).toBe('FIM');
  });

  it('survives whoever resets, floods or does not read', async () => {
    stage = await ClassicStage.open('echo-tcp');
    const other = await stage.client();
    const before = openDescriptors();
    for (let round = 0; round < 20; round += 1) {
      const client = await stage.client();
      client.socket.pause();
      for (let count = 0; count < 20; count += 1) client.write(Buffer.alloc(64 * 1024, 0x61));
      client.abort();
    }
    other.write('oi');
    expect(await other.answer('OI')).toBe('OI');
    await expect.poll(() => stage.service.clients).toBe(1);
    if (before !== null) await expect.poll(openDescriptors).toBeLessThanOrEqual(before);
  });
});

describe('the UDP echo', () => {
  const sockets: DatagramSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });

  async function ask(request: Uint8Array | string, socket = createSocket('udp4')): Promise<string> {
    if (!sockets.includes(socket)) sockets.push(socket);
    socket.send(request, stage.service.port, '127.0.0.1');
    const [answer] = await once(socket, 'message');
    return String(answer);
  }

  it('answers a datagram in upper case, without the white space around, without any connection', async () => {
    stage = await ClassicStage.open('echo-udp');
    expect(await ask('  olá \n')).toBe('OLÁ');
    expect(await ask('x'.repeat(1_024))).toBe('X'.repeat(1_024));
    expect(await ask(' \n')).toBe('');
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => ask(`pedido ${at}`)));
    expect(answers).toEqual(Array.from({ length: 50 }, (_, at) => `PEDIDO ${at}`));
  });

  it('answers nothing that is too long, and nothing with more than was asked', async () => {
    stage = await ClassicStage.open('echo-udp');
    const socket = createSocket('udp4');
    const heard: string[] = [];
    socket.on('message', (answer) => heard.push(String(answer)));
    sockets.push(socket);
    for (const request of ['x'.repeat(1_025), 'x'.repeat(60_000), 'ŉ'.repeat(100)])
      socket.send(request, stage.service.port, '127.0.0.1');
    expect(await ask('fim', socket)).toBe('FIM');
    expect(heard).toEqual(['FIM']);
  });

  it('is no amplifier: one address gets so many answers a second', async () => {
    stage = await ClassicStage.open('echo-udp', { clock: new FakeClock() });
    const socket = createSocket('udp4');
    sockets.push(socket);
    let answers = 0;
    socket.on('message', () => {
      answers += 1;
    });
    for (let count = 0; count < 1_000; count += 1)
      await new Promise((resolve) => socket.send('x', stage.service.port, '127.0.0.1', resolve));
    await expect.poll(() => answers).toBeGreaterThan(100);
    await new Promise((resolve) => socket.send('x', stage.service.port, '127.0.0.1', resolve));
    expect(answers).toBeLessThanOrEqual(400);
  });
});
