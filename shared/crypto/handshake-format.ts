// Owns the bytes of the handshake messages HS1 to HS4 and of a refusal (docs/security.md).
import { TarnetError } from '../base/errors.ts';
import type { PublicIdentity } from '../model/identity.ts';
import { ByteFields } from './byte-fields.ts';
import { HandshakeError, refusalByte, refusalReason } from './handshake-error.ts';
import { concatBytes } from './labels.ts';
import { KEY_BYTES, SIGNATURE_BYTES, TAG_BYTES } from './primitives.ts';

const HANDSHAKE_VERSION = 2;
/** X25519, Ed25519, HKDF-SHA-256, AES-256-GCM. */
const HANDSHAKE_SUITE = 1;

/** How the two prove themselves. */
export const HandshakeMode = { code: 1, password: 2, knownDevice: 3, resume: 4 } as const;

/** `challenge` and `answer` are shared/crypto/factor-format.ts. */
export const HandshakeType = { hs1: 1, hs2: 2, hs3: 3, hs4: 4, challenge: 5, answer: 6, refusal: 9 } as const;
export type HandshakeType = (typeof HandshakeType)[keyof typeof HandshakeType];

export const HANDSHAKE_LIMITS = {
  /** What a viewer says of itself inside HS3. */
  maxHelloBytes: 4 * 1024,
  /** What a host grants inside HS4. */
  maxGrantBytes: 48 * 1024,
  /** Any handshake message. */
  maxMessageBytes: 50 * 1024,
} as const;

export const HOST_HASH_BYTES = 16;
export const SESSION_ID_BYTES = 16;
export const TICKET_ID_BYTES = 16;
/** `triesLeft` where there is no count. */
const NO_TRIES_COUNT = 255;

/** Sizes of the proof messages KE1, KE2, KE3: OPAQUE's, nothing for known devices, or a ticket ID and nothing. */
const PROOF_BYTES = {
  [HandshakeMode.code]: { ke1: 96, ke2: 320, ke3: 64 },
  [HandshakeMode.password]: { ke1: 96, ke2: 320, ke3: 64 },
  [HandshakeMode.knownDevice]: { ke1: 0, ke2: 0, ke3: 0 },
  [HandshakeMode.resume]: { ke1: TICKET_ID_BYTES, ke2: 0, ke3: 0 },
} as const;
export type SpokenMode = keyof typeof PROOF_BYTES;

export interface Hs1 {
  mode: SpokenMode;
  /** First 16 bytes of SHA-256 of the host's ID. */
  hostHash: Uint8Array;
  ephemeral: Uint8Array;
  ke1: Uint8Array;
}

export interface Hs2 {
  mode: SpokenMode;
  sessionId: Uint8Array;
  ephemeral: Uint8Array;
  ke2: Uint8Array;
  /** Null where there is no count. */
  triesLeft: number | null;
}

export interface Hs3 {
  mode: SpokenMode;
  ke3: Uint8Array;
  /** Sealed Introduction with the hello. */
  sealed: Uint8Array;
}

export interface Hs4 {
  mode: SpokenMode;
  /** Sealed Introduction with the grant. */
  sealed: Uint8Array;
}

/** What is sealed in HS3 and HS4: who one is, proved by signature, and what one has to say. */
export interface Introduction {
  identity: PublicIdentity;
  signature: Uint8Array;
  payload: Uint8Array;
}

export function encodeHs1(hs1: Hs1): Uint8Array<ArrayBuffer> {
  return concatBytes(
    handshakeHeader(HandshakeType.hs1, hs1.mode),
    hs1.hostHash,
    hs1.ephemeral,
    u16be(hs1.ke1.length),
    hs1.ke1,
  );
}

export function encodeHs2(hs2: Hs2): Uint8Array<ArrayBuffer> {
  const triesLeft = Uint8Array.of(hs2.triesLeft ?? NO_TRIES_COUNT);
  return concatBytes(
    handshakeHeader(HandshakeType.hs2, hs2.mode),
    hs2.sessionId,
    hs2.ephemeral,
    u16be(hs2.ke2.length),
    hs2.ke2,
    triesLeft,
  );
}

/** All of HS3 but the sealed part: what its associated data and signature cover, with the messages before it. */
export function encodeHs3Opening(mode: SpokenMode, ke3: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(handshakeHeader(HandshakeType.hs3, mode), u16be(ke3.length), ke3);
}

/** All of HS4 but the sealed part. */
export function encodeHs4Opening(mode: SpokenMode): Uint8Array<ArrayBuffer> {
  return handshakeHeader(HandshakeType.hs4, mode);
}

export function encodeIntroduction(introduction: Introduction): Uint8Array<ArrayBuffer> {
  const { identity, signature, payload } = introduction;
  return concatBytes(identity.ed25519, identity.x25519, signature, payload);
}

/** A host's no. Nobody has proved it: it ends the handshake, and its reason is a hint for the user. */
export function encodeRefusal(error: TarnetError): Uint8Array<ArrayBuffer> {
  const retryAfterS = error instanceof HandshakeError ? Math.min(Math.ceil(error.retryAfterS), 0xffff) : 0;
  return concatBytes(
    Uint8Array.of(HandshakeType.refusal, HANDSHAKE_VERSION, refusalByte(error.reason)),
    u16be(retryAfterS),
  );
}

