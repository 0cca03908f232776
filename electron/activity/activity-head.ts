// Owns the head of the activity log: its last entry, signed, so that cutting off the end of the log shows too.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import writeFileAtomic from 'write-file-atomic';
import type { ChainLink } from './activity-chain.ts';

const MAX_HEAD_BYTES = 4 * 1024;
const CONTEXT = 'tarnet activity head 1';

const base64 = (sizeBytes: number) =>
  v.pipe(
    v.string(),
    v.maxLength(sizeBytes * 2),
    v.check((text) => Buffer.from(text, 'base64url').length === sizeBytes, `expected ${sizeBytes} bytes`),
  );

const headSchema = v.strictObject({
  version: v.literal(1),
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Ed25519 public key of the installation that wrote the log, and its signature. */
  ed25519: base64(32),
  signature: base64(64),
});

/** Signs and checks with Ed25519. */
export interface HeadSigner {
  /** 32 bytes. */
  readonly ed25519: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}
export type CheckSignature = (ed25519: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

export interface StoredHead extends ChainLink {
  ed25519: Uint8Array;
}

function headFile(folder: string): string {
  return path.join(folder, 'activity-head.json');
}

/** Writes all of it or nothing. */
export async function writeHead(folder: string, { seq, hash }: ChainLink, signer: HeadSigner): Promise<void> {
  const head: v.InferOutput<typeof headSchema> = {
    version: 1,
    seq,
    hash,
    ed25519: Buffer.from(signer.ed25519).toString('base64url'),
    signature: Buffer.from(signer.sign(statement({ seq, hash }))).toString('base64url'),
  };
  await writeFileAtomic(headFile(folder), `${JSON.stringify(head)}\n`, { mode: 0o600 });
}

/** The head with a valid signature, by whomever; `missing` without one, `forged` when it is none or its signature is wrong. */
export async function readHead(folder: string, check: CheckSignature): Promise<StoredHead | 'missing' | 'forged'> {
  let text: string;
  try {
    text = await readFile(headFile(folder), 'utf8');
  } catch {
    return 'missing';
  }
  if (text.length > MAX_HEAD_BYTES) return 'forged';
  try {
    const parsed = v.safeParse(headSchema, JSON.parse(text));
    if (!parsed.success) return 'forged';
    const { seq, hash, ed25519, signature } = parsed.output;
    const key = new Uint8Array(Buffer.from(ed25519, 'base64url'));
    const valid = check(key, statement({ seq, hash }), new Uint8Array(Buffer.from(signature, 'base64url')));
    return valid ? { seq, hash, ed25519: key } : 'forged';
  } catch {
    return 'forged';
  }
}

function statement({ seq, hash }: ChainLink): Uint8Array {
  return new TextEncoder().encode(`${CONTEXT}\0${seq}\0${hash}`);
}
