// Viewers that stall or are slow, with real sockets: they harm nobody, and get what they can take.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { EnvelopeFlag, EVERYBODY, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { BarePeer, picture, Stage } from './relay-peers.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const FRAME_BYTES = 60 * KIB;

let stage: Stage;
let slowWay: Server | null = null;
afterEach(async () => {
  await stage.close();
  slowWay?.close();
  slowWay = null;
});

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Bytes of buffers that something still holds. */
function buffersInUse(): number {
  if (typeof collectGarbage === 'function') collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

const pictures = (peer: BarePeer) => peer.ofType(MessageType.media).length;

describe('a stalled viewer', () => {
  it('costs the others nothing and the relay a bounded amount of memory', async () => {
    stage = await Stage.open({ controlPerSecond: 10_000 });
    const host = await stage.register();
    const fast = await stage.watch(host);
    const stalled = await stage.watch(host);
    for (const peer of [fast, stalled, host]) peer.forgetsPictures = true;
    stalled.socket.pause();
    const before = buffersInUse();
    let worst = 0;
    const total = 1_600;
    for (let seq = 0; seq < total; seq += 1) {
      host.send(...picture(seq, FRAME_BYTES, seq === 0));
      // two pictures fit into the smallest window: no pause of this machine's makes the fast viewer a slow one
      if (seq % 2 === 0) continue;
      await fast.until(() => pictures(fast) === seq + 1, 'every picture');
      fast.ack();
      await fast.roundTrip();
      if (seq % 200 === 199) worst = Math.max(worst, buffersInUse() - before);
    }
    expect(pictures(fast)).toBe(total);
    // 96 MB went by. The viewer's window is 2 MiB, and whoever reads in larger pieces keeps a little more.
    expect(worst).toBeLessThan(32 * MIB);
    // Back again, it goes on with a key frame and sees nothing that needs what it has missed.
    const asked = host.control('keyframe');
    stalled.socket.resume();
    stalled.ackRegularly();
    expect(await asked).toMatchObject({ peer: stalled.number });
    host.send(...picture(total, FRAME_BYTES, true));
    host.send(...picture(total + 1, FRAME_BYTES));
    const last = (peer: BarePeer) => peer.ofType(MessageType.media).at(-1)?.header.seq;
    await stalled.until(() => last(stalled) === total + 1, 'the newest picture');
    const seen = stalled.ofType(MessageType.media).map(({ header }) => header);
    for (const [index, { seq, flags }] of seen.entries())
      expect(seq === 0 || (flags & EnvelopeFlag.key) !== 0 || seen[index - 1]?.seq === seq - 1).toBe(true);
  });

  it('is closed when what must not be dropped piles up, and nobody else is', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const fast = await stage.watch(host);
    const stalled = await stage.watch(host);
    stalled.socket.pause();
    const chunk = new Uint8Array(60 * KIB);
    for (let count = 0; count < 150; count += 1) {
      host.send(envelope(MessageType.reliable, { peer: EVERYBODY, seq: count }), chunk);
      if (count % 20 !== 19) continue;
      await fast.until(() => fast.ofType(MessageType.reliable).length > count, 'every reliable message');
      fast.ack();
      await fast.roundTrip();
    }
    expect(await host.control('peer-left')).toMatchObject({ peer: stalled.number });
    stalled.socket.resume();
    const { code } = await stalled.end();
    // too far behind to hear the reason, if the relay did not wait
    expect([4408, 1006]).toContain(code);
    await fast.roundTrip();
  });

  it('is not given more because it claims to have received it', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const liar = await stage.watch(host);
    liar.ack(liar.receivedBytes + 1);
    expect(await liar.control('error')).toMatchObject({ reason: 'malformed', field: 'ack' });
    expect(await liar.end()).toMatchObject({ code: 4400 });
  });

  it('that acknowledges nothing gets a window of pictures and no more', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const silent = await stage.watch(host);
    silent.forgetsPictures = true;
    for (let seq = 0; seq < 200; seq += 1) host.send(...picture(seq, FRAME_BYTES, seq === 0));
    host.send(envelope(MessageType.reliable, { peer: silent.number, seq: 1 }));
    await silent.until(() => silent.ofType(MessageType.reliable).length === 2, 'what came after the pictures');
    expect(silent.receivedBytes).toBeLessThan(2 * MIB + 3 * FRAME_BYTES);
    expect(pictures(silent)).toBeGreaterThan(1);
  });
});

