// Several relays that share a directory of rooms, as processes: what hosts and viewers see when relays or Redis go.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { presenceKey } from '../../electron/relay/registration.ts';
import { startTcpProxy, type TcpProxy } from '../fakes/tcp-proxy.ts';
import { freePort, RedisServer } from '../processes/redis-server.ts';
import { RelayProcess } from '../processes/relay-process.ts';
import { BarePeer, makeKey } from './relay-peers.ts';
import { RoamingHost, RoamingViewer } from './relay-roamers.ts';

const ID = '123456789';
const NODES = 3;

let redis: RedisServer;
let proxies: TcpProxy[];
let ports: number[];
let nodes: RelayProcess[];
let roamers: { end(): void }[];

/** A relay that reaches Redis by a line of its own. */
function startNode(index: number): RelayProcess {
  return new RelayProcess([
    `--port=${ports[index]}`,
    '--bind=127.0.0.1',
    `--redis=redis://127.0.0.1:${proxies[index]?.port}`,
    `--public-url=ws://127.0.0.1:${ports[index]}/`,
    '--connections-per-minute=10000',
    '--registrations-per-minute=1000',
    '--joins-per-minute=10000',
  ]);
}

const host = (hostId: string, first: number) => {
  const one = new RoamingHost(hostId, ports, ports[first] ?? 0);
  roamers.push(one);
  return one;
};
const viewer = (hostId: string, first: number) => {
  const one = new RoamingViewer(hostId, ports, ports[first] ?? 0);
  roamers.push(one);
  return one;
};
const gaps = (pictures: readonly number[]) =>
  pictures.filter((seq, at) => at > 0 && seq !== (pictures[at - 1] ?? 0) + 1).length;

beforeEach(async () => {
  roamers = [];
  redis = await RedisServer.start();
  proxies = await Promise.all(Array.from({ length: NODES }, () => startTcpProxy(redis.port)));
  ports = await Promise.all(Array.from({ length: NODES }, () => freePort()));
  nodes = ports.map((_, index) => startNode(index));
  await Promise.all(nodes.map((node) => node.port()));
  await Promise.all(nodes.map((node) => node.line('directory reached')));
});
afterEach(async () => {
  for (const roamer of roamers) roamer.end();
  for (const node of nodes) node.child.kill('SIGKILL');
  await Promise.all(nodes.map((node) => node.ended));
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await redis.kill();
});

describe('several relays', () => {
  it('send a viewer to the one that has its host', async () => {
    const ours = host(ID, 1);
    await ours.until(() => ours.port !== null);
    const viewers = [viewer(ID, 0), viewer(ID, 1), viewer(ID, 2)];
    await Promise.all(viewers.map((one) => one.see(5)));
    expect(viewers.map(({ port }) => port)).toEqual([ports[1], ports[1], ports[1]]);
  });

  it('tell at each of them that a host is there, to those who know its key', async () => {
    const ours = host(ID, 1);
    await ours.until(() => ours.port !== null);
    const keys = [presenceKey(ours.key.raw), presenceKey(makeKey().raw)].map((key) => Uint8Array.from(key));
    for (const port of ports) {
      const asking = new BarePeer(port);
      await asking.open();
      asking.sendControl({ op: 'presence', keys });
      const { keys: present } = await asking.control('present');
      expect(present.map((key) => Buffer.from(key))).toEqual([presenceKey(ours.key.raw)]);
      asking.cut();
    }
  });

  it('go on without the one that had the room: host and viewers meet at another', async () => {
    const ours = host(ID, 0);
    await ours.until(() => ours.port !== null);
    const viewers = [viewer(ID, 0), viewer(ID, 1), viewer(ID, 2)];
    await Promise.all(viewers.map((one) => one.see(5)));
    nodes[0]?.child.kill('SIGKILL');
    await ours.until(() => ours.port !== null && ours.port !== ports[0]);
    await Promise.all(viewers.map((one) => one.see(5)));
    expect(new Set(viewers.map(({ port }) => port))).toEqual(new Set([ours.port]));
  });

  it('lose no picture while Redis is away, take new hosts, and publish everything when it is back', async () => {
    const ours = host(ID, 0);
    await ours.until(() => ours.port !== null);
    const watching = viewer(ID, 0);
    await watching.see(5);
    const before = watching.pictures.length;
    await redis.kill();
    await watching.see(25);
    const late = host('987654321', 2);
    await late.until(() => late.port !== null);
    await watching.see(25);
    expect(gaps(watching.pictures.slice(before))).toBe(0);
    expect(watching.connections).toBe(1);
    await redis.run(); // With nothing in it.
    const found = [viewer(ID, 1), viewer('987654321', 1)];
    await Promise.all(found.map((one) => one.see(5)));
    expect(found.map(({ port }) => port)).toEqual([ports[0], ports[2]]);
    expect(gaps(watching.pictures.slice(before))).toBe(0);
  });

  it('let a host go from a relay that is cut off, and send after it those who waited there', async () => {
    const ours = host(ID, 0);
    await ours.until(() => ours.port !== null);
    const waiting = viewer(ID, 0);
    await waiting.see(5);
    proxies[0]?.stall();
    ours.end();
    // The same host, as its key says, at another relay: with the key that the first connection had.
    const again = new RoamingHost(ID, ports, ports[1] ?? 0, ours.key);
    roamers.push(again);
    await again.until(() => again.port === ports[1]);
    proxies[0]?.resume();
    await waiting.see(5);
    expect(waiting.port).toBe(ports[1]);
  });

  it('refuse an ID that is live at another relay with another key', async () => {
    const ours = host(ID, 0);
    await ours.until(() => ours.port !== null);
    const watching = viewer(ID, 2);
    await watching.see(5);
    const squatter = host(ID, 1);
    await nodes[1]?.line('peer gone');
    expect(squatter.port).toBeNull();
    squatter.end();
    await watching.see(10);
    expect(watching.port).toBe(ports[0]);
  });

  it('are restarted one after the other, and everybody is back each time', async () => {
    const ours = host(ID, 0);
    await ours.until(() => ours.port !== null);
    const viewers = [viewer(ID, 1), viewer(ID, 2)];
    await Promise.all(viewers.map((one) => one.see(5)));
    for (let index = 0; index < NODES; index++) {
      const node = nodes[index];
      if (!node) throw new Error('no such node');
      expect((await node.stop()).code).toBe(0);
      await ours.until(() => ours.port !== null && ours.port !== ports[index]);
      await Promise.all(viewers.map((one) => one.see(5)));
      const next = startNode(index);
      nodes[index] = next;
      await next.line('directory reached');
    }
    expect(viewers.map(({ port }) => port)).toEqual([ours.port, ours.port]);
  });
});
