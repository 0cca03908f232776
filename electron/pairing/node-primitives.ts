// Owns the cryptography of Node (and of Electron's BoringSSL) behind the port of shared/crypto.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { assert } from '../../shared/base/assert.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { concatBytes } from '../../shared/crypto/labels.ts';
import { type AeadInput, KEY_BYTES, type KeyPair, type Primitives, TAG_BYTES } from '../../shared/crypto/primitives.ts';

/** DER around a raw key (RFC 8410): Node takes raw keys in no other way that OpenSSL and BoringSSL share. */
const DER = {
  ed25519: { private: hex('302e020100300506032b657004220420'), public: hex('302a300506032b6570032100') },
  x25519: { private: hex('302e020100300506032b656e04220420'), public: hex('302a300506032b656e032100') },
} as const;
type Curve = keyof typeof DER;

const NO_SALT = new Uint8Array();

export const nodePrimitives: Primitives = {
  sha256: (...parts) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return bytesOf(hash.digest());
  },
  hmacSha256: (key, ...parts) => {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    return bytesOf(hmac.digest());
  },
  hkdfSha256: (secret, info, sizeBytes) => new Uint8Array(hkdfSync('sha256', secret, NO_SALT, info, sizeBytes)),
  sealInto: (target, offset, { key, nonce, aad }, plaintext) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(aad);
    target.set(cipher.update(plaintext), offset);
    cipher.final();
    target.set(cipher.getAuthTag(), offset + plaintext.length);
  },
  open: (input, sealed) => (sealed.length < TAG_BYTES ? null : openSealed(input, sealed)),
  x25519KeyPair: () => newKeyPair('x25519'),
  x25519: (privateKey, publicKey) => {
    try {
      const shared = diffieHellman({
        privateKey: privateKeyObject('x25519', privateKey),
        publicKey: publicKeyObject('x25519', publicKey),
      });
      return shared.every((byte) => byte === 0) ? null : bytesOf(shared);
    } catch {
      return null;
    }
  },
  ed25519KeyPair: () => newKeyPair('ed25519'),
  signer: (privateKey) => {
    const key = privateKeyObject('ed25519', privateKey);
    return (message) => bytesOf(sign(null, message, key));
  },
  verifier: (publicKey) => {
    const key = publicKeyObject('ed25519', publicKey);
    return (message, signature) => {
      try {
        return verify(null, message, key, signature);
      } catch {
        return false;
      }
    };
  },
  randomBytes: (sizeBytes) => bytesOf(randomBytes(sizeBytes)),
};

function openSealed({ key, nonce, aad }: AeadInput, sealed: Uint8Array): Uint8Array | null {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    return null;
  }
  return bytesOf(plaintext);
}

function newKeyPair(curve: Curve): KeyPair {
  // Two branches, because the overloads of generateKeyPairSync take one literal each.
  const pair = curve === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('ed25519');
  return {
    publicKey: rawKey(pair.publicKey.export({ format: 'der', type: 'spki' })),
    privateKey: rawKey(pair.privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}

function rawKey(der: Uint8Array): Uint8Array {
  return new Uint8Array(der.subarray(der.length - KEY_BYTES));
}

function privateKeyObject(curve: Curve, raw: Uint8Array): KeyObject {
  assert(raw.length === KEY_BYTES, 'a private key has 32 bytes');
  const der = concatBytes(DER[curve].private, raw);
  const key = createPrivateKey({ key: Buffer.from(der.buffer), format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

function publicKeyObject(curve: Curve, raw: Uint8Array): KeyObject {
  if (raw.length !== KEY_BYTES) throw TarnetError.malformed(curve, `${raw.length} bytes`, `${KEY_BYTES} bytes`);
  const der = concatBytes(DER[curve].public, raw);
  return createPublicKey({ key: Buffer.from(der.buffer), format: 'der', type: 'spki' });
}

/** A plain view: callers compare, store and send these, and a Buffer prints and clones differently. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
