import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registrationStatement } from '../../shared/wire/control.ts';
import { Registration } from './registration.ts';

const rawKey = (key: KeyObject) => Uint8Array.from(Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url'));

describe('a registration', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const attempt = new Registration('123456789', rawKey(publicKey));
  const signature = sign(null, registrationStatement(attempt.nonce, '123456789'), privateKey);

  it('is proved by a signature of its key over its nonce and its ID', () => {
    expect(attempt.isProvedBy(signature)).toBe(true);
  });

  it('is not proved by a signature for another attempt, or for another ID', () => {
    expect(new Registration('123456789', rawKey(publicKey)).isProvedBy(signature)).toBe(false);
    expect(new Registration('123456780', rawKey(publicKey), attempt.nonce).isProvedBy(signature)).toBe(false);
  });

  it('is not proved by anything altered, or by a key that is none', () => {
    fc.assert(
      fc.property(fc.nat(63), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = Uint8Array.from(signature);
        altered[at]! ^= flip;
        expect(attempt.isProvedBy(altered)).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 40 }), (key) => {
        expect(new Registration('123456789', key, attempt.nonce).isProvedBy(signature)).toBe(false);
      }),
    );
  });
});
