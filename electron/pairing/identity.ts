// Owns this device's identity: two key pairs, made on first use, and everything that follows from them.
import { TarnetError } from '../../shared/base/errors.ts';
import { hostIdOf } from '../../shared/crypto/host-id.ts';
import type { Introducer } from '../../shared/crypto/introduction.ts';
import { concatBytes, label, sameBytes } from '../../shared/crypto/labels.ts';
import { KEY_BYTES, type KeyPair, type Primitives } from '../../shared/crypto/primitives.ts';
import { fingerprint } from '../../shared/crypto/words.ts';
import type { FingerprintWords, PublicIdentity } from '../../shared/model/identity.ts';
import { nodePrimitives } from './node-primitives.ts';
import type { SecretStore } from './secret-store.ts';

export interface Identity extends Introducer {
  /** X25519 of this device's static key and another public key; null when that is of low order. */
  agree(publicKey: Uint8Array): Uint8Array | null;
  /** Nine digits, public: what a relay knows this device by. */
  hostId: string;
  fingerprint: FingerprintWords;
  /** 32 bytes by which paired devices recognise this one on the LAN; nothing else follows from it. */
  discoveryKey: Uint8Array;
}

/** Six words of an identity's public keys. */
export function fingerprintOf(identity: PublicIdentity): FingerprintWords {
  return fingerprint(nodePrimitives, identity);
}

export interface LoadedIdentity {
  identity: Identity;
  /** Path of a stored identity that could not be understood, and that a new one now replaces; else null. */
  setAside: string | null;
}

const SECRET_NAME = 'identity';
const FORMAT = 1;
/** Base point of X25519 (RFC 7748). */
const BASE_POINT = Uint8Array.from({ length: KEY_BYTES }, (_, index) => (index === 0 ? 9 : 0));

/**
 * The stored identity, or a new one. Throws `not-supported` when it lies under a key store that is not there now: making a
 * new one would look to every peer like somebody else.
 */
export async function loadIdentity(store: SecretStore, primitives: Primitives): Promise<LoadedIdentity> {
  try {
    const stored = await store.load(SECRET_NAME);
    if (stored) return { identity: identityFrom(primitives, decodeKeys(primitives, stored)), setAside: null };
  } catch (error) {
    if (TarnetError.from(error).reason !== 'malformed') throw error;
    const setAside = await store.setAside(SECRET_NAME);
    return { identity: await makeIdentity(store, primitives), setAside };
  }
  return { identity: await makeIdentity(store, primitives), setAside: null };
}

/** The identity as it is stored: private keys, for a backup; null when there is none yet. */
export function loadIdentityBytes(store: SecretStore): Promise<Uint8Array | null> {
  return store.load(SECRET_NAME);
}

/** Replaces this device's identity by one from a backup; it holds from the next start on. */
export function saveIdentityBytes(store: SecretStore, bytes: Uint8Array): Promise<void> {
  return store.save(SECRET_NAME, bytes);
}

/** Throws `malformed` for bytes that are no stored identity. */
export function identityFromBytes(primitives: Primitives, bytes: Uint8Array): Identity {
  return identityFrom(primitives, decodeKeys(primitives, bytes));
}

/** The nine digits that a relay knows the owner of this key by. */
export function hostIdOfKey(primitives: Primitives, ed25519: Uint8Array): string {
  return hostIdOf(primitives, ed25519);
}

interface IdentityKeys {
  ed25519: KeyPair;
  x25519: KeyPair;
}

async function makeIdentity(store: SecretStore, primitives: Primitives): Promise<Identity> {
  const keys = { ed25519: primitives.ed25519KeyPair(), x25519: primitives.x25519KeyPair() };
  await store.save(SECRET_NAME, encodeKeys(keys));
  return identityFrom(primitives, keys);
}

function identityFrom(primitives: Primitives, keys: IdentityKeys): Identity {
  const publicIdentity = { ed25519: keys.ed25519.publicKey, x25519: keys.x25519.publicKey };
  return {
    publicIdentity,
    sign: primitives.signer(keys.ed25519.privateKey),
    agree: (publicKey) => primitives.x25519(keys.x25519.privateKey, publicKey),
    hostId: hostIdOf(primitives, publicIdentity.ed25519),
    fingerprint: fingerprint(primitives, publicIdentity),
    discoveryKey: primitives.hkdfSha256(keys.ed25519.privateKey, label('tarnet2 discovery'), KEY_BYTES),
  };
}

/** `u8 format=1 | Ed25519 private 32 | public 32 | X25519 private 32 | public 32` */
function encodeKeys({ ed25519, x25519 }: IdentityKeys): Uint8Array {
  return concatBytes(Uint8Array.of(FORMAT), ed25519.privateKey, ed25519.publicKey, x25519.privateKey, x25519.publicKey);
}

/** Throws `malformed` when the bytes are no identity, or the halves of a pair do not belong together. */
function decodeKeys(primitives: Primitives, bytes: Uint8Array): IdentityKeys {
  if (bytes.length !== 1 + 4 * KEY_BYTES || bytes[0] !== FORMAT)
    throw TarnetError.malformed(SECRET_NAME, 'not a stored identity');
  const part = (index: number) => bytes.slice(1 + index * KEY_BYTES, 1 + (index + 1) * KEY_BYTES);
  const ed25519 = { privateKey: part(0), publicKey: part(1) };
  const x25519 = { privateKey: part(2), publicKey: part(3) };
  const probe = label('identity check');
  const signs = primitives.verifier(ed25519.publicKey)(probe, primitives.signer(ed25519.privateKey)(probe));
  const agrees = primitives.x25519(x25519.privateKey, BASE_POINT);
  if (!signs || !agrees || !sameBytes(agrees, x25519.publicKey))
    throw TarnetError.malformed(SECRET_NAME, 'private and public keys do not belong together');
  return { ed25519, x25519 };
}
