// The question for a second factor and its answer in whatever bytes may come.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import {
  FACTOR_ANSWER_BYTES,
  type FactorContext,
  isChallenge,
  openAnswer,
  openChallenge,
  sealAnswer,
  sealChallenge,
} from '../../shared/crypto/factor-format.ts';
import { HandshakeMode, handshakeHeader } from '../../shared/crypto/handshake-format.ts';
import { concatBytes } from '../../shared/crypto/labels.ts';
import { NONCE_BYTES, TAG_BYTES } from '../../shared/crypto/primitives.ts';

const OURS: ReadonlySet<string> = new Set(['malformed', 'tampered', 'too-large', 'version-too-old', 'not-supported']);

const context = (key = primitives.randomBytes(32)): FactorContext => ({
  mode: HandshakeMode.password,
  key,
  transcript: [Uint8Array.of(1), Uint8Array.of(2)],
});
const digits = fc.integer({ min: 0, max: 999_999 }).map((number) => String(number).padStart(6, '0'));
const recovery = fc
  .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), { minLength: 16, maxLength: 16 })
  .map((letters) => letters.join(''));

function reasonOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return TarnetError.from(error).reason;
  }
}

/** An answer as somebody with the key could send it. */
function sealed(its: FactorContext, plaintext: Uint8Array): Uint8Array {
  const opening = handshakeHeader(6, its.mode);
  const message = concatBytes(opening, new Uint8Array(plaintext.length + TAG_BYTES));
  const aad = primitives.sha256(...its.transcript, opening);
  primitives.sealInto(message, opening.length, { key: its.key, nonce: new Uint8Array(NONCE_BYTES), aad }, plaintext);
  return message;
}

describe('an answer', () => {
  test('comes back bare, and is as long as every other', () => {
    const its = context();
    const size = sealAnswer(primitives, its, '000000').length;
    fc.assert(
      fc.property(fc.oneof(digits, recovery), (code) => {
        const typed = ` ${code.slice(0, 3)}-${code.slice(3).toLowerCase()}`;
        const message = sealAnswer(primitives, its, typed);
        expect(message).toHaveLength(size);
        expect(openAnswer(primitives, its, message)).toBe(code);
      }),
    );
  });

  test('does not open with any bit changed, at another length, with another key or after other messages', () => {
    const its = context();
    const message = sealAnswer(primitives, its, '287082');
    fc.assert(
      fc.property(fc.nat(message.length * 8 - 1), (bit) => {
        const changed = message.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(OURS).toContain(reasonOf(() => openAnswer(primitives, its, changed)));
      }),
    );
    for (let length = 0; length < message.length; length += 1)
      expect(reasonOf(() => openAnswer(primitives, its, message.subarray(0, length)))).toBe('malformed');
    expect(reasonOf(() => openAnswer(primitives, its, concatBytes(message, Uint8Array.of(0))))).toBe('malformed');
    expect(reasonOf(() => openAnswer(primitives, context(), message))).toBe('tampered');
    const later = { ...its, transcript: [...its.transcript, Uint8Array.of(3)] };
    expect(reasonOf(() => openAnswer(primitives, later, message))).toBe('tampered');
  });

  test('that holds no code is malformed, whatever it holds', () => {
    const its = context();
    const plaintexts = fc.uint8Array({ minLength: FACTOR_ANSWER_BYTES, maxLength: FACTOR_ANSWER_BYTES });
    fc.assert(
      fc.property(plaintexts, (plaintext) => {
        expect(reasonOf(() => openAnswer(primitives, its, sealed(its, plaintext)))).toBe('malformed');
      }),
    );
    const lower = concatBytes(Uint8Array.of(16), new TextEncoder().encode('abcdefghijklmnop'), new Uint8Array(15));
    expect(reasonOf(() => openAnswer(primitives, its, sealed(its, lower)))).toBe('malformed');
    const trailing = concatBytes(Uint8Array.of(6), new TextEncoder().encode('2870821'), new Uint8Array(24));
    expect(reasonOf(() => openAnswer(primitives, its, sealed(its, trailing)))).toBe('malformed');
  });

  test('is not sent when what was typed is no code', () => {
    for (const typed of ['', '12345', 'a'.repeat(64), '1234567'])
      expect(reasonOf(() => sealAnswer(primitives, context(), typed))).toBe('malformed');
  });
});

describe('a question', () => {
  test('does not open as anything else, and nothing else as a question', () => {
    const its = context();
    const question = sealChallenge(primitives, its);
    expect(isChallenge(question)).toBe(true);
    expect(reasonOf(() => openAnswer(primitives, its, question))).toBe('malformed');
    const answer = sealAnswer(primitives, its, '287082');
    expect(isChallenge(answer)).toBe(false);
    expect(reasonOf(() => openChallenge(primitives, its, answer))).toBe('malformed');
  });

  test('of a kind that this version does not know is not supported', () => {
    const its = context();
    const opening = handshakeHeader(5, its.mode);
    const message = concatBytes(opening, new Uint8Array(1 + TAG_BYTES));
    const aad = primitives.sha256(...its.transcript, opening);
    const input = { key: its.key, nonce: new Uint8Array(NONCE_BYTES), aad };
    primitives.sealInto(message, opening.length, input, Uint8Array.of(2));
    expect(reasonOf(() => openChallenge(primitives, its, message))).toBe('not-supported');
  });

  test('in any bytes at all is one of ours', () => {
    const its = context();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(OURS).toContain(reasonOf(() => openChallenge(primitives, its, bytes)));
        expect(OURS).toContain(reasonOf(() => openAnswer(primitives, its, bytes)));
      }),
    );
  });
});
