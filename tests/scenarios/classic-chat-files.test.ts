// The chat and file service, under a client written from its description.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHAT_FILES_LIMITS } from '../../electron/relay/classic/chat-files.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { type FileClient, frameOf } from './classic-clients.ts';
import { ClassicStage, openDescriptors } from './classic-stage.ts';

const BIG_BYTES = 12 * 1024 * 1024 + 77;
const big = randomBytes(BIG_BYTES);
let folder = '';
let stage: ClassicStage;

beforeAll(() => {
  const outside = mkdtempSync(path.join(tmpdir(), 'tarnet-classic-'));
  folder = path.join(outside, 'given-away');
  mkdirSync(path.join(folder, 'inside'), { recursive: true });
  writeFileSync(path.join(outside, 'secret.txt'), 'secret');
  writeFileSync(path.join(folder, 'grande.bin'), big);
  writeFileSync(path.join(folder, 'olá mundo.txt'), 'conteúdo\n');
  writeFileSync(path.join(folder, 'empty'), '');
  writeFileSync(path.join(folder, '.hidden'), 'hidden');
  symlinkSync(path.join(outside, 'secret.txt'), path.join(folder, 'link.txt'));
});
afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }));
afterEach(() => stage.close());

const open = (options: Parameters<typeof ClassicStage.open>[1] = {}) =>
  ClassicStage.open('chat-files', { filesFolder: folder, ...options });

/** Somebody who notices nothing of what others do: may chat and gets a file. */
async function expectItWorks(client: FileClient): Promise<void> {
  client.write(frameOf('CHAT', 'tudo bem?'));
  while ((await client.chat()) !== 'tudo bem?');
  client.ask('olá mundo.txt');
  expect((await client.download()).content.toString()).toBe('conteúdo\n');
}

describe('a file', () => {
  it('over 10 MB comes as FROK, FMTA, FHSH and pieces of 8 KiB, with the hash of the whole', async () => {
    stage = await open();
    const client = await stage.fileClient();
    client.ask('grande.bin');
    const file = await client.download();
    expect(file.order).toEqual(['FROK', 'FMTA', 'FHSH', 'FDAT']);
    expect(file).toMatchObject({ name: 'grande.bin', sizeBytes: BIG_BYTES });
    expect(file.content.equals(big)).toBe(true);
    expect(file.hashes[0]).toEqual(file.hashes[1]);
    expect(new Set(file.pieceSizes.slice(0, -1))).toEqual(new Set([8192]));
    expect(file.pieceSizes.at(-1)).toBe(BIG_BYTES % 8192);
  });

  it('of nothing has no pieces, and one with other letters in its name keeps them', async () => {
    stage = await open();
    const client = await stage.fileClient();
    client.ask('empty');
    expect(await client.download()).toMatchObject({ sizeBytes: 0, order: ['FROK', 'FMTA', 'FHSH'] });
    client.ask('olá mundo.txt');
    expect(await client.download()).toMatchObject({ name: 'olá mundo.txt', sizeBytes: 10 });
  });

  it.each([
    'not-there',
    '',
    '.',
    '..',
    '../secret.txt',
    '..\\secret.txt',
    '/etc/passwd',
    'inside',
    'inside/',
    './empty',
    'link.txt',
    '.hidden',
    'empty\u0000.txt',
    'C:empty',
    'con',
    'LPT1.txt',
    'empty ',
    'empty.',
    '\u202etxt.exe',
    'x'.repeat(300),
  ])('called %j is refused with FERR, and the connection stays', async (name) => {
    stage = await open();
    const client = await stage.fileClient();
    client.ask(name);
    const { type, payload } = await client.reply();
    expect(type).toBe('FERR');
    expect(payload.toString('utf8')).toMatch(/^(Nome de arquivo inválido|Arquivo não encontrado)\.$/);
    client.ask('empty');
    expect((await client.download()).sizeBytes).toBe(0);
  });

  it('whose line broke is had by asking again', async () => {
    stage = await open();
    const first = await stage.fileClient();
    first.ask('grande.bin');
    await first.until(() => first.bytes.length > 1_000_000, 'a part of the file');
    first.abort();
    const again = await stage.fileClient();
    again.ask('grande.bin');
    expect((await again.download()).content.equals(big)).toBe(true);
  });

  it('still comes after the client has shut its own side, and then the server shuts its own', async () => {
    stage = await open();
    const client = await stage.fileClient({ allowHalfOpen: true });
    client.ask('grande.bin');
    client.socket.end();
    expect((await client.download()).content.equals(big)).toBe(true);
    await client.finished();
    expect(client.error).toBeNull();
  });

  it('comes whole to many clients at once', async () => {
    stage = await open();
    const clients = await Promise.all(Array.from({ length: 24 }, () => stage.fileClient()));
    const files = await Promise.all(
      clients.map((client) => {
        client.ask('grande.bin');
        return client.download();
      }),
    );
    for (const { hashes } of files) expect(hashes[0]).toEqual(hashes[1]);
  });

  it('that becomes shorter on the way ends the connection, and nothing else', async () => {
    writeFileSync(path.join(folder, 'changing.bin'), big);
    stage = await open();
    const other = await stage.fileClient();
    const client = await stage.fileClient();
    client.socket.pause();
    client.ask('changing.bin');
    await expectItWorks(other);
    truncateSync(path.join(folder, 'changing.bin'), 1_000);
    client.socket.resume();
    await expect(client.download()).rejects.toThrow(/mudou|FERR|closed/);
    await client.finished();
    await expectItWorks(other);
  });
});

