// Golden bytes of the handshake and its key schedule. The expected values were computed by another implementation, with
// nothing but HMAC and SHA-256, from docs/security.md.
import { expect, test } from 'vitest';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import {
  encodeHs1,
  encodeHs2,
  encodeHs3Opening,
  encodeHs4Opening,
  HandshakeMode,
} from '../../shared/crypto/handshake-format.ts';
import { hostIdOf } from '../../shared/crypto/host-id.ts';
import {
  exportSecret,
  handshakeKeys,
  hostHash,
  knownDeviceProof,
  sessionKeys,
  shortAuthenticationString,
} from '../../shared/crypto/key-schedule.ts';
import { concatBytes } from '../../shared/crypto/labels.ts';
import { groupNonce } from '../../shared/crypto/nonces.ts';
import { fingerprint } from '../../shared/crypto/words.ts';

/** `start`, `start + 1`, … */
const run = (start: number, sizeBytes: number) => Uint8Array.from({ length: sizeBytes }, (_, index) => start + index);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const mode = HandshakeMode.code;
const hs1 = encodeHs1({ mode, hostHash: hostHash(primitives, '123456789'), ephemeral: run(1, 32), ke1: run(3, 96) });
const hs2 = encodeHs2({ mode, sessionId: run(6, 16), ephemeral: run(2, 32), ke2: run(4, 320), triesLeft: 4 });
const hs3 = concatBytes(encodeHs3Opening(mode, run(5, 64)), run(9, 200));
const hs4 = concatBytes(encodeHs4Opening(mode), run(10, 200));

test('HS1: type, version, mode, suite, hash of the ID, ephemeral key, length, KE1', () => {
  expect(hex(hs1.subarray(0, 60))).toBe(
    `01020101${'15e2b0d3c33891ebb0f1ef609ec41942'}${hex(run(1, 32))}${'0060'}${'030405060708'}`,
  );
  expect(hs1).toHaveLength(4 + 16 + 32 + 2 + 96);
});

test('HS2: type, version, mode, suite, session, ephemeral key, length, KE2, tries left', () => {
  expect(hex(hs2.subarray(0, 56))).toBe(`02020101${hex(run(6, 16))}${hex(run(2, 32))}${'0140'}${'0405'}`);
  expect(hs2).toHaveLength(4 + 16 + 32 + 2 + 320 + 1);
  expect(hs2.at(-1)).toBe(4);
  const unlimited = encodeHs2({
    mode,
    sessionId: run(6, 16),
    ephemeral: run(2, 32),
    ke2: run(4, 320),
    triesLeft: null,
  });
  expect(unlimited.at(-1)).toBe(255);
});

test('the password goes as the code does, in a mode of its own', () => {
  const password = HandshakeMode.password;
  const first = encodeHs1({ mode: password, hostHash: run(0, 16), ephemeral: run(1, 32), ke1: run(3, 96) });
  const second = encodeHs2({
    mode: password,
    sessionId: run(6, 16),
    ephemeral: run(2, 32),
    ke2: run(4, 320),
    triesLeft: null,
  });
  expect(hex(first)).toBe(`01020201${hex(run(0, 16))}${hex(run(1, 32))}0060${hex(run(3, 96))}`);
  expect(hex(second)).toBe(`02020201${hex(run(6, 16))}${hex(run(2, 32))}0140${hex(run(4, 320))}ff`);
  expect(hex(encodeHs3Opening(password, run(5, 64)))).toBe(`030202010040${hex(run(5, 64))}`);
  expect(hex(encodeHs4Opening(password))).toBe('04020201');
});

