// What no well-behaved peer sends, with real sockets: it costs whoever sends it the connection, and nobody else anything.
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FRONT_DOOR_LIMITS } from '../../electron/relay/front-door.ts';
import { encodeControl } from '../../shared/wire/control.ts';
import { ENVELOPE_LIMITS, EVERYBODY, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { type BarePeer, makeKey, picture, Stage } from './relay-peers.ts';

let stage: Stage;
afterEach(() => stage.close());

const bytes = (...values: number[]) => Uint8Array.from(values);
const control = (body: Uint8Array) => Buffer.concat([bytes(MessageType.control, ...Array(11).fill(0)), body]);

async function expectRefusal(peer: BarePeer, code: number, refusal: object): Promise<void> {
  expect(await peer.control('error')).toMatchObject(refusal);
  expect((await peer.end()).code).toBe(code);
}

/** A raw socket to the relay's port, and all that came back when it has ended. */
async function raw(): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(stage.relay.port, '127.0.0.1').setNoDelay(true);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  const answer = new Promise<string>((resolve) =>
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('latin1'))),
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, answer };
}

const upgrade = (subprotocol: string | null, more: string[] = []) =>
  [
    'GET / HTTP/1.1',
    'Host: relay.test',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...(subprotocol === null ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    ...more,
    '',
    '',
  ].join('\r\n');

describe('an upgrade', () => {
  it('may come one byte at a time, and so may the messages after it', async () => {
    stage = await Stage.open();
    const { socket } = await raw();
    const seen: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => seen.push(chunk));
    const text = () => Buffer.concat(seen).toString('latin1');
    const join = control(encodeControl({ op: 'join', hostId: '123456789' }));
    const frame = Buffer.concat([bytes(0x82, 0x80 | join.length, 0, 0, 0, 0), join]);
    for (const byte of Buffer.concat([Buffer.from(upgrade(SUBPROTOCOL_V2)), frame]))
      await new Promise((resolve) => socket.write(bytes(byte), resolve));
    await expect.poll(text).toContain('host-offline');
    expect(text()).toMatch(/^HTTP\/1\.1 101 /);
    expect(text().toLowerCase()).toContain('sec-websocket-protocol: tarnet.v2');
    socket.destroy();
  });

  it.each<[string | null, number]>([
    [null, 403],
    ['tarnet.v1', 400],
    ['tarnet.v20', 400],
    ['chat', 400],
  ])('with subprotocol %j is refused', async (subprotocol, status) => {
    stage = await Stage.open();
    const { socket, answer } = await raw();
    socket.write(upgrade(subprotocol));
    expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*tarnet\\.v2`, 's'));
  });

  it('from a page of some other site is refused', async () => {
    stage = await Stage.open();
    const { socket, answer } = await raw();
    socket.write(upgrade(SUBPROTOCOL_V2, ['Origin: https://elsewhere.test']));
    expect(await answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('of nonsense, or with endless headers, is cut', async () => {
    stage = await Stage.open();
    const nonsense = await raw();
    nonsense.socket.write('\u0000\u0001\u0002 TARNet\r\n\r\n');
    expect(await nonsense.answer).toMatch(/^HTTP\/1\.1 400 /);
    const endless = await raw();
    endless.socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(2 * FRONT_DOOR_LIMITS.maxHeaderBytes)}`);
    expect(await endless.answer).toMatch(/^HTTP\/1\.1 4/);
    await (await stage.connect()).roundTrip();
  });
});

