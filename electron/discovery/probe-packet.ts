// Owns the datagrams with which hosts are found where mDNS does not reach: bytes only.
//
// Query, 256 bytes: `TNq2`, 8 bytes of nonce, zeros. Padded so that no answer is larger than its question: the port
// cannot be used to amplify an attack on somebody whose address was forged.
//
// Answer, 39 bytes, and up to 82 more when the host's user lets its name be known:
//   0  `TNa2`            4  u8 flags (1 leaving, 2 by secret)      5  u16 relay port (little-endian)
//   7  nonce of the query, zeros in an announcement  15  salt (8)   23 HMAC tag (8)   31 instance (3)   34 zeros (5)
//   39 u8 length, name, u8 length, system (UTF-8)
import { TarnetError } from '../../shared/base/errors.ts';

export const PROBE = {
  queryBytes: 256,
  answerBytes: 39,
  nonceBytes: 8,
  saltBytes: 8,
  tagBytes: 8,
  instanceBytes: 3,
  maxNameBytes: 64,
  maxSystemBytes: 16,
} as const;

const QUERY = Buffer.from('TNq2', 'ascii');
const ANSWER = Buffer.from('TNa2', 'ascii');
const LEAVING = 1;
const BY_SECRET = 2;

/** How one gets in: the code that the host shows, or a secret that its user has given out. */
export type AccessKind = 'code' | 'secret';

export interface ProbeAnswer {
  /** The host stops sharing: forget it. */
  leaving: boolean;
  access: AccessKind;
  port: number;
  nonce: Uint8Array;
  /** Salted tag by which a paired viewer knows the host, and nobody else can follow it. */
  salt: Uint8Array;
  tag: Uint8Array;
  /** Six hex digits, new for every start of sharing. */
  instance: string;
  /** Empty unless the host's user lets it be known. */
  name: string;
  system: string;
}

/** A query with this nonce (8 bytes). */
export function encodeQuery(nonce: Uint8Array): Buffer {
  const query = Buffer.alloc(PROBE.queryBytes);
  QUERY.copy(query);
  query.set(nonce.subarray(0, PROBE.nonceBytes), QUERY.length);
  return query;
}

/** The nonce of a query, or null for anything else. */
export function decodeQuery(datagram: Uint8Array): Uint8Array | null {
  if (datagram.length !== PROBE.queryBytes || !startsWith(datagram, QUERY)) return null;
  return datagram.slice(QUERY.length, QUERY.length + PROBE.nonceBytes);
}

/** Never longer than a query. Name and system are cut to their limits. */
export function encodeAnswer(answer: ProbeAnswer): Buffer {
  const bytes = Buffer.alloc(PROBE.answerBytes);
  ANSWER.copy(bytes);
  bytes.writeUInt8((answer.leaving ? LEAVING : 0) | (answer.access === 'secret' ? BY_SECRET : 0), 4);
  bytes.writeUInt16LE(answer.port, 5);
  bytes.set(answer.nonce.subarray(0, PROBE.nonceBytes), 7);
  bytes.set(answer.salt.subarray(0, PROBE.saltBytes), 15);
  bytes.set(answer.tag.subarray(0, PROBE.tagBytes), 23);
  bytes.write(answer.instance, 31, PROBE.instanceBytes, 'hex');
  if (!answer.name) return bytes;
  const texts = [cut(answer.name, PROBE.maxNameBytes), cut(answer.system, PROBE.maxSystemBytes)];
  return Buffer.concat([bytes, ...texts.flatMap((text) => [Buffer.of(text.length), text])]);
}

/** Parses an answer or announcement, or null for what is none of ours. Throws `malformed` for a broken one of ours. */
export function decodeAnswer(datagram: Uint8Array): ProbeAnswer | null {
  if (!startsWith(datagram, ANSWER)) return null;
  if (datagram.length < PROBE.answerBytes || datagram.length > PROBE.queryBytes)
    throw TarnetError.malformed(
      'answer',
      `${datagram.length} bytes`,
      `${PROBE.answerBytes} to ${PROBE.queryBytes} bytes`,
    );
  const bytes = Buffer.from(datagram);
  const port = bytes.readUInt16LE(5);
  if (port === 0) throw TarnetError.malformed('answer.port', '0', '1 to 65535');
  const name = textAt(bytes, PROBE.answerBytes, 'answer.name', PROBE.maxNameBytes);
  const system = textAt(bytes, name.end, 'answer.system', PROBE.maxSystemBytes);
  const flags = bytes.readUInt8(4);
  return {
    leaving: (flags & LEAVING) !== 0,
    access: (flags & BY_SECRET) !== 0 ? 'secret' : 'code',
    port,
    nonce: bytes.subarray(7, 15),
    salt: bytes.subarray(15, 23),
    tag: bytes.subarray(23, 31),
    instance: bytes.toString('hex', 31, 34),
    name: printable(name.text),
    system: printable(system.text),
  };
}

/** Text from the network as it may be shown: nothing that hides, reverses or breaks what stands beside it. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/gu, '').trim();
}

function textAt(bytes: Buffer, at: number, field: string, maxBytes: number): { text: string; end: number } {
  if (at >= bytes.length) return { text: '', end: at };
  const length = bytes.readUInt8(at);
  const end = at + 1 + length;
  if (length > maxBytes) throw TarnetError.malformed(field, `${length} bytes`, `${maxBytes} bytes`);
  if (end > bytes.length) throw TarnetError.malformed(field, 'truncated');
  return { text: bytes.toString('utf8', at + 1, end), end };
}

/** At most so many bytes, without half a character at the end. */
function cut(text: string, maxBytes: number): Buffer {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > maxBytes) break;
    kept += character;
  }
  return Buffer.from(kept);
}

function startsWith(datagram: Uint8Array, magic: Buffer): boolean {
  return datagram.length >= magic.length && magic.equals(datagram.subarray(0, magic.length));
}