test('known devices prove nothing but their keys: e_v and the pinned key make the secret', () => {
  const known = HandshakeMode.knownDevice;
  const none = new Uint8Array();
  const first = encodeHs1({ mode: known, hostHash: run(0, 16), ephemeral: run(1, 32), ke1: none });
  const second = encodeHs2({ mode: known, sessionId: run(6, 16), ephemeral: run(2, 32), ke2: none, triesLeft: null });
  expect(hex(first)).toBe(`01020301${hex(run(0, 16))}${hex(run(1, 32))}0000`);
  expect(hex(second)).toBe(`02020301${hex(run(6, 16))}${hex(run(2, 32))}0000ff`);
  expect(hex(encodeHs3Opening(known, none))).toBe('030203010000');
  expect(hex(encodeHs4Opening(known))).toBe('04020301');
  expect(hex(knownDeviceProof(primitives, run(1, 32)))).toBe(
    'c34de2a18ceaa633c05f6a1433b7bb7618f1c6582df6c1a101b092d12b8ad28491fde9c43cc78f67b0522d4a1a8e60c2d2e6596b14ba8b3ed739ce2f7ff1e4ef',
  );
});

test('resumption carries the ticket in place of KE1, and nothing in place of KE2 and KE3', () => {
  const resume = HandshakeMode.resume;
  const first = encodeHs1({ mode: resume, hostHash: run(0, 16), ephemeral: run(1, 32), ke1: run(0xa0, 16) });
  const empty = new Uint8Array();
  const second = encodeHs2({ mode: resume, sessionId: run(6, 16), ephemeral: run(2, 32), ke2: empty, triesLeft: null });
  expect(hex(first)).toBe(`01020401${hex(run(0, 16))}${hex(run(1, 32))}0010${hex(run(0xa0, 16))}`);
  expect(hex(second)).toBe(`02020401${hex(run(6, 16))}${hex(run(2, 32))}0000ff`);
  expect(hex(encodeHs3Opening(resume, empty))).toBe('030204010000');
  expect(hex(encodeHs4Opening(resume))).toBe('04020401');
});

test('the key schedule', () => {
  const keys = handshakeKeys(primitives, { hs1, hs2 }, { proofKey: run(7, 64), ephemeral: run(8, 32) });
  expect(hex(keys.prk)).toBe('9fc29b012a3650885a971fed5b9ae8ca22e0440808d87f97f49fc3cfcab53cb6');
  expect(hex(keys.viewer)).toBe('eb0d8e30b127883c01d58865d223e9bdf3b4ee853337a8720fdf698b46ff656d');
  expect(hex(keys.host)).toBe('23a1484dc0a21d9c359771bb770cd794b5ad38e4edb885a7b044a34f36f21038');
  expect(shortAuthenticationString(primitives, keys.prk, [hs1, hs2, hs3]).join(' ')).toBe('sphere ski bird');
  const session = sessionKeys(primitives, keys.prk, [hs1, hs2, hs3, hs4]);
  expect(hex(session.viewerToHost)).toBe('067f95397dc134fd85c32148429a64b5cbc53ef2f13ac5091e02bb5fa60949e2');
  expect(hex(session.hostToViewer)).toBe('15da2d3cd3cd16f6adbc4d904402300d5e1b4f877bd2f05e667d34bbd4118f7a');
  expect(hex(exportSecret(primitives, session.exporter, 'resumption'))).toBe(
    '349130aa7e8eefe85bd45fa7a635daf29b7dd34158fca4d04319b3f3d2c8d1fff2c768d8b33fe2680fc19c158b4029e30e246f5fffe2fe822e8a5ae184e8eeea',
  );
});

test('what people compare: fingerprint words and the ID', () => {
  const words = fingerprint(primitives, { ed25519: run(1, 32), x25519: run(2, 32) });
  expect(words.join(' ')).toBe('bike task cluster sail laundry inject');
  expect(hostIdOf(primitives, run(1, 32))).toBe('071469769');
});

test('the nonce of a record for the room', () => {
  expect(hex(groupNonce(0x0102, 0x03040506))).toBe('010200000000000003040506');
  expect(hex(groupNonce(0xffff, 0xffffffff))).toBe('ffff000000000000ffffffff');
});
