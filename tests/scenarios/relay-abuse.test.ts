// Attacks on a relay that runs as its operator runs it. After each a fresh session works, and its memory is what it was.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { envelope, MessageType } from '../../shared/wire/envelope.ts';
import { SUBPROTOCOL_V2 } from '../../shared/wire/version.ts';
import { RelayProcess } from '../processes/relay-process.ts';
import { BarePeer, makeKey, picture, registerPeer } from './relay-peers.ts';

const MAX_ROOMS = 50;
/** What a collector may leave uncollected; a leak of one attack is far more. */
const ALLOWANCE_BYTES = 48 * 1024 * 1024;

const KEY = makeKey();

let relay: RelayProcess;
let port: number;
let baselineBytes: number;

const memoryBytes = () =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${relay.child.pid}/status`, 'utf8'))?.[1]) * 1024;

/** A host, a viewer, a picture; then all of it is gone again. */
async function freshSession(): Promise<void> {
  const host = await new BarePeer(port).open();
  await registerPeer(host, '111222333', KEY);
  const viewer = await new BarePeer(port).open();
  viewer.sendControl({ op: 'join', hostId: '111222333' });
  const { peer } = await viewer.control('joined');
  host.send(envelope(MessageType.reliable, { peer }), Uint8Array.of(0));
  await viewer.message(MessageType.reliable);
  host.send(...picture(0, 50_000, true));
  expect((await viewer.message(MessageType.media)).body).toHaveLength(50_000);
  viewer.cut();
  host.cut();
}

function raw(): Socket {
  return connect(port, '127.0.0.1').on('error', () => undefined);
}

const closed = (socket: Socket) =>
  socket.destroyed ? Promise.resolve() : new Promise<void>((resolve) => socket.once('close', () => resolve()));

const upgrade = `GET / HTTP/1.1\r\nHost: relay.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL_V2}\r\n\r\n`;

beforeAll(async () => {
  relay = new RelayProcess(
    [
      '--port=0',
      '--bind=127.0.0.1',
      '--v1=on',
      `--max-rooms=${MAX_ROOMS}`,
      '--max-connections-per-address=400',
      '--connections-per-minute=100000',
      '--registrations-per-minute=100000',
      '--joins-per-minute=100000',
    ],
    // Little room for young objects, so that what is no longer needed is soon collected.
    { NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=1' },
  );
  port = await relay.port();
  // What the first session makes it load counts as there before.
  await freshSession();
  baselineBytes = memoryBytes();
}, 60_000);
afterAll(async () => {
  relay.child.kill('SIGKILL');
  await relay.ended;
});

describe('a relay under attack', () => {
  const attacks: [string, () => Promise<void>][] = [
    [
      'headers without an end',
      async () => {
        const sockets = Array.from({ length: 300 }, () => {
          const socket = raw();
          socket.resume();
          socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(64 * 1024)}`);
          return socket;
        });
        await Promise.all(sockets.map(closed));
      },
    ],
    [
      'a flood of headers',
      async () => {
        const sockets = Array.from({ length: 200 }, () => {
          const socket = raw();
          socket.resume();
          socket.write(`GET / HTTP/1.1\r\n${'X-Y: z\r\n'.repeat(5_000)}\r\n`);
          return socket;
        });
        await Promise.all(sockets.map(closed));
      },
    ],
    [
      'upgrades that stop in the middle, beside people who are served',
      async () => {
        const sockets = Array.from({ length: 300 }, () => raw());
        for (const socket of sockets) socket.write(upgrade.slice(0, 60));
        await freshSession();
        for (const socket of sockets) socket.destroy();
        await Promise.all(sockets.map(closed));
      },
    ],
    [
      'frames that say they are enormous',
      async () => {
        const sockets = Array.from({ length: 100 }, () => {
          const socket = raw();
          socket.resume();
          const frame = Buffer.alloc(14);
          frame[0] = 0x82;
          frame[1] = 0xff;
          frame.writeBigUInt64BE(2n ** 40n, 2);
          socket.write(Buffer.concat([Buffer.from(upgrade), frame]));
          return socket;
        });
        await Promise.all(sockets.map(closed));
      },
    ],
    [
      'more rooms than it has',
      async () => {
        const outcomes: string[] = [];
        const all: BarePeer[] = [];
        for (let batch = 0; batch < 4; batch++) {
          const hosts = await Promise.all(Array.from({ length: 50 }, () => new BarePeer(port).open()));
          const results = await Promise.allSettled(
            hosts.map((host, index) => registerPeer(host, String(200_000_000 + batch * 50 + index), makeKey())),
          );
          outcomes.push(...results.map(({ status }) => status));
          all.push(...hosts);
          if (batch === 0) expect(outcomes).toEqual(Array(MAX_ROOMS).fill('fulfilled'));
        }
        expect(outcomes.filter((outcome) => outcome === 'fulfilled')).toHaveLength(MAX_ROOMS);
        for (const host of all) host.cut();
      },
    ],
    [
      'thousands of IDs that nobody has',
      async () => {
        for (let batch = 0; batch < 20; batch++) {
          const peers = await Promise.all(Array.from({ length: 100 }, () => new BarePeer(port).open()));
          for (const [index, peer] of peers.entries())
            peer.sendControl({ op: 'join', hostId: String(300_000_000 + batch * 100 + index) });
          for (const peer of peers) expect((await peer.end()).code).toBe(4404);
        }
      },
    ],
    [
      'v1 hosts that claim one ID after another',
      async () => {
        for (let batch = 0; batch < 10; batch++) {
          const answers = Array.from({ length: 100 }, async (_, index) => {
            const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
            await once(socket, 'open');
            socket.send(JSON.stringify({ type: 'register_host', host_id: `${batch}-${index}`, timestamp: 0 }));
            await Promise.race([once(socket, 'message'), once(socket, 'close')]);
            socket.terminate();
          });
          await Promise.all(answers);
        }
      },
    ],
  ];

  it.each(attacks)('by %s serves the next as if nothing had been', async (_name, attack) => {
    await attack();
    await expect.poll(freshSessionWorks, { timeout: 30_000, interval: 250 }).toBe(true);
    await expect
      .poll(() => memoryBytes() - baselineBytes, { timeout: 30_000, interval: 500 })
      .toBeLessThan(ALLOWANCE_BYTES);
  });
});

async function freshSessionWorks(): Promise<boolean> {
  return freshSession().then(
    () => true,
    () => false,
  );
}
