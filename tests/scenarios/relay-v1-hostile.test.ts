// What no well-behaved v1 host or client does, with real sockets: it costs whoever does it, and nobody else anything.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { AccessTokens } from '../../electron/relay/access-tokens.ts';
import { V1_LIMITS } from '../../electron/relay/v1/v1-limits.ts';
import type { V1Bare } from './v1-bare.ts';
import { frame, V1Stage } from './v1-peers.ts';

let stage: V1Stage;
afterEach(() => stage.close());

const CLICK = { type: 'mouse_click', x: 1, y: 2, button: 'left' };
const command = (inner: object = CLICK) => ({
  type: 'control_command',
  client_id: 'client',
  target_host: 'host',
  command: inner,
});

/** Host, client and a command: what has to work after everything that somebody tried. */
async function expectItWorks(host: V1Bare, client: V1Bare): Promise<void> {
  const mark = Math.random();
  host.send(frame('host', 100, mark));
  while ((await client.take('screen_frame')).timestamp !== mark);
  client.send(command({ type: 'mouse_move', x: 1, y: 1, mark }));
  for (;;) {
    const { command: inner } = await host.take('control_command');
    if (inner !== null && typeof inner === 'object' && 'mark' in inner && inner.mark === mark) return;
  }
}

describe('a client that does not read', () => {
  it('is sent one picture or a few, and the newest once it reads again; others see all of them', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    const quick = await stage.client('quick', 'host');
    const slow = await stage.client('slow', 'host');
    slow.socket.pause();
    const frames = 60;
    for (let count = 1; count <= frames; count += 1) {
      host.send(frame('host', 750_000, count));
      while ((await quick.take('screen_frame')).timestamp !== count);
    }
    slow.socket.resume();
    while ((await slow.take('screen_frame')).timestamp !== frames);
    const seen = slow.heard.filter(({ type }) => type === 'screen_frame').map(({ timestamp }) => timestamp);
    expect(seen.length).toBeLessThan(10);
    expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)));
  });

  it('and lets lists pile up is closed', async () => {
    stage = await V1Stage.open({ limits: { maxRooms: 3_000, maxConnectionsPerAddress: 3_000 } });
    const host = await stage.host('host');
    const client = await stage.client('client', 'host');
    const glutton = await stage.connect();
    glutton.socket.pause();
    for (let count = 0; count < 200; count += 1) glutton.send({ type: 'get_hosts' });
    glutton.socket.resume();
    expect((await glutton.end()).code).toBe(4429);
    await expectItWorks(host, client);
  });
});

describe('a connection', () => {
  it('that is neither host nor client is removed when it says nothing; so is a client that sees nothing', async () => {
    stage = await V1Stage.open({ limits: { idleAfterMs: 300 } });
    const silent = await stage.connect();
    const host = await stage.host('host');
    const busy = setInterval(() => host.send(frame('host', 10)), 50);
    const client = await stage.client('client', 'host');
    const lonelyHost = await stage.host('lonely');
    for (const peer of [silent, lonelyHost]) {
      expect(await peer.take('error')).toMatchObject({ message: 'conexão ociosa' });
      expect((await peer.end()).code).toBe(4441);
    }
    await client.take('screen_frame');
    expect(await client.hosts()).toMatchObject({ hosts: [{ host_id: 'host' }] });
    clearInterval(busy);
    expect((await client.end()).code).toBe(4441);
    expect((await host.end()).code).toBe(4441);
    expect(stage.relay.counts()).toEqual({ connections: 0, rooms: 0, viewers: 0 });
  });

  it('that is dead is removed, and its client told', async () => {
    stage = await V1Stage.open({ limits: { pingEveryMs: 150, deadAfterMs: 300 } });
    const host = await stage.host('host');
    const client = await stage.client('client', 'host');
    host.socket.pause();
    await client.take('host_disconnected');
    expect(stage.relay.counts()).toMatchObject({ rooms: 0 });
  });

  it('is told when the relay goes away', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    const client = await stage.client('client', 'host');
    await stage.relay.close();
    expect((await host.end()).code).toBe(4308);
    expect((await client.end()).code).toBe(4308);
    expect(client.heard.at(-1)).toMatchObject({ type: 'error', message: 'o servidor está sendo encerrado' });
  });
});