/** Throws `version-too-old` or `malformed`, naming the field. */
export function decodeHs1(message: Uint8Array): Hs1 {
  const { mode, fields } = openMessage(message, HandshakeType.hs1);
  const hostHash = fields.bytes('hostHash', HOST_HASH_BYTES);
  const ephemeral = fields.bytes('ephemeral', KEY_BYTES);
  const ke1 = readProof(fields, 'ke1', PROOF_BYTES[mode].ke1);
  fields.end();
  return { mode, hostHash, ephemeral, ke1 };
}

/** Throws like decodeHs1. */
export function decodeHs2(message: Uint8Array): Hs2 {
  const { mode, fields } = openMessage(message, HandshakeType.hs2);
  const sessionId = fields.bytes('sessionId', SESSION_ID_BYTES);
  const ephemeral = fields.bytes('ephemeral', KEY_BYTES);
  const ke2 = readProof(fields, 'ke2', PROOF_BYTES[mode].ke2);
  const triesLeft = fields.u8('triesLeft');
  fields.end();
  return { mode, sessionId, ephemeral, ke2, triesLeft: triesLeft === NO_TRIES_COUNT ? null : triesLeft };
}

/** Throws like decodeHs1. */
export function decodeHs3(message: Uint8Array): Hs3 {
  const { mode, fields } = openMessage(message, HandshakeType.hs3);
  const ke3 = readProof(fields, 'ke3', PROOF_BYTES[mode].ke3);
  return { mode, ke3, sealed: readSealed(fields, HANDSHAKE_LIMITS.maxHelloBytes) };
}

/** Throws like decodeHs1. */
export function decodeHs4(message: Uint8Array): Hs4 {
  const { mode, fields } = openMessage(message, HandshakeType.hs4);
  return { mode, sealed: readSealed(fields, HANDSHAKE_LIMITS.maxGrantBytes) };
}

/** Parses what HS3 or HS4 had sealed; the parts are views. Throws `malformed`. */
export function decodeIntroduction(bytes: Uint8Array): Introduction {
  const fields = new ByteFields(bytes);
  const ed25519 = fields.bytes('ed25519', KEY_BYTES);
  const x25519 = fields.bytes('x25519', KEY_BYTES);
  const signature = fields.bytes('signature', SIGNATURE_BYTES);
  return { identity: { ed25519, x25519 }, signature, payload: fields.rest() };
}

/** The error that a refusal stands for; null when the message is none. Throws `malformed` or `version-too-old`. */
export function decodeRefusal(message: Uint8Array): HandshakeError | null {
  if (message[0] !== HandshakeType.refusal) return null;
  const fields = new ByteFields(message);
  fields.u8('type');
  readVersion(fields);
  const reason = refusalReason(fields.u8('reason'));
  const retryAfterS = fields.u16be('retryAfterS');
  fields.end();
  if (!reason) throw TarnetError.malformed('reason', 'unknown reason');
  return new HandshakeError(reason, 'the host refused', { retryAfterS });
}

/** The mode of a message of this type, and what follows its header. Throws `version-too-old`, `malformed` or `too-large`. */
export function openMessage(message: Uint8Array, type: HandshakeType): { mode: SpokenMode; fields: ByteFields } {
  if (message.length > HANDSHAKE_LIMITS.maxMessageBytes)
    throw TarnetError.tooLarge('handshake', message.length, HANDSHAKE_LIMITS.maxMessageBytes);
  const fields = new ByteFields(message);
  const found = fields.u8('type');
  if (found !== type) throw TarnetError.malformed('type', `expected ${type}, got ${found}`);
  readVersion(fields);
  const mode = readMode(fields);
  const suite = fields.u8('suite');
  if (suite !== HANDSHAKE_SUITE) throw TarnetError.malformed('suite', `unknown suite ${suite}`);
  return { mode, fields };
}

function readVersion(fields: ByteFields): void {
  const version = fields.u8('version');
  if (version !== HANDSHAKE_VERSION)
    throw new TarnetError('version-too-old', `handshake version ${version}, this is ${HANDSHAKE_VERSION}`, {
      field: 'version',
    });
}

function readMode(fields: ByteFields): SpokenMode {
  const mode = fields.u8('mode');
  for (const known of Object.values(HandshakeMode)) if (mode === known) return known;
  throw TarnetError.malformed('mode', `unknown mode ${mode}`);
}

function readProof(fields: ByteFields, field: string, sizeBytes: number): Uint8Array {
  const declared = fields.u16be(field);
  if (declared !== sizeBytes) throw TarnetError.malformed(field, `${declared} bytes`, `${sizeBytes} bytes`);
  return fields.bytes(field, sizeBytes);
}

function readSealed(fields: ByteFields, maxPayloadBytes: number): Uint8Array {
  const sealed = fields.rest();
  const overhead = 2 * KEY_BYTES + SIGNATURE_BYTES + TAG_BYTES;
  if (sealed.length < overhead) throw TarnetError.malformed('sealed', 'the message ends before it');
  if (sealed.length > overhead + maxPayloadBytes)
    throw TarnetError.tooLarge('sealed', sealed.length, overhead + maxPayloadBytes);
  return sealed;
}

/** Type, version, mode, suite. */
export function handshakeHeader(type: HandshakeType, mode: SpokenMode): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(type, HANDSHAKE_VERSION, mode, HANDSHAKE_SUITE);
}

function u16be(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value >> 8, value & 0xff);
}
