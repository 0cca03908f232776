import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { ANNOUNCER_LIMITS, Announcer } from './announcer.ts';
import type { OwnAnswer } from './probe-socket.ts';

const KEY = new Uint8Array(32).fill(5);

function makeAnnouncer(name: string | null = null) {
  const clock = new FakeClock();
  const said: (OwnAnswer | null)[] = [];
  const channel = { announce: (own: OwnAnswer) => void said.push(own), leave: () => void said.push(null) };
  const announcer = new Announcer({
    clock,
    discoveryKey: KEY,
    name: () => name,
    system: 'Linux',
    access: 'code',
    channels: [channel],
  });
  return { clock, said, announcer };
}

describe('what a host tells the LAN', () => {
  it('is recognised by whoever has its key', () => {
    const { said, announcer } = makeAnnouncer();
    announcer.start(8000);
    const own = said[0]!;
    const expected = createHmac('sha256', KEY)
      .update(Buffer.concat([Buffer.from('tarnet-disc'), own.salt]))
      .digest();
    expect(Buffer.compare(expected.subarray(0, 8), own.tag)).toBe(0);
    expect(own).toMatchObject({ port: 8000, name: '', access: 'code' });
  });

  it('has a new salt every hour, and a new name at every start: nobody else can follow it', () => {
    const { clock, said, announcer } = makeAnnouncer('Desk');
    announcer.start(8000);
    clock.advance(ANNOUNCER_LIMITS.saltLifetimeMs);
    announcer.stop();
    announcer.start(8000);
    const [first, renewed, left, again] = said;
    expect(renewed!.instance).toBe(first!.instance);
    expect([...renewed!.salt]).not.toEqual([...first!.salt]);
    expect([...renewed!.tag]).not.toEqual([...first!.tag]);
    expect(left).toBeNull();
    expect(again!.instance).not.toBe(first!.instance);
    expect(again!.name).toBe('Desk');
  });

  it('is not said any more once sharing has stopped', () => {
    const { clock, said, announcer } = makeAnnouncer();
    announcer.start(8000);
    expect(announcer.isOwn(said[0]!.instance)).toBe(true);
    announcer.stop();
    announcer.stop();
    clock.advance(2 * ANNOUNCER_LIMITS.saltLifetimeMs);
    expect(said).toHaveLength(2);
    expect(said[1]).toBeNull();
    expect(clock.pending).toBe(0);
  });
});