describe('a message', () => {
  it.each<[string, () => Uint8Array | string, number, object]>([
    ['of text', () => 'hello', 4400, { reason: 'malformed', field: 'frame' }],
    ['of nothing', () => bytes(), 4400, { reason: 'malformed', field: 'header' }],
    ['with half a header', () => bytes(1, 0, 0, 0, 0), 4400, { reason: 'malformed', field: 'header' }],
    ['of an unknown type', () => new Uint8Array(12).fill(0x7f), 4400, { reason: 'malformed', field: 'type' }],
    ['with unknown flags', () => bytes(1, 0x80, ...Array(10).fill(0)), 4400, { reason: 'malformed', field: 'flags' }],
    ['that is no MessagePack', () => control(bytes(0xc1)), 4400, { reason: 'malformed', field: 'control' }],
    [
      'that only a relay sends',
      () => control(encodeControl({ op: 'joined', peer: 1, hostId: '123456789' })),
      4400,
      { reason: 'malformed', field: 'op' },
    ],
    [
      'that proves before it registers',
      () => control(encodeControl({ op: 'prove', signature: new Uint8Array(64) })),
      4400,
      { reason: 'malformed', field: 'op' },
    ],
    [
      'that closes somebody’s viewers',
      () => control(encodeControl({ op: 'kick', peer: 1 })),
      4400,
      { reason: 'malformed', field: 'op' },
    ],
    [
      'that acknowledges what was never sent',
      () => bytes(MessageType.ack, ...Array(11).fill(0), 1, 0, 0, 0, 0, 0, 0, 0),
      4400,
      { reason: 'malformed', field: 'ack' },
    ],
    ['of half an acknowledgement', () => bytes(MessageType.ack, ...Array(13).fill(0)), 4400, { field: 'ack' }],
    ['that is a long ping', () => bytes(MessageType.ping, ...Array(11 + 60).fill(0)), 4400, { field: 'ping' }],
    ['of a viewer that is nowhere', () => bytes(MessageType.reliable, ...Array(20).fill(0)), 4400, { field: 'type' }],
    [
      'over its type’s limit',
      () => control(new Uint8Array(ENVELOPE_LIMITS.maxBodyBytes + 1)),
      4413,
      { reason: 'too-large', field: 'body' },
    ],
    [
      'larger than a viewer sends',
      () => Buffer.concat([bytes(MessageType.media), new Uint8Array(100_000)]),
      4413,
      { reason: 'too-large', field: 'message' },
    ],
  ])('%s closes its connection, with the field that was wrong', async (_what, message, code, refusal) => {
    stage = await Stage.open();
    const other = await stage.connect();
    const peer = await stage.connect();
    peer.sendRaw(message());
    await expectRefusal(peer, code, refusal);
    await other.roundTrip();
  });

  it('of a viewer’s that only hosts send closes it, and not the host', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const viewer = await stage.join();
    viewer.send(...picture(0, 10, true));
    await expectRefusal(viewer, 4400, { reason: 'malformed', field: 'type' });
    await host.roundTrip();
  });

  it('over the limit of all messages closes a host, too', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    host.sendRaw(new Uint8Array(ENVELOPE_LIMITS.maxMessageBytes + 1));
    expect((await host.end()).code).toBe(1009);
  });

  it('on ever new streams closes a host', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    for (let stream = 0; stream < 9; stream += 1)
      host.send(envelope(MessageType.media, { peer: EVERYBODY, stream }), bytes(1));
    await expectRefusal(host, 4400, { reason: 'malformed', field: 'stream' });
  });

  it('that does not end is not waited for, before its sender is a host', async () => {
    stage = await Stage.open();
    const { socket, answer } = await raw();
    socket.write(upgrade(SUBPROTOCOL_V2));
    // the head of a frame of 4 MiB, then a part of it
    socket.write(bytes(0x82, 0xff, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0));
    socket.write(new Uint8Array(300_000));
    socket.write(new Uint8Array(300_000));
    expect(await answer).toContain('too-large');
  });

  it('of any bytes at all closes its connection or is answered, and the relay lives', async () => {
    stage = await Stage.open({ connectionsPerMinutePerAddress: 10_000 });
    const host = await stage.register();
    const messages = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.constantFrom(...Object.values(MessageType)), fc.uint8Array({ minLength: 11, maxLength: 100 }))
        .map(([type, rest]) => Uint8Array.from([type, 0, ...rest.subarray(1)])),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { minLength: 1, maxLength: 4 }), fc.boolean(), async (all, joined) => {
        const peer = joined ? await stage.join() : await stage.connect();
        for (const message of all) peer.sendRaw(message);
        await peer.roundTrip().catch(() => undefined);
        if (peer.closed) expect([4400, 4404, 4413, 4429]).toContain(peer.closed.code);
        peer.cut();
      }),
      { numRuns: 150 },
    );
    await host.roundTrip();
  });
});

