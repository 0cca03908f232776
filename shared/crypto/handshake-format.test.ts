import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TarnetError } from '../base/errors.ts';
import { HandshakeError } from './handshake-error.ts';
import {
  decodeHs1,
  decodeHs2,
  decodeHs3,
  decodeHs4,
  decodeIntroduction,
  decodeRefusal,
  encodeHs1,
  encodeHs2,
  encodeHs3Opening,
  encodeHs4Opening,
  encodeIntroduction,
  encodeRefusal,
  HANDSHAKE_LIMITS,
  HandshakeMode,
} from './handshake-format.ts';
import { concatBytes } from './labels.ts';

const bytes = (sizeBytes: number) => fc.uint8Array({ minLength: sizeBytes, maxLength: sizeBytes });
const sealedBytes = fc.uint8Array({ minLength: 144, maxLength: 400 });

/** A valid message of each kind in a mode: its bytes, and the decoder with what it must give back. */
const messages = fc.constantFrom(HandshakeMode.code, HandshakeMode.resume).chain((mode) => {
  const sizes = mode === HandshakeMode.code ? { ke1: 96, ke2: 320, ke3: 64 } : { ke1: 16, ke2: 0, ke3: 0 };
  const hs1 = fc
    .record({ mode: fc.constant(mode), hostHash: bytes(16), ephemeral: bytes(32), ke1: bytes(sizes.ke1) })
    .map((value) => ({ value, message: encodeHs1(value), decode: decodeHs1 }));
  const triesLeft = fc.option(fc.integer({ min: 0, max: 254 }));
  const hs2 = fc
    .record({ mode: fc.constant(mode), sessionId: bytes(16), ephemeral: bytes(32), ke2: bytes(sizes.ke2), triesLeft })
    .map((value) => ({ value, message: encodeHs2(value), decode: decodeHs2 }));
  const hs3 = fc.record({ mode: fc.constant(mode), ke3: bytes(sizes.ke3), sealed: sealedBytes }).map((value) => ({
    value,
    message: concatBytes(encodeHs3Opening(value.mode, value.ke3), value.sealed),
    decode: decodeHs3,
  }));
  const hs4 = fc.record({ mode: fc.constant(mode), sealed: sealedBytes }).map((value) => ({
    value,
    message: concatBytes(encodeHs4Opening(value.mode), value.sealed),
    decode: decodeHs4,
  }));
  return fc.oneof(hs1, hs2, hs3, hs4);
});

