// Owns how a host's public ID follows from its key.
import type { Primitives } from './primitives.ts';

const IDS = 1_000_000_000n;

/**
 * Nine digits: SHA-256 of the Ed25519 key, as a big-endian number, modulo 10⁹. Two hosts may have the same ID: a relay
 * refuses a second key for an ID that is live, and the handshake proves the key, so an equal ID opens nothing.
 */
export function hostIdOf(primitives: Primitives, ed25519: Uint8Array): string {
  const number = primitives.sha256(ed25519).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  return (number % IDS).toString().padStart(9, '0');
}