describe('a message', () => {
  it.each<[string, (client: V1Bare) => void, number]>([
    ['larger than a client sends', (client) => client.send(`{"type":"get_hosts","x":"${'x'.repeat(70_000)}"}`), 4413],
    [
      'that never ends',
      (client) => {
        for (let count = 0; count < 40; count += 1) client.socket.send('x'.repeat(10_000), { fin: false });
      },
      4413,
    ],
    ['larger than a relay takes', (client) => client.send('x'.repeat(5_000_000)), 1009],
    ['that is no UTF-8', (client) => client.socket.send(Buffer.from([0xc3, 0x28]), { binary: false }), 1007],
    [
      'that nobody understands, again and again',
      (client) => {
        for (let count = 0; count < 100; count += 1) client.send('?');
      },
      4429,
    ],
    [
      'that is a command, too often',
      (client) => {
        for (let count = 0; count < 300; count += 1) client.send(command());
      },
      4429,
    ],
    [
      'that is a frame, too often',
      (client) => {
        for (let count = 0; count < 1_000; count += 1) client.send(frame('host', 1));
      },
      4429,
    ],
  ])('%s closes its connection, and no other', async (_what, send, code) => {
    stage = await V1Stage.open({ limits: { viewerMessagesPerSecond: 50 } });
    const host = await stage.host('host');
    const client = await stage.client('client', 'host');
    const offender = await stage.client('offender', 'host');
    send(offender);
    const { code: seen } = await offender.end();
    // A peer whose bytes are still coming may be cut before it has read why.
    expect([code, 1006]).toContain(seen);
    await expectItWorks(host, client);
    await expect.poll(() => stage.relay.counts()).toMatchObject({ connections: 2, viewers: 1 });
  });

  it('of bytes is refused in words', async () => {
    stage = await V1Stage.open();
    const peer = await stage.connect();
    peer.socket.send(Buffer.from('{"type":"get_hosts"}'), { binary: true });
    expect(await peer.next()).toMatchObject({ type: 'error', message: 'message: esperado texto' });
    expect(await peer.hosts()).toMatchObject({ hosts: [] });
  });

  it('in any number of pieces is one message', async () => {
    stage = await V1Stage.open();
    const peer = await stage.connect();
    const text = JSON.stringify({ type: 'register_host', host_id: 'host', timestamp: 1 });
    for (const [at, letter] of [...text].entries()) peer.socket.send(letter, { fin: at === text.length - 1 });
    await peer.take('host_registered');
  });

  it('with a name twice reaches the host as the relay understood it', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    const client = await stage.client('client', 'host');
    client.send(
      '{"type":"control_command","client_id":"somebody","client_id":"client","target_host":"host","command":' +
        '{"type":"type_text","type":"mouse_click","x":1,"y":2,"__proto__":{"x":9}}}',
    );
    await host.take('control_command');
    expect(host.texts.at(-1)).toBe(
      '{"type":"control_command","client_id":"client","target_host":"host","command":{"type":"mouse_click","x":1,"y":2}}',
    );
  });

  it('of any kind is answered or ignored, and the relay lives', async () => {
    stage = await V1Stage.open({
      limits: { connectionsPerMinutePerAddress: 10_000, registrationsPerMinutePerAddress: 10_000 },
    });
    const host = await stage.host('host');
    const client = await stage.client('client', 'host');
    const ids = fc.constantFrom('host', 'client', 'x', '', 7, null);
    const messages = fc.oneof(
      fc.record(
        {
          type: fc.constantFrom(
            'register_host',
            'screen_frame',
            'register_client',
            'control_command',
            'get_hosts',
            'x',
          ),
          host_id: ids,
          client_id: ids,
          target_host: ids,
          data: fc.oneof(fc.string(), fc.constant(1)),
          timestamp: fc.oneof(fc.double(), fc.string()),
          command: fc.oneof(
            fc.constant(CLICK),
            fc.record({ type: fc.constantFrom('mouse_move', 'key_press', 'x'), x: fc.double(), key: fc.string() }),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: ['type'] },
      ),
      fc.jsonValue(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { minLength: 1, maxLength: 6 }), async (all) => {
        const peer = await stage.connect();
        for (const message of all) peer.send(message);
        await peer.hosts().catch(() => undefined);
        expect(peer.closed).toBeNull();
        for (const { type } of peer.heard)
          expect(['error', 'hosts_list', 'host_registered', 'client_registered', 'screen_frame']).toContain(type);
        peer.socket.close();
        await peer.end();
      }),
      { numRuns: 150 },
    );
    await expectItWorks(host, client);
  });
});

describe('limits', () => {
  it('of connections of one address, of rooms, of clients in a room and of registrations hold for v1', async () => {
    stage = await V1Stage.open({
      limits: {
        maxConnectionsPerAddress: 4,
        maxRooms: 1,
        maxViewersPerRoom: 1,
        registrationsPerMinutePerAddress: 2,
      },
    });
    await stage.host('host');
    await stage.client('client', 'host');
    const third = await stage.connect();
    third.send({ type: 'register_client', client_id: 'third', target_host: 'host' });
    expect(await third.next()).toMatchObject({ type: 'error', message: expect.stringContaining('cheia') });
    third.send({ type: 'register_host', host_id: 'third' });
    expect(await third.next()).toMatchObject({ type: 'error', message: expect.stringContaining('cheio') });
    third.send({ type: 'register_host', host_id: 'third' });
    expect((await third.end()).code).toBe(4429);
    await stage.connect();
    await stage.connect();
    const tooMany = stage.peer();
    expect(await tooMany.take('error')).toMatchObject({ message: expect.stringContaining('address') });
    expect((await tooMany.end()).code).toBe(4429);
  });

  it('of how much is listed hold', async () => {
    expect(V1_LIMITS.maxListedHosts * 400).toBeLessThan(V1_LIMITS.maxWaitingReplyBytes);
    stage = await V1Stage.open();
  });
});

