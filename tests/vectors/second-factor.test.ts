// Golden bytes of the question for a second factor and of its answer. The expected values were computed by another
// implementation, with nothing but HMAC, SHA-256 and AES-GCM, from docs/security.md.
import { expect, test } from 'vitest';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import { openAnswer, openChallenge, sealAnswer, sealChallenge } from '../../shared/crypto/factor-format.ts';
import { HandshakeMode } from '../../shared/crypto/handshake-format.ts';
import { factorKeys } from '../../shared/crypto/key-schedule.ts';

const run = (start: number, sizeBytes: number) => Uint8Array.from({ length: sizeBytes }, (_, index) => start + index);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const mode = HandshakeMode.password;
const transcript = [run(1, 40), run(2, 50), run(3, 60)];

test('each side has a key of its own', () => {
  const prk = Buffer.from('9fc29b012a3650885a971fed5b9ae8ca22e0440808d87f97f49fc3cfcab53cb6', 'hex');
  const { challenge, answer } = factorKeys(primitives, prk);
  expect(hex(challenge)).toBe('2a3814422c137a7e659d53c3770ee7d88727a91894ea79638b9a72d99625fdbf');
  expect(hex(answer)).toBe('177b5c56e652d59f87daba59bdb0fa91089de51b3def5654e5bc84053f070d04');
});

test('the question: type, version, mode, suite, then the kind sealed', () => {
  const context = { mode, key: run(0x11, 32), transcript };
  const message = sealChallenge(primitives, context);
  expect(hex(message)).toBe('05020201a0d515854ea5c8075e3578f9f8d5f2caf7');
  expect(() => openChallenge(primitives, context, message)).not.toThrow();
});

test('the answer: type, version, mode, suite, then length, code and zeros sealed', () => {
  const context = { mode, key: run(0x22, 32), transcript };
  const message = sealAnswer(primitives, context, '287 082');
  expect(hex(message)).toBe(
    '06020201575f0221fc9504c2c28e99b1e8d47236267f2f5964fd71fb6dbe171d1e90f455f6abde5f92e4799736b816f787d5b0c2',
  );
  expect(openAnswer(primitives, context, message)).toBe('287082');
});
