// Owns checking an Ed25519 signature in tests of parts that are handed such a check.
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';

export function checkSignature(ed25519: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return nodePrimitives.verifier(ed25519)(message, signature);
}
