import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { newIdentity } from '../../tests/fakes/handshake-pair.ts';
import {
  IdentityChangedError,
  KNOWN_PEERS_LIMITS,
  KnownPeers,
  type KnownPeersFile,
  knownPeersSchema,
} from './known-peers.ts';
import { nodePrimitives as primitives } from './node-primitives.ts';

const ADDRESS = '192.168.1.5:8000';
const identityOf = (byte: number): PublicIdentity => ({
  ed25519: new Uint8Array(32).fill(byte),
  x25519: new Uint8Array(32).fill(byte),
});

function memory() {
  let file: KnownPeersFile | null = null;
  const clock = new FakeClock();
  const peers = () =>
    new KnownPeers({
      primitives,
      clock,
      storage: {
        read: async () => ({ value: file, setAside: null }),
        write: async (value) => {
          file = v.parse(knownPeersSchema, JSON.parse(JSON.stringify(value)));
        },
      },
    });
  return { peers, clock, file: () => file };
}

describe('KnownPeers', () => {
  test('pins on first use, also for a later run', async () => {
    const { peers, clock, file } = memory();
    const { publicIdentity } = newIdentity();
    const first = peers();
    await first.load();
    expect(first.find(ADDRESS)).toBeNull();
    await first.accept(ADDRESS, publicIdentity);
    clock.advance(5);
    const second = peers();
    await second.load();
    expect(second.find(ADDRESS)).toEqual(publicIdentity);
    await second.accept(ADDRESS, publicIdentity);
    const [entry] = file()?.peers ?? [];
    expect(entry!.lastSeenMs - entry!.firstSeenMs).toBe(5);
  });

  test('stops at another key, either of the two, with both fingerprints', async () => {
    const { peers } = memory();
    const known = peers();
    const pinned = newIdentity();
    const other = newIdentity();
    await known.accept(ADDRESS, pinned.publicIdentity);
    await expect(known.accept(ADDRESS, other.publicIdentity)).rejects.toThrow(IdentityChangedError);
    await expect(known.accept(ADDRESS, other.publicIdentity)).rejects.toMatchObject({
      reason: 'identity-changed',
      pinned: pinned.fingerprint,
      presented: other.fingerprint,
      message: expect.stringContaining(other.fingerprint.join(' ')),
    });
    for (const key of ['ed25519', 'x25519'] as const) {
      const mixed = { ...pinned.publicIdentity, [key]: other.publicIdentity[key] };
      await expect(known.accept(ADDRESS, mixed)).rejects.toMatchObject({ reason: 'identity-changed' });
    }
    expect(known.find(ADDRESS)).toEqual(pinned.publicIdentity);
    await known.accept(ADDRESS, pinned.publicIdentity);
  });

  test('knows one host in several places', async () => {
    const known = memory().peers();
    const { publicIdentity } = newIdentity();
    await known.accept(ADDRESS, publicIdentity);
    await known.accept('123456789', publicIdentity);
    expect(known.find('123456789')).toEqual(publicIdentity);
  });

  test('pins anew only after its user has said so', async () => {
    const known = memory().peers();
    await known.accept(ADDRESS, identityOf(1));
    expect(await known.forget(ADDRESS)).toBe(true);
    expect(await known.forget(ADDRESS)).toBe(false);
    await known.accept(ADDRESS, identityOf(2));
    expect(known.find(ADDRESS)).toEqual(identityOf(2));
  });

  test('keeps so many, and forgets the one not seen for longest', async () => {
    const { peers, clock, file } = memory();
    const known = peers();
    for (let index = 0; index < KNOWN_PEERS_LIMITS.peers; index += 1) {
      await known.accept(`host-${index}`, identityOf(index & 0xff));
      clock.advance(1);
    }
    await known.accept('host-0', identityOf(0));
    await known.accept('one more', identityOf(1));
    expect(file()?.peers).toHaveLength(KNOWN_PEERS_LIMITS.peers);
    expect(known.find('host-0')).not.toBeNull();
    expect(known.find('host-1')).toBeNull();
  });

  test('refuses a place that is none', async () => {
    const known = memory().peers();
    for (const place of ['', 'x'.repeat(KNOWN_PEERS_LIMITS.maxKeyLength + 1)])
      await expect(known.accept(place, identityOf(1))).rejects.toMatchObject({ reason: 'malformed', field: 'place' });
  });

  test('says where a file that could not be understood is now', async () => {
    const storage = { read: async () => ({ value: null, setAside: '/aside.json' }), write: async () => undefined };
    expect(await new KnownPeers({ storage, primitives, clock: new FakeClock() }).load()).toBe('/aside.json');
  });

  test('the file has a strict shape', () => {
    const entry = { place: ADDRESS, ed25519: 'A'.repeat(43), x25519: 'A'.repeat(43), firstSeenMs: 1, lastSeenMs: 1 };
    const accepts = (value: unknown) => v.is(knownPeersSchema, value);
    expect(accepts({ version: 1, peers: [entry] })).toBe(true);
    expect(accepts({ version: 2, peers: [] })).toBe(false);
    expect(accepts({ version: 1, peers: [{ ...entry, ed25519: 'A'.repeat(42) }] })).toBe(false);
    expect(accepts({ version: 1, peers: [{ ...entry, more: 1 }] })).toBe(false);
    expect(accepts({ version: 1, peers: Array(KNOWN_PEERS_LIMITS.peers + 1).fill(entry) })).toBe(false);
  });
});

