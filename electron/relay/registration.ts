// Owns the proof that a host owns its ID's key.
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { PRESENCE_CONTEXT, registrationStatement } from '../../shared/wire/control.ts';

export const CHALLENGE_BYTES = 32;

/** One attempt to register: the ID and the key that were claimed, and the nonce to sign. */
export class Registration {
  readonly hostId: string;
  /** 32 bytes, raw (RFC 8032). */
  readonly ed25519: Uint8Array;
  readonly nonce: Uint8Array<ArrayBuffer>;

  constructor(hostId: string, ed25519: Uint8Array, nonce: Uint8Array = randomBytes(CHALLENGE_BYTES)) {
    this.hostId = hostId;
    this.ed25519 = ed25519.slice();
    this.nonce = new Uint8Array(nonce);
  }

  /** Whether the signature over the statement is by the claimed key. A key that is no point on the curve proves nothing. */
  isProvedBy(signature: Uint8Array): boolean {
    try {
      const x = Buffer.from(this.ed25519).toString('base64url');
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      return verify(null, registrationStatement(this.nonce, this.hostId), key, signature);
    } catch {
      return false;
    }
  }
}

/** What viewers who know a host ask for it by: 32 bytes, made of its raw Ed25519 key (PRESENCE_CONTEXT). */
export function presenceKey(ed25519: Uint8Array): Buffer {
  return createHash('sha256').update(`${PRESENCE_CONTEXT}\0`).update(ed25519).digest();
}
