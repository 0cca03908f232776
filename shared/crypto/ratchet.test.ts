import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RATCHET_LIMITS, RatchetKey } from './ratchet.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
/** Stands for HKDF: the next key is another one, and says how often the key was turned. */
const primitives = {
  hkdfSha256: (key: Uint8Array, info: Uint8Array) => {
    expect(new TextDecoder().decode(info)).toBe('tarnet2 rekey');
    return key.map((byte) => byte + 32);
  },
};
const keyAfter = (turns: number): Uint8Array => KEY.map((byte) => byte + 32 * turns);

/** The key and nonce of each record, copied. */
function records(ratchet: RatchetKey, sizes: readonly number[]): { key: Uint8Array; nonce: Uint8Array }[] {
  return sizes.map((sizeBytes) => {
    const { key, nonce } = ratchet.next(sizeBytes);
    return { key: key.slice(), nonce: nonce.slice() };
  });
}

test('turns the key after so many records', () => {
  const ratchet = new RatchetKey(primitives, KEY.slice(), { recordsPerKey: 3, bytesPerKey: 1000 });
  const keys = records(ratchet, [1, 1, 1, 1, 1, 1, 1]).map(({ key }) => key);
  expect(keys).toEqual([0, 0, 0, 1, 1, 1, 2].map(keyAfter));
});

test('turns the key before the bytes under it pass the limit', () => {
  const ratchet = new RatchetKey(primitives, KEY.slice(), { recordsPerKey: 1000, bytesPerKey: 10 });
  const keys = records(ratchet, [4, 6, 1, 9, 1, 50, 50]).map(({ key }) => key);
  expect(keys).toEqual([0, 0, 1, 1, 2, 3, 4].map(keyAfter));
});

test('never gives the same key and nonce twice, whatever the sizes', () => {
  const limits = fc.record({
    recordsPerKey: fc.integer({ min: 1, max: 5 }),
    bytesPerKey: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(limits, fc.array(fc.nat(60), { maxLength: 40 }), (limit, sizes) => {
      const used = records(new RatchetKey(primitives, KEY.slice(), limit), sizes).map(
        ({ key, nonce }) => `${Buffer.from(key).toString('hex')} ${Buffer.from(nonce).toString('hex')}`,
      );
      expect(new Set(used).size).toBe(used.length);
    }),
  );
});

test('counts records in the nonce, big-endian, and never starts again', () => {
  const ratchet = new RatchetKey(primitives, KEY.slice(), { recordsPerKey: 2, bytesPerKey: 1000 });
  const nonces = records(ratchet, Array(300).fill(1)).map(({ nonce }) => Buffer.from(nonce).toString('hex'));
  expect(nonces[0]).toBe('000000000000000000000000');
  expect(nonces[1]).toBe('000000000000000000000001');
  expect(nonces[299]).toBe('00000000000000000000012b');
});

test('zeroes the keys that it leaves', () => {
  const key = KEY.slice();
  const ratchet = new RatchetKey(primitives, key, { recordsPerKey: 1, bytesPerKey: 1000 });
  ratchet.next(1);
  const second = ratchet.next(1).key;
  expect(key).toEqual(new Uint8Array(32));
  ratchet.forget();
  expect(second).toEqual(new Uint8Array(32));
});

test('the limits are those of docs/security.md', () => {
  expect(RATCHET_LIMITS).toEqual({ recordsPerKey: 1_048_576, bytesPerKey: 1_073_741_824 });
});