describe('a host that is known by its key', () => {
  const OTHER_ADDRESS = '192.168.1.77';
  const discoveryKey = new Uint8Array(32).fill(9);

  test('is paired wherever it is reached, also in another run, until it is unpaired', async () => {
    const { peers } = memory();
    const first = peers();
    await expect(first.pair(identityOf(1), discoveryKey)).rejects.toThrow(
      expect.objectContaining({ reason: 'not-found' }),
    );
    await first.accept(ADDRESS, identityOf(1));
    expect(first.pairedAt(ADDRESS)).toBeNull();
    await first.pair(identityOf(1), discoveryKey);
    await first.accept(OTHER_ADDRESS, identityOf(1));
    const second = peers();
    await second.load();
    expect(second.pairedAt(ADDRESS)).toEqual(identityOf(1));
    expect(second.pairedAt(OTHER_ADDRESS)).toEqual(identityOf(1));
    await second.unpair(identityOf(1));
    expect([ADDRESS, OTHER_ADDRESS].map((place) => second.pairedAt(place))).toEqual([null, null]);
  });

  test('is recognised at a new address, and takes it over from whoever had it, who is not forgotten', async () => {
    const { peers } = memory();
    const known = peers();
    await known.accept(ADDRESS, identityOf(1));
    await known.pair(identityOf(1), discoveryKey);
    await known.accept(OTHER_ADDRESS, identityOf(2));
    expect(known.recognise(OTHER_ADDRESS, (key) => key[0] === 8)).toBe(false);
    expect(known.recognise(OTHER_ADDRESS, (key) => key[0] === 9)).toBe(true);
    expect(known.pairedAt(OTHER_ADDRESS)).toEqual(identityOf(1));
    await known.accept(OTHER_ADDRESS, identityOf(1));
    expect(known.find(OTHER_ADDRESS)).toEqual(identityOf(1));
    // The displaced one turns up elsewhere: it is known, and said so where it is not expected.
    await expect(known.accept(ADDRESS, identityOf(2))).rejects.toThrow(
      expect.objectContaining({ reason: 'other-host' }),
    );
  });

  test('at the address of another is told from a host that nobody knows', async () => {
    const { peers } = memory();
    const known = peers();
    await known.accept(ADDRESS, identityOf(1));
    await known.accept(OTHER_ADDRESS, identityOf(2));
    await expect(known.accept(ADDRESS, identityOf(2))).rejects.toThrow(
      expect.objectContaining({ reason: 'other-host' }),
    );
    await expect(known.accept(ADDRESS, identityOf(3))).rejects.toThrow(
      expect.objectContaining({ reason: 'identity-changed' }),
    );
    expect(known.find(ADDRESS)).toEqual(identityOf(1));
  });
});
