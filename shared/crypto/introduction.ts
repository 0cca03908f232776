// Owns the sealed part of HS3 and HS4: an identity, its signature over the transcript, and what it has to say.
import { TarnetError } from '../base/errors.ts';
import type { PublicIdentity } from '../model/identity.ts';
import { decodeIntroduction, encodeIntroduction } from './handshake-format.ts';
import { concatBytes, label } from './labels.ts';
import { NONCE_BYTES, type Primitives, type Sign, TAG_BYTES } from './primitives.ts';

/** Who introduces itself. */
export interface Introducer {
  publicIdentity: PublicIdentity;
  sign: Sign;
}

/** What both sides know when one of them introduces itself. */
export interface IntroductionContext {
  /** Whose introduction it is: the viewer's in HS3, the host's in HS4. */
  role: 'viewer' | 'host';
  /** The handshake key of that side; it seals this one thing. */
  key: Uint8Array;
  /** All messages before, and the opening of this one. */
  transcript: readonly Uint8Array[];
}

/** The key is used once, so its nonce is zero. */
const NONCE = new Uint8Array(NONCE_BYTES);

/** The opening, then the sealed introduction: one whole HS3 or HS4. */
export function sealIntroduction(
  primitives: Primitives,
  context: IntroductionContext,
  introducer: Introducer,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const transcript = primitives.sha256(...context.transcript);
  const identity = introducer.publicIdentity;
  const signature = introducer.sign(statement(primitives, context.role, transcript, identity, payload));
  const plaintext = encodeIntroduction({ identity, signature, payload });
  const opening = context.transcript.at(-1) ?? new Uint8Array();
  const message = concatBytes(opening, new Uint8Array(plaintext.length + TAG_BYTES));
  primitives.sealInto(message, opening.length, { key: context.key, nonce: NONCE, aad: transcript }, plaintext);
  return message;
}

/** Who it is and what it says, proved. Throws `tampered` when the seal or the signature is not right. */
export function openIntroduction(
  primitives: Primitives,
  context: IntroductionContext,
  sealed: Uint8Array,
): { identity: PublicIdentity; payload: Uint8Array } {
  const transcript = primitives.sha256(...context.transcript);
  const plaintext = primitives.open({ key: context.key, nonce: NONCE, aad: transcript }, sealed);
  if (!plaintext)
    throw new TarnetError('tampered', `the ${context.role}'s introduction did not open`, { field: 'sealed' });
  const { identity, signature, payload } = decodeIntroduction(plaintext);
  const verify = primitives.verifier(identity.ed25519);
  if (!verify(statement(primitives, context.role, transcript, identity, payload), signature))
    throw new TarnetError('tampered', `the ${context.role}'s signature is wrong`, { field: 'signature' });
  return {
    identity: { ed25519: identity.ed25519.slice(), x25519: identity.x25519.slice() },
    payload: payload.slice(),
  };
}

/** What an identity signs: the role, the transcript, both its keys, and what it has to say. */
function statement(
  primitives: Primitives,
  role: IntroductionContext['role'],
  transcript: Uint8Array,
  identity: PublicIdentity,
  payload: Uint8Array,
): Uint8Array {
  return label(`sig ${role}`, transcript, identity.ed25519, identity.x25519, primitives.sha256(payload));
}
