// The life of a room, with real sockets: who gets in, who hears what, who leaves, who comes back.
import { get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { presenceKey } from '../../electron/relay/registration.ts';
import { startRelay } from '../../electron/relay/relay-server.ts';
import { silentLog } from '../../shared/base/log.ts';
import { EVERYBODY, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { makeKey, picture, Stage } from './relay-peers.ts';

const ID = '123456789';
const text = (words: string) => new TextEncoder().encode(words);

let stage: Stage;
afterEach(() => stage.close());

describe('a room', () => {
  it('tells the host of each viewer and its address, and each viewer its number', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const first = await stage.join();
    const second = await stage.join();
    expect(await host.control('peer-joined')).toEqual({ op: 'peer-joined', peer: first.number, address: '127.0.0.1' });
    expect(await host.control('peer-joined')).toMatchObject({ peer: second.number });
    expect(first.number).not.toBe(second.number);
    first.socket.close();
    expect(await host.control('peer-left')).toEqual({ op: 'peer-left', peer: first.number });
    expect(stage.relay.counts()).toEqual({ connections: 2, rooms: 1, viewers: 1 });
  });

  it('takes viewers’ messages to the host only, stamped with who sent them', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const first = await stage.join();
    const second = await stage.join();
    first.send(envelope(MessageType.handshake, { peer: second.number, seq: 7 }), text('to whom it may concern'));
    second.send(envelope(MessageType.reliable, { peer: EVERYBODY }), text('me too'));
    const { header, body } = await host.message(MessageType.handshake);
    expect(header).toEqual({ type: MessageType.handshake, flags: 0, peer: first.number, stream: 0, epoch: 0, seq: 7 });
    expect(Buffer.from(body).toString()).toBe('to whom it may concern');
    expect((await host.message(MessageType.reliable)).header.peer).toBe(second.number);
    await Promise.all([first.roundTrip(), second.roundTrip()]);
    expect([...first.ofType(MessageType.handshake), ...second.ofType(MessageType.handshake)]).toEqual([]);
    expect([...first.ofType(MessageType.reliable), ...second.ofType(MessageType.reliable)]).toEqual([]);
  });

  it('takes the host’s messages to one viewer or to everybody', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const viewers = [await stage.watch(host), await stage.watch(host), await stage.watch(host)];
    host.send(envelope(MessageType.reliable, { peer: viewers[1]!.number }), text('only you'));
    host.send(...picture(0, 100, true));
    for (const viewer of viewers) expect((await viewer.message(MessageType.media)).body).toHaveLength(100);
    expect(Buffer.from((await viewers[1]!.message(MessageType.reliable)).body).toString()).toBe('only you');
    expect(viewers[0]!.ofType(MessageType.reliable)).toHaveLength(1);
    expect(viewers[2]!.ofType(MessageType.reliable)).toHaveLength(1);
  });

  it('shows pictures for everybody to nobody whom the host has not let in', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const watching = await stage.watch(host);
    const waiting = await stage.join();
    host.send(...picture(0, 100, true));
    host.send(envelope(MessageType.cursor, { peer: EVERYBODY, stream: 2 }), text('here'));
    await watching.message(MessageType.cursor);
    await waiting.roundTrip();
    expect(waiting.ofType(MessageType.media)).toEqual([]);
    expect(waiting.ofType(MessageType.cursor)).toEqual([]);
  });

  it('never sends a viewer a picture that it cannot decode, and asks for one that it can', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const viewer = await stage.watch(host);
    host.send(...picture(0, 100));
    expect(await host.control('keyframe')).toEqual({ op: 'keyframe', peer: viewer.number });
    host.send(...picture(1, 100));
    host.send(...picture(2, 100, true));
    host.send(...picture(3, 100));
    await viewer.until(() => viewer.ofType(MessageType.media).length === 2, 'two pictures');
    expect(viewer.ofType(MessageType.media).map(({ header }) => header.seq)).toEqual([2, 3]);
  });

  it('answers pings itself', async () => {
    stage = await Stage.open();
    const peer = await stage.connect();
    peer.send(envelope(MessageType.ping, { seq: 5 }), text('12345678'));
    const { header, body } = await peer.message(MessageType.ping);
    expect(header.seq).toBe(5);
    expect(Buffer.from(body.subarray(0, 8)).toString()).toBe('12345678');
    const relayMs = Number(Buffer.from(body).readBigUInt64LE(8)) / 1000;
    expect(Math.abs(relayMs - Date.now())).toBeLessThan(60_000);
  });

  it('closes a viewer when the host says so', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const viewer = await stage.join();
    const other = await stage.join();
    host.sendControl({ op: 'kick', peer: viewer.number });
    expect(await viewer.end()).toMatchObject({ code: 4440 });
    await other.roundTrip();
  });

  it('holds no more viewers than its limit, and takes another when one leaves', async () => {
    stage = await Stage.open({ maxViewersPerRoom: 2 });
    const host = await stage.register();
    const first = await stage.join();
    await stage.join();
    const third = await stage.connect();
    third.sendControl({ op: 'join', hostId: ID });
    expect(await third.control('error')).toMatchObject({ reason: 'limit-reached' });
    expect(await third.end()).toMatchObject({ code: 4431 });
    first.socket.close();
    await host.control('peer-left');
    await stage.join();
  });

  it('gives the same answer for an ID that nobody has and for a host that is away', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    host.cut();
    await expect.poll(() => stage.relay.counts().connections).toBe(0);
    const answers = await Promise.all(
      [ID, '987654321', '*'].map(async (hostId) => {
        const viewer = await stage.connect();
        viewer.sendControl({ op: 'join', hostId });
        return [await viewer.control('error'), await viewer.end()];
      }),
    );
    expect(answers[0]).toMatchObject([{ reason: 'host-offline' }, { code: 4404 }]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });
});