describe('too much', () => {
  it('of connections from one address is told so', async () => {
    stage = await Stage.open({ maxConnectionsPerAddress: 3 });
    const first = await stage.connect();
    await stage.connect();
    await stage.connect();
    await expectRefusal(stage.peer(), 4429, { reason: 'rate-limited' });
    first.socket.close();
    await first.end();
    await (await stage.connect()).roundTrip();
  });

  it('of new connections in a minute is told so', async () => {
    stage = await Stage.open({ connectionsPerMinutePerAddress: 2 });
    await stage.connect();
    await stage.connect();
    await expectRefusal(stage.peer(), 4429, { reason: 'rate-limited' });
  });

  it('of handshakes from one address closes who starts one more, not who is in', async () => {
    stage = await Stage.open({ handshakesPerMinutePerAddress: 2 });
    const host = await stage.register();
    const hs1 = bytes(1, 2, 1, 1);
    const viewers = [await stage.join(), await stage.join(), await stage.join()];
    for (const viewer of viewers.slice(0, 2)) viewer.send(envelope(MessageType.handshake), hs1);
    await viewers[1]!.roundTrip();
    viewers[2]!.send(envelope(MessageType.handshake), hs1);
    await expectRefusal(viewers[2]!, 4429, { reason: 'rate-limited', field: 'handshake' });
    // the third message of a handshake is no new handshake
    viewers[0]!.send(envelope(MessageType.handshake), bytes(3, 2, 1, 1));
    await viewers[0]!.roundTrip();
    // a second attempt on the same connection is one
    viewers[0]!.send(envelope(MessageType.handshake), hs1);
    await expectRefusal(viewers[0]!, 4429, { field: 'handshake' });
    await host.until(() => host.ofType(MessageType.handshake).length === 3, 'the handshakes that were allowed');
  });

  it('of handshakes with one host is refused, whoever starts them', async () => {
    stage = await Stage.open({ handshakesPerMinutePerHost: 1 });
    await stage.register();
    await stage.register('987654321');
    const first = await stage.join();
    const second = await stage.join();
    const elsewhere = await stage.join('987654321');
    first.send(envelope(MessageType.handshake), bytes(1));
    await first.roundTrip();
    second.send(envelope(MessageType.handshake), bytes(1));
    await expectRefusal(second, 4429, { field: 'handshake' });
    elsewhere.send(envelope(MessageType.handshake), bytes(1));
    await elsewhere.roundTrip();
  });

  it('of registrations, control messages or others is refused', async () => {
    stage = await Stage.open({ registrationsPerMinutePerAddress: 1, viewerMessagesPerSecond: 50 });
    await stage.register();
    await expect(stage.register('987654321', makeKey())).rejects.toThrow('4429');
    const chatty = await stage.connect();
    for (let count = 0; count < 100; count += 1) chatty.send(envelope(MessageType.ping), bytes());
    await expectRefusal(chatty, 4429, { field: 'control' });
    const busy = await stage.join();
    for (let count = 0; count < 300; count += 1) busy.send(envelope(MessageType.reliable), bytes(0));
    await expectRefusal(busy, 4429, { field: 'message' });
  });

  it('of rooms is refused', async () => {
    stage = await Stage.open({ maxRooms: 1 });
    await stage.register();
    await expect(stage.register('987654321', makeKey())).rejects.toThrow('4431');
  });

  it('of silence ends a connection: before it joins, when it is dead, and when it is idle', async () => {
    stage = await Stage.open({ joinDeadlineMs: 50 });
    await expectRefusal(await stage.connect(), 4441, { reason: 'timeout' });
    await stage.close();

    stage = await Stage.open({ pingEveryMs: 150, deadAfterMs: 300 });
    const host = await stage.register();
    const dead = await stage.join();
    dead.socket.pause();
    expect(await host.control('peer-left')).toMatchObject({ peer: dead.number });
    await host.roundTrip();
    await stage.close();

    stage = await Stage.open({ idleAfterMs: 500 });
    await stage.register();
    await expectRefusal(await stage.join(), 4441, { reason: 'timeout' });
  });
});
