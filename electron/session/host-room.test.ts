// What a room does when time passes, or when there is too much of something: no waiting, the clock is a test's.
import { afterEach, describe, expect, it } from 'vitest';
import { encodeTimeSync } from '../../shared/wire/messages/time-sync.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { MemoryRelay } from '../../tests/fakes/memory-relay.ts';
import { makeHost, makeRawViewer, makeViewer, target } from '../../tests/fakes/session-site.ts';
import { joinAsViewer } from '../transport/relay-client.ts';
import { HOST_DOOR_LIMITS } from './host-door.ts';
import { HOST_DOORS_LIMITS } from './host-doors.ts';
import { HOST_ROOM_LIMITS } from './host-room.ts';
import { HOST_SESSION_LIMITS } from './host-session.ts';
import { VIEWER_SESSION_LIMITS } from './viewer-session.ts';

const SOON = { timeout: 5_000, interval: 2 };
const URL = 'ws://memory/';
const STEP_MS = 1_000;
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function makeRoom() {
  const clock = new FakeClock();
  const relay = new MemoryRelay();
  const host = makeHost({ open: relay.open, clock });
  await host.room.open(URL);
  await expect.poll(() => host.ready(), SOON).toBe(true);
  const viewer = () => {
    const site = makeViewer({ open: relay.open, clock });
    cleanups.push(() => site.session.close());
    return site;
  };
  const admitted = async () => {
    await expect.poll(() => host.code(), SOON).not.toBeNull();
    const site = viewer();
    site.session.connect(target(URL, host.code() ?? ''));
    await expect.poll(() => site.state.phase, SOON).toBe('active');
    return site;
  };
  const lurker = () => {
    const closed: string[] = [];
    joinAsViewer(
      { url: URL, hostId: '*', open: relay.open, clock },
      {
        onJoined: () => undefined,
        onHostLeft: () => undefined,
        onMessage: () => undefined,
        onClose: (reason) => closed.push(reason),
      },
    );
    return closed;
  };
  /** Lets time pass in steps that leave everybody the turns to answer each other. */
  const pass = async (timeMs: number) => {
    for (let passedMs = 0; passedMs < timeMs; passedMs += STEP_MS) {
      clock.advance(STEP_MS);
      for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, relay, host, admitted, lurker, pass };
}

describe('HostRoom', () => {
  it('waits for a lost viewer as long as its ticket lives, and no longer', async () => {
    const { clock, host, admitted } = await makeRoom();
    const viewer = await admitted();
    viewer.control.frozen = true;
    viewer.control.cut();
    await expect.poll(() => host.viewers[0]?.connected, SOON).toBe(false);
    clock.advance(HOST_ROOM_LIMITS.resumeMs - 1);
    expect(host.viewers).toHaveLength(1);
    clock.advance(1);
    expect(host.viewers).toEqual([]);
    expect(host.sink.calls).toEqual(['release', 'dismiss']);
    expect(host.activity.at(-1)).toMatchObject({ kind: 'left', reason: 'connection-lost' });
  });

  it('keeps the ticket of a viewer that stays longer than its life', async () => {
    const { host, admitted, pass } = await makeRoom();
    const viewer = await admitted();
    await pass(2 * HOST_ROOM_LIMITS.resumeMs);
    expect(viewer.phases).not.toContain('reconnecting');
    viewer.control.cut();
    await pass(2_000);
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(viewer.phases.slice(-2)).toEqual(['reconnecting', 'active']);
    expect(host.asked).toHaveLength(1);
  });

  it('sends away who proves nothing in time', async () => {
    const { host, lurker, pass } = await makeRoom();
    const closed = lurker();
    await pass(HOST_DOOR_LIMITS.proofTimeoutMs - STEP_MS);
    expect(closed).toEqual([]);
    await pass(2 * STEP_MS);
    expect(host.activity).toMatchObject([{ kind: 'refused', reason: 'timeout' }]);
    expect(closed).toEqual(['ended-by-host']);
  });

  it('has so many doors and no more', async () => {
    const { host, lurker } = await makeRoom();
    const lurkers = Array.from({ length: HOST_DOORS_LIMITS.maxDoors + 1 }, lurker);
    await expect.poll(() => lurkers.flat(), SOON).toEqual(['ended-by-host']);
    expect(host.activity).toMatchObject([{ kind: 'refused', reason: 'limit-reached' }]);
  });

  it('ends the session of a viewer that sends more records than anybody can make', async () => {
    const { relay, host } = await makeRoom();
    await expect.poll(() => host.code(), SOON).not.toBeNull();
    const flood = await makeRawViewer(relay.open, URL, host.code() ?? '');
    const question = encodeTimeSync({ kind: 'question', t0Us: 1 });
    for (let count = 0; count <= HOST_SESSION_LIMITS.burstRecords; count++)
      flood.granted.records.send(Channel.stats, question);
    await expect.poll(() => flood.failure?.error.reason, SOON).toBe('ended-by-host');
    expect(host.activity.at(-1)).toMatchObject({ kind: 'left', reason: 'rate-limited' });
  });
});

describe('ViewerSession', () => {
  it('seeks a lost host as long as its ticket lives, and then says so', async () => {
    const { relay, admitted, pass } = await makeRoom();
    const viewer = await admitted();
    relay.down();
    await expect.poll(() => viewer.state.phase, SOON).toBe('reconnecting');
    const attempts = viewer.control.opened;
    await pass(VIEWER_SESSION_LIMITS.maxReconnectMs - 15_000);
    expect(viewer.state).toMatchObject({ phase: 'reconnecting', error: { reason: 'relay-unreachable' } });
    await pass(20_000);
    expect(viewer.state).toMatchObject({ phase: 'ended', error: { reason: 'relay-unreachable' }, retryAtMs: null });
    expect(viewer.control.opened - attempts).toBeGreaterThan(40);
  });
});