describe('a chat', () => {
  it('goes to every client, the sender too, also in the middle of a file', async () => {
    stage = await open();
    const clients = await Promise.all([stage.fileClient(), stage.fileClient(), stage.fileClient()]);
    const [sender, listener, loader] = clients;
    await stage.knows(3);
    loader!.ask('grande.bin');
    sender!.write(frameOf('CHAT', 'olá, 世界 🙂'));
    expect(await sender!.chat()).toBe('olá, 世界 🙂');
    expect(await listener!.chat()).toBe('olá, 世界 🙂');
    expect((await loader!.download()).content.equals(big)).toBe(true);
    if (loader!.chats.length === 0) expect(await loader!.chat()).toBe('olá, 世界 🙂');
  });

  it('that is no UTF-8 is refused, and nobody hears it', async () => {
    stage = await open();
    const sender = await stage.fileClient();
    const listener = await stage.fileClient();
    await stage.knows(2);
    sender.write(frameOf('CHAT', Uint8Array.of(0xc3, 0x28)));
    expect(await sender.reply()).toMatchObject({ type: 'FERR' });
    sender.write(frameOf('CHAT', 'depois'));
    expect(await listener.chat()).toBe('depois');
  });
});

describe('frames', () => {
  it('may come one byte at a time, or many in one packet', async () => {
    stage = await open();
    const client = await stage.fileClient();
    await client.writeSlowly(Buffer.concat([frameOf('CHAT', 'devagar'), frameOf('FILE', 'empty')]));
    expect(await client.chat()).toBe('devagar');
    expect((await client.download()).sizeBytes).toBe(0);
    const many = Array.from({ length: 50 }, (_, at) => frameOf('CHAT', `mensagem ${at}`));
    client.write(Buffer.concat([...many, frameOf('FILE', 'empty'), frameOf('QUIT')]));
    for (let at = 0; at < 50; at += 1) expect(await client.chat()).toBe(`mensagem ${at}`);
    await client.finished();
    expect(client.error).toBeNull();
  });

  it('QUIT ends the connection in the orderly way', async () => {
    stage = await open();
    const client = await stage.fileClient();
    client.write(frameOf('QUIT'));
    await client.finished();
    await client.over();
    expect(client.error).toBeNull();
    await expect.poll(() => stage.service.clients).toBe(0);
  });

  it.each<[string, Uint8Array]>([
    ['promises all the bytes there are', frameOf('CHAT', 'x', 2n ** 64n - 1n)],
    ['promises a terabyte', frameOf('FILE', 'x', 2n ** 40n)],
    ['promises a little too much', frameOf('CHAT', 'x', 16n * 1024n + 1n)],
    ['says goodbye with a payload', frameOf('QUIT', 'x')],
    ['is of a type for clients', frameOf('FDAT', 'x')],
    ['is of no type', frameOf('    ', 'x')],
    ['is a line of HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['is zeros', Buffer.alloc(100)],
  ])('whose header %s end the connection with FERR; nobody else notices', async (_what, bytes) => {
    stage = await open();
    const other = await stage.fileClient();
    const client = await stage.fileClient();
    client.write(bytes);
    expect(await client.reply()).toMatchObject({ type: 'FERR' });
    await client.finished();
    await expectItWorks(other);
  });

  it('whose rest never comes are not waited for for ever, and cost nothing meanwhile', async () => {
    const clock = new FakeClock();
    stage = await open({ clock });
    const other = await stage.fileClient();
    const half = await stage.fileClient();
    const shut = await stage.fileClient({ allowHalfOpen: true });
    half.write(frameOf('CHAT', 'x'.repeat(10_000)).subarray(0, 5_000));
    shut.socket.end(frameOf('CHAT', 'xxxx').subarray(0, 13));
    expect(await shut.reply()).toMatchObject({ type: 'FERR' });
    await shut.finished();
    await expectItWorks(other);
    clock.advance(31_000);
    expect(await half.reply()).toMatchObject({ type: 'FERR' });
    await half.finished();
    expect(stage.service.clients).toBeGreaterThanOrEqual(1);
    await expectItWorks(other);
  });
});

describe('a client', () => {
  it('that does not read holds nobody up, costs little, and gets everything once it reads', async () => {
    stage = await open();
    const other = await stage.fileClient();
    const slow = await stage.fileClient();
    slow.socket.pause();
    slow.ask('grande.bin');
    await expectItWorks(other);
    slow.socket.resume();
    const { hashes } = await slow.download();
    expect(hashes[0]).toEqual(hashes[1]);
  });

  it('that never reads again is cut; one that says nothing is sent home', async () => {
    const clock = new FakeClock();
    stage = await open({ clock });
    const stalled = await stage.fileClient();
    const silent = await stage.fileClient({ allowHalfOpen: true });
    stalled.socket.pause();
    for (let count = 0; count < 8; count += 1) stalled.ask('grande.bin');
    // The kernel's buffers have to be full first.
    const other = await stage.fileClient();
    await expectItWorks(other);
    const later = () => {
      clock.advance(5_000);
      return stage.service.clients;
    };
    await expect.poll(later, { timeout: 20_000 }).toBe(2);
    await expectItWorks(other);
    for (let minute = 0; minute < 31; minute += 1) clock.advance(60_000);
    await silent.finished();
    silent.socket.end();
    expect(silent.error).toBeNull();
  });

  it('may ask for so many files ahead, and is told when there are more', async () => {
    stage = await open();
    const client = await stage.fileClient();
    client.socket.pause();
    for (let count = 0; count < CHAT_FILES_LIMITS.maxWaitingFiles + 3; count += 1) client.ask('grande.bin');
    const other = await stage.fileClient();
    await expectItWorks(other);
    client.socket.resume();
    let refused = 0;
    let ended = 0;
    while (refused < 3) {
      const { type } = await client.reply();
      if (type === 'FERR') refused += 1;
      if (type === 'FROK') ended += 1;
      expect(ended).toBeLessThanOrEqual(CHAT_FILES_LIMITS.maxWaitingFiles);
    }
  });

  it('that is reset in the middle of anything leaves nothing open', async () => {
    stage = await open();
    const other = await stage.fileClient();
    await expectItWorks(other);
    const before = openDescriptors();
    for (let round = 0; round < 20; round += 1) {
      const client = await stage.fileClient();
      client.ask('grande.bin');
      client.write(frameOf('CHAT', 'x'.repeat(1_000)).subarray(0, 500));
      if (round % 2 === 0) await client.until(() => client.bytes.length > 100_000, 'a part of the file');
      client.abort();
    }
    await expect.poll(() => stage.service.clients).toBe(1);
    if (before !== null) await expect.poll(openDescriptors).toBeLessThanOrEqual(before);
    await expectItWorks(other);
  });
});
