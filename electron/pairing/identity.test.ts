import { describe, expect, test } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { MemorySecretStore } from '../../tests/fakes/memory-secret-store.ts';
import { loadIdentity } from './identity.ts';
import { nodePrimitives as primitives } from './node-primitives.ts';

describe('loadIdentity', () => {
  test('makes an identity once, and gives the same one ever after', async () => {
    const store = new MemorySecretStore();
    const first = await loadIdentity(store, primitives);
    const second = await loadIdentity(store, primitives);
    expect(first.setAside).toBeNull();
    expect(second.identity).toMatchObject({
      publicIdentity: first.identity.publicIdentity,
      hostId: first.identity.hostId,
      fingerprint: first.identity.fingerprint,
    });
    const other = await loadIdentity(new MemorySecretStore(), primitives);
    expect(other.identity.publicIdentity).not.toEqual(first.identity.publicIdentity);
  });

  test('has nine digits, six words and a signature that its public key checks', async () => {
    const { identity } = await loadIdentity(new MemorySecretStore(), primitives);
    expect(identity.hostId).toMatch(/^\d{9}$/);
    expect(identity.fingerprint).toHaveLength(6);
    expect(identity.fingerprint.every((word) => /^[a-z]{3,8}$/.test(word))).toBe(true);
    const message = Uint8Array.of(1, 2, 3);
    expect(primitives.verifier(identity.publicIdentity.ed25519)(message, identity.sign(message))).toBe(true);
  });

  test('sets aside what is no identity, and says so', async () => {
    const store = new MemorySecretStore();
    const { identity } = await loadIdentity(store, primitives);
    const good = store.saved.get('identity')!;
    const swapped = good.slice();
    swapped.set(good.subarray(97, 129), 33);
    const flipped = (at: number) => good.map((byte, index) => (index === at ? byte ^ 1 : byte));
    for (const bad of [
      new Uint8Array(),
      good.subarray(1),
      flipped(0),
      flipped(40),
      flipped(70),
      flipped(100),
      swapped,
    ]) {
      store.saved.set('identity', bad);
      const loaded = await loadIdentity(store, primitives);
      expect(loaded.setAside).toBe('identity.corrupt');
      expect(store.saved.get('identity.corrupt')).toEqual(bad);
      expect(loaded.identity.hostId).not.toBe(identity.hostId);
    }
  });

  test('makes no new one while the key store is away', async () => {
    const store = new MemorySecretStore();
    store.load = async () => {
      throw new TarnetError('not-supported', 'the key store is locked');
    };
    await expect(loadIdentity(store, primitives)).rejects.toMatchObject({ reason: 'not-supported' });
    expect(store.saved.size).toBe(0);
  });
});
