import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodePrimitives as primitives } from './node-primitives.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const bytes = (sizeBytes: number) => fc.uint8Array({ minLength: sizeBytes, maxLength: sizeBytes });

test('HKDF-SHA-256 agrees with RFC 5869, test case 3', () => {
  const expected = hex('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8');
  expect(primitives.hkdfSha256(new Uint8Array(22).fill(0x0b), new Uint8Array(), 42)).toEqual(expected);
});

test('HMAC-SHA-256 over parts agrees with RFC 4231, test case 2', () => {
  const mac = primitives.hmacSha256(Buffer.from('Jefe'), Buffer.from('what do ya want '), Buffer.from('for nothing?'));
  expect(mac).toEqual(hex('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'));
});

test('X25519 agrees with RFC 7748, section 6.1', () => {
  const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  const bobPublic = hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
  const shared = hex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
  expect(primitives.x25519(alice, bobPublic)).toEqual(shared);
});

test('X25519 refuses public keys of low order and wrong length', () => {
  const { privateKey } = primitives.x25519KeyPair();
  const one = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0));
  const order8 = hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800');
  for (const publicKey of [new Uint8Array(32), one, order8, new Uint8Array(31)])
    expect(primitives.x25519(privateKey, publicKey)).toBeNull();
});

test('Ed25519 agrees with RFC 8032, test 1', () => {
  const secret = hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
  const publicKey = hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  const signature = hex(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
  const empty = new Uint8Array();
  expect(primitives.signer(secret)(empty)).toEqual(signature);
  const verify = primitives.verifier(publicKey);
  expect(verify(empty, signature)).toBe(true);
  expect(verify(Uint8Array.of(0), signature)).toBe(false);
  for (const wrong of [empty, signature.subarray(1), new Uint8Array(64)]) expect(verify(empty, wrong)).toBe(false);
  expect(() => primitives.verifier(publicKey.subarray(1))).toThrow(expect.objectContaining({ reason: 'malformed' }));
});

test('AES-256-GCM agrees with its specification, test case 14', () => {
  const input = { key: new Uint8Array(32), nonce: new Uint8Array(12), aad: new Uint8Array() };
  const target = new Uint8Array(3 + 32);
  primitives.sealInto(target, 3, input, new Uint8Array(16));
  expect(target).toEqual(hex('000000cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919'));
});

test('what was sealed opens, and nothing else does', () => {
  fc.assert(
    fc.property(
      fc.record({ key: bytes(32), nonce: bytes(12), aad: fc.uint8Array({ maxLength: 20 }) }),
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(),
      fc.integer({ min: 0, max: 7 }),
      (input, plaintext, at, bit) => {
        const sealed = new Uint8Array(plaintext.length + 16);
        primitives.sealInto(sealed, 0, input, plaintext);
        expect(primitives.open(input, sealed)).toEqual(plaintext);
        expect(primitives.open({ ...input, aad: new Uint8Array(21) }, sealed)).toBeNull();
        expect(primitives.open(input, sealed.subarray(1))).toBeNull();
        sealed[at % sealed.length]! ^= 1 << bit;
        expect(primitives.open(input, sealed)).toBeNull();
      },
    ),
  );
});

test('key pairs agree with one another', () => {
  const one = primitives.x25519KeyPair();
  const other = primitives.x25519KeyPair();
  expect(primitives.x25519(one.privateKey, other.publicKey)).toEqual(
    primitives.x25519(other.privateKey, one.publicKey),
  );
  const signing = primitives.ed25519KeyPair();
  const message = primitives.randomBytes(40);
  expect(primitives.verifier(signing.publicKey)(message, primitives.signer(signing.privateKey)(message))).toBe(true);
});
