// Owns how an identity is shown: its fingerprint in words and the short authentication string.

/** Public half of a device's identity; both keys 32 bytes. */
export interface PublicIdentity {
  ed25519: Uint8Array;
  x25519: Uint8Array;
}

/** What people compare: six words from the public keys. */
export type FingerprintWords = readonly string[];
