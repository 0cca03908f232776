// Owns how identities are compared: by their keys, and by people in words.
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { FingerprintWords, PublicIdentity } from '../model/identity.ts';
import { sameBytes } from './labels.ts';
import type { Primitives } from './primitives.ts';

/** Words of a fingerprint: 66 bits. */
const FINGERPRINT_WORDS = 6;
/** Words of the short authentication string: 33 bits. */
export const SAS_WORDS = 3;

const BITS_PER_WORD = 11;

/** Six words of SHA-256(ed25519 ‖ x25519), from the BIP 39 list. */
export function fingerprint(primitives: Primitives, identity: PublicIdentity): FingerprintWords {
  return wordsOf(primitives.sha256(identity.ed25519, identity.x25519), FINGERPRINT_WORDS);
}

/** Whether two identities have the same keys, both of them. */
export function sameIdentity(one: PublicIdentity, other: PublicIdentity): boolean {
  return sameBytes(one.ed25519, other.ed25519) && sameBytes(one.x25519, other.x25519);
}

/** The first `count` groups of 11 bits, most significant first, as words. */
export function wordsOf(bytes: Uint8Array, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => wordlist[bitsAt(bytes, index * BITS_PER_WORD)] ?? '');
}

function bitsAt(bytes: Uint8Array, firstBit: number): number {
  const at = firstBit >> 3;
  const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return (three >> (24 - BITS_PER_WORD - (firstBit & 7))) & (2 ** BITS_PER_WORD - 1);
}