describe('a host that stalls', () => {
  it('holds back its viewers, who lose nothing', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const viewer = await stage.join();
    host.socket.pause();
    const chunk = new Uint8Array(32 * KIB);
    const total = 600;
    for (let seq = 0; seq < total; seq += 1) viewer.send(envelope(MessageType.reliable, { seq }), chunk);
    // 19 MB: more than the kernels and the relay take, so a part of it stays with the viewer
    await new Promise<void>((resolve) => setTimeout(resolve, 300));
    expect(viewer.socket.bufferedAmount).toBeGreaterThan(0);
    host.socket.resume();
    await host.until(() => host.ofType(MessageType.reliable).length === total, 'every message');
    expect(host.ofType(MessageType.reliable).map(({ header }) => header.seq)).toEqual(
      Array.from({ length: total }, (_, seq) => seq),
    );
  });
});

describe('a slow viewer', () => {
  /** A way to the relay that lets so much through towards the viewer. */
  async function makeSlowWay(bytesPerSecond: number): Promise<number> {
    const server = createServer((near: Socket) => {
      const far = connect(stage.relay.port, '127.0.0.1');
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.pipe(far);
      far.on('data', (chunk: Buffer) => {
        far.pause();
        near.write(chunk);
        setTimeout(() => far.resume(), (chunk.length / bytesPerSecond) * 1000);
      });
    });
    slowWay = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  it('gets every reliable message in order, and new pictures that it can decode', async () => {
    stage = await Stage.open();
    const host = await stage.register();
    const slow = await new BarePeer(await makeSlowWay(400e3)).open();
    slow.sendControl({ op: 'join', hostId: '123456789' });
    const { peer } = await slow.control('joined');
    const fast = await stage.watch(host);
    for (const viewer of [slow, fast]) {
      viewer.forgetsPictures = true;
      viewer.ackRegularly();
    }
    let needsKey = true;
    let keyframes = 0;
    const frames: number[] = [];
    const lateBytes: number[] = [];
    for (let seq = 0; seq < 150; seq += 1) {
      if (host.ofType(MessageType.control).length > keyframes) {
        keyframes = host.ofType(MessageType.control).length;
        needsKey = true;
      }
      host.send(envelope(MessageType.reliable, { peer, seq }), new Uint8Array(100));
      host.send(...picture(seq, FRAME_BYTES, needsKey));
      needsKey = false;
      frames.push(seq);
      const shown = slow.ofType(MessageType.reliable).length;
      lateBytes.push(seq - shown);
      await new Promise<void>((resolve) => setTimeout(resolve, 33));
    }
    await slow.until(() => slow.ofType(MessageType.reliable).length === frames.length, 'every reliable message');
    expect(slow.ofType(MessageType.reliable).map(({ header }) => header.seq)).toEqual(frames);
    const seen = slow.ofType(MessageType.media).map(({ header }) => header);
    for (const [index, { seq, flags }] of seen.entries())
      expect((flags & EnvelopeFlag.key) !== 0 || seen[index - 1]?.seq === seq - 1).toBe(true);
    expect(seen.filter(({ flags }) => (flags & EnvelopeFlag.key) !== 0).length).toBeGreaterThan(1);
    expect(seen.length).toBeLessThan(frames.length);
    await fast.roundTrip();
    expect(pictures(fast)).toBeGreaterThan(2 * seen.length);
    slow.cut();
  });
});
