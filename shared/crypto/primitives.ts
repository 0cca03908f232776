// Owns the port to the platform's cryptography: everything else in shared/crypto is arithmetic on top of it.

export const KEY_BYTES = 32;
export const TAG_BYTES = 16;
export const NONCE_BYTES = 12;
export const SIGNATURE_BYTES = 64;
export const HASH_BYTES = 32;

export interface KeyPair {
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** 32 bytes; whoever made it zeroes it when it is no longer needed. */
  privateKey: Uint8Array;
}

/** One authenticated encryption: 32-byte key, 12-byte nonce that this key has never seen. */
export interface AeadInput {
  key: Uint8Array;
  nonce: Uint8Array;
  aad: Uint8Array;
}

/** Signs with the Ed25519 key it was made for (RFC 8032): 64 bytes. */
export type Sign = (message: Uint8Array) => Uint8Array;

/** Whether the signature is by the Ed25519 key it was made for; false for anything that is no signature at all. */
export type Verify = (message: Uint8Array, signature: Uint8Array) => boolean;

export interface Primitives {
  /** SHA-256 of the parts, one after the other: 32 bytes. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 of the parts, one after the other: 32 bytes. */
  hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** HKDF-SHA-256 (RFC 5869), with an empty salt. */
  hkdfSha256(secret: Uint8Array, info: Uint8Array, sizeBytes: number): Uint8Array;
  /** AES-256-GCM: writes ciphertext, then the 16-byte tag, into `target` from `offset` on. */
  sealInto(target: Uint8Array, offset: number, input: AeadInput, plaintext: Uint8Array): void;
  /** The plaintext of ciphertext and tag; null when anything about it is not as it was sealed. */
  open(input: AeadInput, sealed: Uint8Array): Uint8Array | null;
  x25519KeyPair(): KeyPair;
  /** The shared 32 bytes (RFC 7748); null when the public key is of low order. */
  x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null;
  ed25519KeyPair(): KeyPair;
  signer(privateKey: Uint8Array): Sign;
  /** Throws `malformed` when the public key is not 32 bytes. */
  verifier(publicKey: Uint8Array): Verify;
  /** Bytes from the system's generator. */
  randomBytes(sizeBytes: number): Uint8Array;
}