describe('the ID of a host that was lost', () => {
  it('is kept for its own address for a while; one that it gave back is free', async () => {
    stage = await V1Stage.open();
    const host = await stage.host('host');
    host.socket.terminate();
    await expect.poll(() => stage.relay.counts().rooms).toBe(0);
    const thief = await stage.connect({ localAddress: '127.0.0.2' });
    thief.send({ type: 'register_host', host_id: 'host' });
    expect(await thief.next()).toMatchObject({ type: 'error', message: expect.stringContaining('host_id') });
    const back = await stage.host('host');
    back.socket.close();
    await back.end();
    thief.send({ type: 'register_host', host_id: 'host' });
    expect(await thief.next()).toMatchObject({ type: 'host_registered' });
  });
});

describe('a page', () => {
  const from = (origin: string) => ({ headers: { origin } });

  it('of another site is refused unless the operator names it', async () => {
    stage = await V1Stage.open({ v1Origins: ['https://painel.example'] });
    await expect(stage.connect(from('https://elsewhere.example'))).rejects.toThrow('not let in');
    await expect(stage.connect(from('null'))).rejects.toThrow('not let in');
    await stage.connect(from('https://painel.example'));
    await stage.connect(from(`http://127.0.0.1:${stage.relay.port}`));
  });

  it('of any site may come where the operator wants it', async () => {
    stage = await V1Stage.open({ v1Origins: ['*'] });
    await stage.connect(from('null'));
  });
});

describe('where only one host may be', () => {
  it('a host without its token is refused, and may try again', async () => {
    stage = await V1Stage.open({ embedded: { hostToken: 'right' } });
    const host = await stage.connect();
    for (const token of [undefined, 'wrong']) {
      host.send({ type: 'register_host', host_id: 'host', timestamp: 1, token });
      expect(await host.next()).toMatchObject({ type: 'error', message: expect.stringContaining('token') });
    }
    host.send({ type: 'register_host', host_id: 'host', timestamp: 1, token: 'right' });
    await host.take('host_registered');
  });
});

describe('where a token is asked for', () => {
  const host = 'host-token-0123456789';
  const viewer = 'viewer-token-0123456789';
  const tokens = () => ({ hostTokens: new AccessTokens([host]), viewerTokens: new AccessTokens([viewer]) });

  it('hosts, clients and lists need theirs, in the message or in the address', async () => {
    stage = await V1Stage.open(tokens());
    const nobody = await stage.connect();
    for (const message of [
      { type: 'register_host', host_id: 'host', token: viewer },
      { type: 'register_client', client_id: 'client', target_host: 'host', token: host },
      { type: 'get_hosts' },
    ]) {
      nobody.send(message);
      expect(await nobody.next()).toMatchObject({ type: 'error', message: 'token: ausente ou errado' });
    }
    nobody.send({ type: 'register_host', host_id: 'host', token: host });
    await nobody.take('host_registered');
    const old = await stage.connect({}, `/?token=${viewer}`);
    old.send({ type: 'register_client', client_id: 'client', target_host: 'host' });
    await old.take('client_registered');
    expect(await old.hosts()).toMatchObject({ hosts: [{ host_id: 'host' }] });
  });

  it('it is not tried out: so many attempts a minute', async () => {
    stage = await V1Stage.open({ ...tokens(), limits: { joinsPerMinutePerAddress: 3 } });
    const thief = await stage.connect();
    for (let count = 0; count < 4; count += 1) thief.send({ type: 'get_hosts', token: `guess-${count}-0123456789` });
    expect((await thief.end()).code).toBe(4429);
    expect(thief.heard).toHaveLength(4);
  });
});

describe('bytes', () => {
  it('over what a connection may send are read later, and none is lost', async () => {
    stage = await V1Stage.open({ limits: { bytesPerSecond: 400_000 } });
    const host = await stage.host('host');
    const client = await stage.client('client', 'host');
    const startedMs = performance.now();
    for (let count = 1; count <= 3; count += 1) host.send(frame('host', 500_000, count));
    host.send({ type: 'get_hosts' });
    await host.take('hosts_list');
    while ((await client.take('screen_frame')).timestamp !== 3);
    // 2 MB of base64, of which four seconds' worth is free
    expect(performance.now() - startedMs).toBeGreaterThan(700);
    expect(stage.relay.counters).toMatchObject({ registeredHosts: 1, joinedViewers: 1, droppedFrames: 0 });
    expect(stage.relay.counters.receivedBytes).toBeGreaterThan(2_000_000);
  });
});
