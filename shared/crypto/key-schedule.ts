// Owns how the keys of a session come from the handshake: transcript in, keys out (docs/security.md).
import { assert } from '../base/assert.ts';
import { HOST_HASH_BYTES } from './handshake-format.ts';
import { label, utf8 } from './labels.ts';
import { HASH_BYTES, KEY_BYTES, type Primitives } from './primitives.ts';
import { SAS_WORDS, wordsOf } from './words.ts';

/** What stands for the shared secret in the schedule: OPAQUE's session key, a known host's key agreement, or a ticket's secret. */
export const PROOF_KEY_BYTES = 64;
const EXPORT_BYTES = 64;

export interface HandshakeKeys {
  /** Input of every later key. */
  prk: Uint8Array;
  /** Seals HS3. */
  viewer: Uint8Array;
  /** Seals HS4. */
  host: Uint8Array;
}

export interface SessionKeys {
  viewerToHost: Uint8Array;
  hostToViewer: Uint8Array;
  exporter: Uint8Array;
}

/** PRK = HMAC(SHA256(HS1 ‖ HS2), proofKey ‖ X25519(e_v, e_h)), and the keys of HS3 and HS4 from it. */
export function handshakeKeys(
  primitives: Primitives,
  transcript: { hs1: Uint8Array; hs2: Uint8Array },
  secrets: { proofKey: Uint8Array; ephemeral: Uint8Array },
): HandshakeKeys {
  assert(secrets.proofKey.length === PROOF_KEY_BYTES, 'a proof key has 64 bytes');
  assert(secrets.ephemeral.length === KEY_BYTES, 'a shared X25519 secret has 32 bytes');
  const salt = primitives.sha256(transcript.hs1, transcript.hs2);
  const prk = primitives.hmacSha256(salt, secrets.proofKey, secrets.ephemeral);
  return {
    prk,
    viewer: primitives.hkdfSha256(prk, label('hs v'), KEY_BYTES),
    host: primitives.hkdfSha256(prk, label('hs h'), KEY_BYTES),
  };
}

/**
 * What stands for the shared secret between known devices: from X25519(e_v, S_h), which besides the viewer only the host
 * with the pinned key can compute. The viewer proves itself by its signature in HS3.
 */
export function knownDeviceProof(primitives: Primitives, toStatic: Uint8Array): Uint8Array {
  return primitives.hkdfSha256(toStatic, label('known device'), PROOF_KEY_BYTES);
}

/** The keys of the channel: from HKDF(PRK, "tarnet2 master" ‖ SHA256(HS1 ‖ … ‖ HS4)). */
export function sessionKeys(primitives: Primitives, prk: Uint8Array, messages: readonly Uint8Array[]): SessionKeys {
  const master = primitives.hkdfSha256(prk, label('master', primitives.sha256(...messages)), KEY_BYTES);
  const keys = {
    viewerToHost: primitives.hkdfSha256(master, label('key v'), KEY_BYTES),
    hostToViewer: primitives.hkdfSha256(master, label('key h'), KEY_BYTES),
    exporter: primitives.hkdfSha256(master, label('exporter'), KEY_BYTES),
  };
  master.fill(0);
  return keys;
}

/** The keys of the question for a second factor and of its answer; each seals this one thing. */
export function factorKeys(primitives: Primitives, prk: Uint8Array): { challenge: Uint8Array; answer: Uint8Array } {
  return {
    challenge: primitives.hkdfSha256(prk, label('factor h'), KEY_BYTES),
    answer: primitives.hkdfSha256(prk, label('factor v'), KEY_BYTES),
  };
}

/** Three words that both screens show: from HKDF(PRK, "tarnet2 sas" ‖ SHA256(HS1 ‖ HS2 ‖ HS3)). */
export function shortAuthenticationString(
  primitives: Primitives,
  prk: Uint8Array,
  messages: readonly Uint8Array[],
): readonly string[] {
  const info = label('sas', primitives.sha256(...messages));
  return wordsOf(primitives.hkdfSha256(prk, info, HASH_BYTES), SAS_WORDS);
}

/** 64 bytes that only the two ends of this session know, for one named purpose. */
export function exportSecret(primitives: Primitives, exporter: Uint8Array, purpose: string): Uint8Array {
  return primitives.hkdfSha256(exporter, label(`export ${purpose}`), EXPORT_BYTES);
}

/** First 16 bytes of SHA-256 of the host's ID: HS1 names its host without telling the ID. */
export function hostHash(primitives: Primitives, hostId: string): Uint8Array {
  return primitives.sha256(utf8(hostId)).slice(0, HOST_HASH_BYTES);
}
