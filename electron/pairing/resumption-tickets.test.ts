import { beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { MemorySecretStore } from '../../tests/fakes/memory-secret-store.ts';
import { type ResumptionTicket, ResumptionTickets, TICKET_LIMITS } from './resumption-tickets.ts';

const MINUTE_MS = 60_000;
let clock: FakeClock;
let store: MemorySecretStore;
let tickets: ResumptionTickets;

beforeEach(() => {
  clock = new FakeClock();
  store = new MemorySecretStore();
  tickets = book();
});

const book = () => new ResumptionTickets({ store, clock, log: silentLog });

function ticket(byte: number): ResumptionTicket {
  const fill = (sizeBytes: number) => new Uint8Array(sizeBytes).fill(byte);
  return {
    id: fill(16),
    secret: fill(64),
    viewer: { ed25519: fill(32), x25519: fill(32) },
    viewerName: `laptop ${byte}`,
    permissionBits: 3,
    how: 'code',
  };
}

describe('ResumptionTickets', () => {
  test('finds a ticket until it is used, once', () => {
    tickets.add(ticket(1));
    expect(tickets.find(ticket(1).id)).toEqual(ticket(1));
    expect(tickets.find(ticket(2).id)).toBeNull();
    expect(tickets.use(ticket(2).id)).toBe(false);
    expect(tickets.use(ticket(1).id)).toBe(true);
    expect(tickets.find(ticket(1).id)).toBeNull();
    expect(tickets.use(ticket(1).id)).toBe(false);
  });

  test('hands out copies, so that its own secret stays until it goes', () => {
    const own = ticket(1);
    tickets.add(own);
    own.secret.fill(0);
    tickets.find(own.id)!.secret.fill(0);
    expect(tickets.find(own.id)).toEqual(ticket(1));
    const held = tickets.find(own.id)!;
    tickets.use(own.id);
    expect(held.secret).toEqual(ticket(1).secret);
  });

  test('lets a ticket live for ten minutes from the last touch', () => {
    tickets.add(ticket(1));
    clock.advance(9 * MINUTE_MS);
    tickets.touch(ticket(1).id);
    tickets.touch(ticket(2).id);
    clock.advance(10 * MINUTE_MS - 1);
    expect(tickets.find(ticket(1).id)).not.toBeNull();
    clock.advance(1);
    expect(tickets.find(ticket(1).id)).toBeNull();
    expect(tickets.use(ticket(1).id)).toBe(false);
  });

  test('drops the one that expires first when there are too many', () => {
    for (let index = 0; index < TICKET_LIMITS.tickets; index += 1) {
      tickets.add(ticket(index));
      clock.advance(1);
    }
    tickets.touch(ticket(0).id);
    tickets.add(ticket(200));
    expect(tickets.find(ticket(1).id)).toBeNull();
    for (const left of [0, 2, 63, 200]) expect(tickets.find(ticket(left).id)).not.toBeNull();
  });

  test('revokes one or all', async () => {
    for (const byte of [1, 2, 3]) tickets.add(ticket(byte));
    expect(tickets.revoke(ticket(1).id)).toBe(true);
    expect(tickets.revoke(ticket(1).id)).toBe(false);
    tickets.revokeAll();
    for (const byte of [1, 2, 3]) expect(tickets.find(ticket(byte).id)).toBeNull();
    await tickets.saved();
    expect(Buffer.from(store.saved.get('resumption-tickets')!).toString()).toBe('[]');
  });

  test('survives the app, without living any longer', async () => {
    tickets.add(ticket(1));
    tickets.add(ticket(2));
    tickets.use(ticket(2).id);
    await tickets.saved();
    clock.advance(6 * MINUTE_MS);
    const restarted = book();
    expect(await restarted.load()).toBeNull();
    expect(restarted.find(ticket(1).id)).toEqual(ticket(1));
    expect(restarted.find(ticket(2).id)).toBeNull();
    clock.advance(4 * MINUTE_MS);
    expect(restarted.find(ticket(1).id)).toBeNull();
  });

  test('does not live longer because the clock was set back', async () => {
    tickets.add(ticket(1));
    await tickets.saved();
    const earlier = new FakeClock();
    earlier.advance(-30 * MINUTE_MS);
    const restarted = new ResumptionTickets({ store, clock: earlier, log: silentLog });
    await restarted.load();
    earlier.advance(10 * MINUTE_MS);
    expect(restarted.find(ticket(1).id)).toBeNull();
  });

  test('writes touches at most once a minute', async () => {
    let saves = 0;
    const save = store.save.bind(store);
    store.save = (name, bytes) => {
      saves += 1;
      return save(name, bytes);
    };
    tickets.add(ticket(1));
    await tickets.saved();
    for (let second = 0; second < 130; second += 1) {
      clock.advance(1_000);
      tickets.touch(ticket(1).id);
      await tickets.saved();
    }
    expect(saves).toBe(3);
  });

  test('goes on in memory when nothing can be saved', async () => {
    store.save = () => Promise.reject(new Error('disk full'));
    tickets.add(ticket(1));
    await tickets.saved();
    expect(tickets.find(ticket(1).id)).not.toBeNull();
  });

  test('sets aside what it cannot understand', async () => {
    tickets.add(ticket(1));
    await tickets.saved();
    const good = Buffer.from(store.saved.get('resumption-tickets')!).toString();
    for (const bad of [
      '',
      '{',
      '{}',
      '[1]',
      good.replace('"secret":"', '"secret":"AAAA'),
      good.replace('"id"', '"key"'),
    ]) {
      store.saved.set('resumption-tickets', new Uint8Array(Buffer.from(bad)));
      const restarted = book();
      expect(await restarted.load()).toBe('resumption-tickets.corrupt');
      expect(restarted.find(ticket(1).id)).toBeNull();
    }
  });
});
