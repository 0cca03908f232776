// Owns a device's public identity as a text that people copy, paste or scan, to pair two devices without a session.
import { TarnetError } from '../../shared/base/errors.ts';
import { concatBytes, sameBytes } from '../../shared/crypto/labels.ts';
import { KEY_BYTES, type Primitives } from '../../shared/crypto/primitives.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';

const PREFIX = 'tarnet-id:';
const CHECK_BYTES = 4;
export const IDENTITY_TEXT_LIMITS = { maxLength: 256 } as const;

/** `tarnet-id:` and the base64url of both public keys and four bytes of their SHA-256. Holds no secret. */
export function identityText(primitives: Primitives, { ed25519, x25519 }: PublicIdentity): string {
  const check = primitives.sha256(ed25519, x25519).subarray(0, CHECK_BYTES);
  return PREFIX + Buffer.from(concatBytes(ed25519, x25519, check)).toString('base64url');
}

/** What somebody pasted, blanks and line breaks in it or not. Throws `malformed` naming `identity`. */
export function parseIdentityText(primitives: Primitives, text: string): PublicIdentity {
  const [, encoded = ''] =
    /^tarnet-id:([A-Za-z0-9_-]+)$/i.exec(text.slice(0, IDENTITY_TEXT_LIMITS.maxLength).replace(/\s/g, '')) ?? [];
  const bytes = new Uint8Array(Buffer.from(encoded, 'base64url'));
  if (bytes.length !== 2 * KEY_BYTES + CHECK_BYTES) throw TarnetError.malformed('identity', 'expected tarnet-id:…');
  const ed25519 = bytes.slice(0, KEY_BYTES);
  const x25519 = bytes.slice(KEY_BYTES, 2 * KEY_BYTES);
  const check = primitives.sha256(ed25519, x25519).subarray(0, CHECK_BYTES);
  if (!sameBytes(check, bytes.subarray(2 * KEY_BYTES)))
    throw TarnetError.malformed('identity', 'a character of it is wrong or missing');
  return { ed25519, x25519 };
}