function errorOf(work: () => unknown): TarnetError {
  try {
    work();
  } catch (error) {
    if (error instanceof TarnetError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

describe('handshake messages', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(messages, ({ value, message, decode }) => {
        expect(decode(message)).toEqual(value);
      }),
    );
  });

  test('are malformed at every shorter length, down to where the sealed part may end', () => {
    fc.assert(
      fc.property(messages, fc.nat(), ({ value, message, decode }, cut) => {
        const shortest = 'sealed' in value ? message.length - value.sealed.length + 144 : message.length;
        const error = errorOf(() => decode(message.subarray(0, cut % shortest)));
        expect(error.reason).toBe('malformed');
        expect(error.field).toBeTruthy();
      }),
    );
  });

  test('HS1 and HS2 are malformed with anything after them', () => {
    fc.assert(
      fc.property(messages, fc.uint8Array({ minLength: 1, maxLength: 8 }), ({ value, message, decode }, more) => {
        fc.pre(!('sealed' in value));
        expect(errorOf(() => decode(concatBytes(message, more))).reason).toBe('malformed');
      }),
    );
  });

  test('say which byte of their header is wrong', () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 0, max: 255 }), ({ message, decode }, value) => {
        const [type, version, , suite] = message;
        const changed = (at: number) => message.map((byte, index) => (index === at ? value : byte));
        if (value !== type)
          expect(errorOf(() => decode(changed(0)))).toMatchObject({ reason: 'malformed', field: 'type' });
        if (value !== version)
          expect(errorOf(() => decode(changed(1)))).toMatchObject({ reason: 'version-too-old', field: 'version' });
        if (value === 0 || value > 4)
          expect(errorOf(() => decode(changed(2)))).toMatchObject({ reason: 'malformed', field: 'mode' });
        if (value !== suite)
          expect(errorOf(() => decode(changed(3)))).toMatchObject({ reason: 'malformed', field: 'suite' });
      }),
    );
  });

  test('any bytes are a message or a TarnetError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 0, max: 9 }), (noise, type) => {
        const message = concatBytes(Uint8Array.of(type, 2, 1, 1), noise);
        for (const decode of [decodeHs1, decodeHs2, decodeHs3, decodeHs4, decodeRefusal, decodeIntroduction])
          for (const input of [noise, message]) {
            try {
              decode(input);
            } catch (error) {
              expect(error).toBeInstanceOf(TarnetError);
            }
          }
      }),
    );
  });

  test('a sealed part over its limit is too large', () => {
    const overhead = 144;
    const hs3 = concatBytes(
      encodeHs3Opening(HandshakeMode.resume, new Uint8Array()),
      new Uint8Array(overhead + HANDSHAKE_LIMITS.maxHelloBytes + 1),
    );
    const hs4 = concatBytes(
      encodeHs4Opening(HandshakeMode.code),
      new Uint8Array(overhead + HANDSHAKE_LIMITS.maxGrantBytes + 1),
    );
    expect(errorOf(() => decodeHs3(hs3)).reason).toBe('too-large');
    expect(errorOf(() => decodeHs4(hs4)).reason).toBe('too-large');
    expect(decodeHs3(hs3.subarray(0, -1)).sealed).toHaveLength(overhead + HANDSHAKE_LIMITS.maxHelloBytes);
    expect(decodeHs4(hs4.subarray(0, -1)).sealed).toHaveLength(overhead + HANDSHAKE_LIMITS.maxGrantBytes);
    expect(errorOf(() => decodeHs1(new Uint8Array(HANDSHAKE_LIMITS.maxMessageBytes + 1))).reason).toBe('too-large');
  });
});

test('an introduction comes back as it was', () => {
  const introduction = fc.record({
    identity: fc.record({ ed25519: bytes(32), x25519: bytes(32) }),
    signature: bytes(64),
    payload: fc.uint8Array({ maxLength: 100 }),
  });
  fc.assert(
    fc.property(introduction, (value) => {
      expect(decodeIntroduction(encodeIntroduction(value))).toEqual(value);
    }),
  );
  expect(errorOf(() => decodeIntroduction(new Uint8Array(127))).reason).toBe('malformed');
});

describe('refusals', () => {
  test('carry the reason and the wait', () => {
    const refusal = encodeRefusal(new HandshakeError('code-locked', 'secret text', { retryAfterS: 59.2 }));
    expect([...refusal]).toEqual([9, 2, 1, 0, 60]);
    expect(decodeRefusal(refusal)).toMatchObject({ reason: 'code-locked', retryAfterS: 60 });
  });

  test('hide reasons that mean nothing to a viewer, and cap the wait', () => {
    expect([...encodeRefusal(new TarnetError('port-taken', ''))]).toEqual([9, 2, 15, 0, 0]);
    const long = encodeRefusal(new HandshakeError('denied', '', { retryAfterS: 1e9 }));
    expect([...long]).toEqual([9, 2, 5, 255, 255]);
  });

  test('are told from other messages and parsed strictly', () => {
    expect(decodeRefusal(Uint8Array.of(2, 2, 1, 0, 0))).toBeNull();
    expect(decodeRefusal(new Uint8Array())).toBeNull();
    expect(errorOf(() => decodeRefusal(Uint8Array.of(9, 3, 1, 0, 0))).reason).toBe('version-too-old');
    for (const wrong of [[9], [9, 2], [9, 2, 1, 0], [9, 2, 1, 0, 0, 0], [9, 2, 0, 0, 0], [9, 2, 99, 0, 0]])
      expect(errorOf(() => decodeRefusal(Uint8Array.from(wrong))).reason).toBe('malformed');
  });
});
