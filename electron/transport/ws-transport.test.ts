import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ErrorReason } from '../../shared/base/errors.ts';
import type { Transport } from '../../shared/transport/transport.ts';
import { CLOSE_CODES } from '../../shared/wire/close-codes.ts';
import { ENVELOPE_LIMITS } from '../../shared/wire/envelope.ts';
import { deferred } from '../../tests/fakes/deferred.ts';
import { openWebSocket } from './ws-transport.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function serve(protocols: (offered: Set<string>) => string | false = () => 'tarnet.v2') {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: protocols, maxPayload: 1 << 24 });
  cleanups.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const accepted = once(server, 'connection').then(([socket]) => socket as WebSocket);
  return { url: `ws://127.0.0.1:${port}/`, accepted };
}

function connect(url: string) {
  const messages: Uint8Array[] = [];
  const opened = deferred<void>();
  const closed = deferred<{ reason: ErrorReason; message: string }>();
  const arrived = deferred<Uint8Array>();
  const transport: Transport = openWebSocket(url, {
    onOpen: () => opened.resolve(undefined),
    onMessage: (message) => {
      messages.push(message);
      arrived.resolve(message);
    },
    onClose: (reason, message) => closed.resolve({ reason, message }),
  });
  cleanups.push(() => transport.close());
  return { transport, messages, opened: opened.promise, closed: closed.promise, arrived: arrived.promise };
}

describe('openWebSocket', () => {
  it('carries messages both ways with the subprotocol of version 2 and without compression', async () => {
    const { url, accepted } = await serve();
    const client = connect(url);
    const socket = await accepted;
    expect(socket.protocol).toBe('tarnet.v2');
    expect(socket.extensions).toBe('');
    await client.opened;
    const echoed = once(socket, 'message');
    client.transport.send(new Uint8Array([1, 2, 3]));
    expect([...((await echoed)[0] as Uint8Array)]).toEqual([1, 2, 3]);
    socket.send(new Uint8Array([9, 8]));
    expect([...(await client.arrived)]).toEqual([9, 8]);
  });

  it('sends frames whose mask is zero, so that the bytes on the wire are the bytes of the message', async () => {
    const { url, accepted } = await serve();
    const client = connect(url);
    const socket = await accepted;
    await client.opened;
    const raw = (socket as unknown as { _socket: net.Socket })._socket;
    const frame = once(raw, 'data');
    client.transport.send(new Uint8Array([0xde, 0xad]));
    expect(Buffer.from((await frame)[0] as Uint8Array).toString('hex')).toBe('8282' + '00000000' + 'dead');
  });

  it.each(Object.entries(CLOSE_CODES))('gives the reason %s for its close code', async (reason, code) => {
    const { url, accepted } = await serve();
    const client = connect(url);
    const socket = await accepted;
    await client.opened;
    socket.close(code, 'why');
    expect(await client.closed).toEqual({ reason, message: 'why' });
  });

  it('calls a cut socket a lost connection', async () => {
    const { url, accepted } = await serve();
    const client = connect(url);
    const socket = await accepted;
    await client.opened;
    socket.terminate();
    expect((await client.closed).reason).toBe('connection-lost');
  });

  it('calls a port where nobody listens, and a URL that is none, an unreachable relay', async () => {
    const probe = net.createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as net.AddressInfo;
    probe.close();
    await once(probe, 'close');
    expect((await connect(`ws://127.0.0.1:${port}/`).closed).reason).toBe('relay-unreachable');
    expect((await connect('nonsense').closed).reason).toBe('relay-unreachable');
  });

  it('says that a relay without our subprotocol is too old', async () => {
    const { url } = await serve(() => false);
    expect((await connect(url).closed).reason).toBe('version-too-old');
  });

  it('refuses text and oversized messages', async () => {
    const text = await serve();
    const first = connect(text.url);
    (await text.accepted).send('hello');
    expect((await first.closed).reason).toBe('malformed');
    const large = await serve();
    const second = connect(large.url);
    (await large.accepted).send(new Uint8Array(ENVELOPE_LIMITS.maxMessageBytes + 1));
    expect((await second.closed).reason).toBe('too-large');
    expect(second.messages).toEqual([]);
  });

  it('delivers what was queued before it closes, and says nothing after', async () => {
    const { url, accepted } = await serve();
    const client = connect(url);
    const socket = await accepted;
    await client.opened;
    const got = once(socket, 'message');
    const gone = once(socket, 'close');
    client.transport.send(new Uint8Array(500_000));
    client.transport.close();
    socket.send(new Uint8Array([1]));
    expect(((await got)[0] as Uint8Array).length).toBe(500_000);
    expect((await gone)[0]).toBe(1000);
    expect(client.messages).toEqual([]);
  });
});