describe('a host', () => {
  it('needs the key that it claims', async () => {
    stage = await Stage.open();
    const host = await stage.connect();
    host.sendControl({ op: 'register', hostId: ID, ed25519: makeKey().raw });
    await host.control('challenge');
    host.sendControl({ op: 'prove', signature: new Uint8Array(64) });
    expect(await host.control('error')).toMatchObject({ reason: 'unauthorised', field: 'signature' });
    expect(await host.end()).toMatchObject({ code: 4401 });
    expect(stage.relay.counts().rooms).toBe(0);
  });

  it('cannot take an ID that is live with another key, nor while its host may still come back', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const viewer = await stage.join();
    await expect(stage.register(ID, makeKey())).rejects.toThrow('4401');
    await viewer.roundTrip();
    host.cut();
    await viewer.control('peer-left');
    await expect(stage.register(ID, makeKey())).rejects.toThrow('4401');
  });

  it('takes over from its own dead connection, and finds its viewers', async () => {
    stage = await Stage.open();
    const key = makeKey();
    const before = await stage.register(ID, key);
    const viewer = await stage.join();
    const after = await stage.register(ID, key);
    expect(await after.control('peer-joined')).toMatchObject({ peer: viewer.number, address: '127.0.0.1' });
    expect(await before.end()).toMatchObject({ code: 4401 });
    expect(await viewer.control('peer-left')).toMatchObject({ peer: 0 });
    viewer.send(envelope(MessageType.handshake), text('again'));
    expect((await after.message(MessageType.handshake)).header.peer).toBe(viewer.number);
  });

  it('that comes back within the grace time finds the viewers that stayed', async () => {
    stage = await Stage.open();
    const key = makeKey();
    const host = await stage.register(ID, key);
    const viewer = await stage.join();
    host.cut();
    expect(await viewer.control('peer-left')).toMatchObject({ peer: 0 });
    const back = await stage.register(ID, key);
    expect(await back.control('peer-joined')).toMatchObject({ peer: viewer.number });
    back.send(envelope(MessageType.reliable, { peer: viewer.number }), text('hello again'));
    await viewer.message(MessageType.reliable);
  });

  it('that does not come back takes the room with it', async () => {
    stage = await Stage.open({ hostGraceMs: 100 });
    const host = await stage.register();
    const viewer = await stage.join();
    host.cut();
    expect(await viewer.end()).toMatchObject({ code: 4404 });
    expect(stage.relay.counts().rooms).toBe(0);
    // its ID is free for whoever comes next
    await stage.register(ID, makeKey());
  });
});

