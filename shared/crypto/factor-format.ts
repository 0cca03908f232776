// Owns the question of the host for a second factor and the answer to it, sealed between HS3 and HS4 (docs/security.md).
import { TarnetError } from '../base/errors.ts';
import { bareFactor, factorKind } from '../model/second-factor.ts';
import { HandshakeType, handshakeHeader, openMessage, type SpokenMode } from './handshake-format.ts';
import { concatBytes, utf8 } from './labels.ts';
import { NONCE_BYTES, type Primitives, TAG_BYTES } from './primitives.ts';

/** What the host may ask for. Numbers are never used again for something else. */
const KIND_CODE = 1;
const CHALLENGE_BYTES = 1;
/** Every answer is as long as every other: its size does not tell which kind of code it is. */
export const FACTOR_ANSWER_BYTES = 32;
/** Each key seals one thing, so its nonce is zero. */
const NONCE = new Uint8Array(NONCE_BYTES);

/** What both sides know by then. */
export interface FactorContext {
  mode: SpokenMode;
  /** Of `factorKeys`: the one that seals this message. */
  key: Uint8Array;
  /** All messages before. */
  transcript: readonly Uint8Array[];
}

/** The host's question: a code of an authenticator app, or a recovery code. */
export function sealChallenge(primitives: Primitives, context: FactorContext): Uint8Array<ArrayBuffer> {
  return seal(primitives, context, HandshakeType.challenge, Uint8Array.of(KIND_CODE));
}

/** Throws `tampered`, `malformed`, or `not-supported` when the host wants something else than a code. */
export function openChallenge(primitives: Primitives, context: FactorContext, message: Uint8Array): void {
  const [kind] = open(primitives, context, HandshakeType.challenge, CHALLENGE_BYTES, message);
  if (kind !== KIND_CODE)
    throw new TarnetError('not-supported', `the host wants a second factor of kind ${kind}`, { field: 'factor' });
}

/** Whether a handshake message is the host's question. */
export function isChallenge(message: Uint8Array): boolean {
  return message[0] === HandshakeType.challenge;
}

/** @param typed a code as its user typed it. Throws `malformed` for what is none. */
export function sealAnswer(primitives: Primitives, context: FactorContext, typed: string): Uint8Array<ArrayBuffer> {
  if (factorKind(typed) === null) throw TarnetError.malformed('factor', 'neither six digits nor a recovery code');
  const code = utf8(bareFactor(typed));
  const plaintext = new Uint8Array(FACTOR_ANSWER_BYTES);
  plaintext[0] = code.length;
  plaintext.set(code, 1);
  return seal(primitives, context, HandshakeType.answer, plaintext);
}

/** The code, bare. Throws `tampered` or `malformed`. */
export function openAnswer(primitives: Primitives, context: FactorContext, message: Uint8Array): string {
  const plaintext = open(primitives, context, HandshakeType.answer, FACTOR_ANSWER_BYTES, message);
  const length = plaintext[0] ?? 0;
  if (length >= FACTOR_ANSWER_BYTES || plaintext.subarray(1 + length).some((byte) => byte !== 0))
    throw TarnetError.malformed('factor', `${length} characters`, `${FACTOR_ANSWER_BYTES - 1} characters`);
  const code = String.fromCharCode(...plaintext.subarray(1, 1 + length));
  plaintext.fill(0);
  if (factorKind(code) === null || bareFactor(code) !== code)
    throw TarnetError.malformed('factor', 'neither six digits nor a recovery code');
  return code;
}

function seal(
  primitives: Primitives,
  { mode, key, transcript }: FactorContext,
  type: HandshakeType,
  plaintext: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const opening = handshakeHeader(type, mode);
  const message = concatBytes(opening, new Uint8Array(plaintext.length + TAG_BYTES));
  const aad = primitives.sha256(...transcript, opening);
  primitives.sealInto(message, opening.length, { key, nonce: NONCE, aad }, plaintext);
  return message;
}

function open(
  primitives: Primitives,
  context: FactorContext,
  type: HandshakeType,
  sizeBytes: number,
  message: Uint8Array,
): Uint8Array {
  const { mode, fields } = openMessage(message, type);
  if (mode !== context.mode) throw new TarnetError('tampered', 'another mode came back', { field: 'mode' });
  const sealed = fields.bytes('sealed', sizeBytes + TAG_BYTES);
  fields.end();
  const aad = primitives.sha256(...context.transcript, message.subarray(0, message.length - sealed.length));
  const plaintext = primitives.open({ key: context.key, nonce: NONCE, aad }, sealed);
  if (!plaintext) throw new TarnetError('tampered', 'the second factor did not open', { field: 'sealed' });
  return plaintext;
}
