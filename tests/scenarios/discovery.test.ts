// Two machines' discovery on one machine, over the real UDP port: found at once, gone at once.
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { Announcer } from '../../electron/discovery/announcer.ts';
import { LOOPBACK_BROADCAST } from '../../electron/discovery/local-networks.ts';
import { decodeAnswer, encodeQuery, PROBE, type ProbeAnswer } from '../../electron/discovery/probe-packet.ts';
import { DISCOVERY_PORT, PROBE_LIMITS, ProbeSocket } from '../../electron/discovery/probe-socket.ts';
import { silentLog } from '../../shared/base/log.ts';

const open: ProbeSocket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.stop();
});

/** A machine on loopback, and a promise of the next thing that it hears and that fits. */
function makeMachine() {
  const waiting: { fits: (answer: ProbeAnswer) => boolean; resolve: (answer: ProbeAnswer) => void }[] = [];
  const probe = new ProbeSocket({
    reach: 'loopback',
    clock: systemClock,
    log: silentLog,
    onFound: (answer) => {
      for (const { fits, resolve } of waiting) if (fits(answer)) resolve(answer);
    },
    onProblem: (error) => {
      throw error;
    },
  });
  open.push(probe);
  const announcer = new Announcer({
    clock: systemClock,
    discoveryKey: new Uint8Array(32),
    name: () => 'Desk',
    system: 'Linux',
    access: 'code',
    channels: [probe],
  });
  const hears = (fits: (answer: ProbeAnswer) => boolean) =>
    new Promise<ProbeAnswer>((resolve) => waiting.push({ fits, resolve }));
  return { probe, announcer, hears };
}

describe('discovery over UDP', () => {
  it('finds a host that starts to share, and hears when it stops', async () => {
    const viewer = makeMachine();
    const host = makeMachine();
    viewer.probe.start();
    host.probe.start();
    const found = viewer.hears(({ port, leaving }) => port === 8123 && !leaving);
    host.announcer.start(8123);
    const { instance } = await found;
    await expect(found).resolves.toMatchObject({ name: 'Desk', system: 'Linux' });
    const gone = viewer.hears((answer) => answer.instance === instance && answer.leaving);
    host.announcer.stop();
    await gone;
  });

  it('finds a host that has been sharing for long', async () => {
    const host = makeMachine();
    host.probe.start();
    const heardItself = host.hears(({ port }) => port === 8124);
    host.announcer.start(8124);
    await heardItself;
    const viewer = makeMachine();
    const found = viewer.hears(({ port, nonce }) => port === 8124 && nonce.some((byte) => byte !== 0));
    viewer.probe.start();
    await found;
  });

  it('answers no more often than its limit', async () => {
    const host = makeMachine();
    host.probe.start();
    const heardItself = host.hears(({ port }) => port === 8125);
    host.announcer.start(8125);
    await heardItself;
    const asker = createSocket('udp4');
    let answers = 0;
    const seconds = new Set<number>();
    asker.on('message', (datagram) => {
      if (decodeAnswer(datagram)?.port !== 8125) return;
      answers += 1;
      seconds.add(Math.floor(systemClock.monotonicMs() / 1000));
    });
    await new Promise<void>((resolve) => asker.bind(0, resolve));
    asker.setBroadcast(true);
    const query = encodeQuery(new Uint8Array(PROBE.nonceBytes).fill(7));
    for (let count = 0; count < 50; count++)
      await new Promise((resolve) => asker.send(query, DISCOVERY_PORT, LOOPBACK_BROADCAST, resolve));
    // The limit is one of time, so time has to pass before the answers can be counted.
    await new Promise<void>((resolve) => systemClock.after(1_100, resolve));
    asker.close();
    expect(answers).toBeGreaterThan(0);
    expect(answers).toBeLessThanOrEqual(PROBE_LIMITS.answersPerSecond * (seconds.size + 1));
  });
});