describe('presence', () => {
  it('is told for the keys of hosts that are there, and for no others', async () => {
    stage = await Stage.open({ hostGraceMs: 60_000 });
    const [here, away] = [makeKey(), makeKey()];
    await stage.register(ID, here);
    (await stage.register('987654321', away)).cut();
    await expect.poll(() => stage.relay.counts().connections).toBe(1);
    const viewer = await stage.connect();
    const keys = [presenceKey(away.raw), presenceKey(here.raw), presenceKey(makeKey().raw)];
    viewer.sendControl({ op: 'presence', keys: keys.map((key) => Uint8Array.from(key)) });
    const { keys: present } = await viewer.control('present');
    expect(present.map((key) => Buffer.from(key).toString('hex'))).toEqual([presenceKey(here.raw).toString('hex')]);
    viewer.sendControl({ op: 'join', hostId: ID });
    await viewer.control('joined');
    viewer.sendControl({ op: 'presence', keys: [] });
    expect(await viewer.end()).toMatchObject({ code: 4400 });
  });

  it('counts like a join', async () => {
    stage = await Stage.open({ joinsPerMinutePerAddress: 1 });
    const viewer = await stage.connect();
    viewer.sendControl({ op: 'presence', keys: [] });
    expect(await viewer.control('present')).toEqual({ op: 'present', keys: [] });
    viewer.sendControl({ op: 'presence', keys: [] });
    expect(await viewer.end()).toMatchObject({ code: 4429 });
  });
});

describe('the relay of an app', () => {
  it('takes only its own host, and calls its room *', async () => {
    stage = await Stage.open({}, { hostToken: 'the token' });
    await expect(stage.register(ID, makeKey())).rejects.toThrow('4401');
    await expect(stage.register(ID, makeKey(), 'the tokem')).rejects.toThrow('4401');
    const host = await stage.register(ID, makeKey(), 'the token');
    const viewer = await stage.connect();
    viewer.sendControl({ op: 'join', hostId: '*' });
    expect(await viewer.control('joined')).toMatchObject({ hostId: ID });
    await host.control('peer-joined');
  });

  it('has one room; a host that is gone makes way', async () => {
    stage = await Stage.open({}, { hostToken: 'the token' });
    const first = await stage.register(ID, makeKey(), 'the token');
    await expect(stage.register('987654321', makeKey(), 'the token')).rejects.toThrow('4431');
    first.cut();
    await expect.poll(() => stage.relay.counts().connections).toBe(0);
    await stage.register('987654321', makeKey(), 'the token');
  });
});

describe('the port', () => {
  const status = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ host: '127.0.0.1', port: stage.relay.port, path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });

  it('says that it is well, and nothing else', async () => {
    stage = await Stage.open();
    expect(await status('/healthz')).toBe(200);
    expect(await status('/')).toBe(404);
    expect(await status('/metrics')).toBe(404);
  });

  it('is reported when it is taken', async () => {
    stage = await Stage.open();
    const again = startRelay({ port: stage.relay.port, bindAddress: '127.0.0.1', clock: systemClock, log: silentLog });
    await expect(again).rejects.toMatchObject({ reason: 'port-taken', field: 'port' });
  });

  it('is free once the relay has closed, and everybody has been told', async () => {
    stage = await Stage.open();
    const { port } = stage.relay;
    const host = await stage.register();
    const viewer = await stage.join();
    const silent = connect(port, '127.0.0.1');
    const silentEnded = new Promise((resolve) => silent.once('close', resolve).on('error', () => undefined));
    await new Promise((resolve) => silent.once('connect', resolve));
    await stage.relay.close();
    for (const peer of [host, viewer]) expect(await peer.end()).toMatchObject({ code: 4308 });
    await viewer.control('go-away');
    await silentEnded;
    const refused = new Promise((resolve) => connect(port, '127.0.0.1').once('error', resolve));
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
