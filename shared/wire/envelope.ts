// Owns the outer header: all that a relay may see of a message (docs/protocol.md).
import { TarnetError } from '../base/errors.ts';

/**
 * ```
 * 0  u8  type
 * 1  u8  flags
 * 2  u16 peer    the relay stamps the sender; EVERYBODY = the whole room
 * 4  u16 stream
 * 6  u16 epoch   of the media group key
 * 8  u32 seq
 * ```
 */
export const ENVELOPE_BYTES = 12;

export const MessageType = {
  control: 0x01,
  handshake: 0x10,
  reliable: 0x20,
  media: 0x30,
  cursor: 0x31,
  ping: 0x40,
  ack: 0x41,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

export const EnvelopeFlag = { key: 1, config: 2, discardable: 4 } as const;
const ALL_FLAGS = EnvelopeFlag.key | EnvelopeFlag.config | EnvelopeFlag.discardable;

/** Peer number of the host in its room; viewers are 1 to MAX_PEER. */
export const HOST_PEER = 0;
export const MAX_PEER = 0xfffe;
export const EVERYBODY = 0xffff;

export const ENVELOPE_LIMITS = {
  /** The largest WebSocket message, header included. */
  maxMessageBytes: 4 * 1024 * 1024,
  /** Control, handshake and reliable bodies. */
  maxBodyBytes: 64 * 1024,
  /** Ping, ack. */
  maxFixedBodyBytes: 64,
} as const;

export interface Envelope {
  type: MessageType;
  flags: number;
  peer: number;
  stream: number;
  epoch: number;
  seq: number;
}

const TYPES: ReadonlySet<number> = new Set(Object.values(MessageType));

const MAX_BODY_BYTES: Record<MessageType, number> = {
  [MessageType.control]: ENVELOPE_LIMITS.maxBodyBytes,
  [MessageType.handshake]: ENVELOPE_LIMITS.maxBodyBytes,
  [MessageType.reliable]: ENVELOPE_LIMITS.maxBodyBytes + 64,
  [MessageType.media]: ENVELOPE_LIMITS.maxMessageBytes - ENVELOPE_BYTES,
  [MessageType.cursor]: 512 * 1024,
  [MessageType.ping]: ENVELOPE_LIMITS.maxFixedBodyBytes,
  [MessageType.ack]: ENVELOPE_LIMITS.maxFixedBodyBytes,
};

/** A header with everything but the type at its neutral value. */
export function envelope(type: MessageType, fields: Partial<Omit<Envelope, 'type'>> = {}): Envelope {
  return { type, flags: 0, peer: HOST_PEER, stream: 0, epoch: 0, seq: 0, ...fields };
}

/** Writes the header into the first 12 bytes. */
export function writeEnvelope(target: Uint8Array, header: Envelope): void {
  const view = new DataView(target.buffer, target.byteOffset, ENVELOPE_BYTES);
  view.setUint8(0, header.type);
  view.setUint8(1, header.flags);
  view.setUint16(2, header.peer, true);
  view.setUint16(4, header.stream, true);
  view.setUint16(6, header.epoch, true);
  view.setUint32(8, header.seq, true);
}

/** One message: header, then body. */
export function encodeMessage(header: Envelope, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(ENVELOPE_BYTES + body.length);
  writeEnvelope(message, header);
  message.set(body, ENVELOPE_BYTES);
  return message;
}

/**
 * Splits a message; the body is a view, not a copy. Throws `malformed` for an unknown type, unknown flags or a short
 * message, and `too-large` for a body over its type's limit, each naming the field.
 */
export function decodeMessage(message: Uint8Array): { header: Envelope; body: Uint8Array } {
  if (message.length < ENVELOPE_BYTES) throw TarnetError.malformed('header', 'truncated', `${ENVELOPE_BYTES} bytes`);
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const type = view.getUint8(0);
  if (!isMessageType(type)) throw TarnetError.malformed('type', `unknown type ${type}`);
  const flags = view.getUint8(1);
  if ((flags & ~ALL_FLAGS) !== 0) throw TarnetError.malformed('flags', `unknown flags ${flags}`);
  const sizeBytes = message.length - ENVELOPE_BYTES;
  if (sizeBytes > MAX_BODY_BYTES[type]) throw TarnetError.tooLarge('body', sizeBytes, MAX_BODY_BYTES[type]);
  const header: Envelope = {
    type,
    flags,
    peer: view.getUint16(2, true),
    stream: view.getUint16(4, true),
    epoch: view.getUint16(6, true),
    seq: view.getUint32(8, true),
  };
  return { header, body: message.subarray(ENVELOPE_BYTES) };
}

/** The header as authenticated data: peer zeroed, because the relay rewrites it. */
export function envelopeAad(header: Envelope): Uint8Array<ArrayBuffer> {
  const aad = new Uint8Array(ENVELOPE_BYTES);
  writeEnvelope(aad, { ...header, peer: 0 });
  return aad;
}

function isMessageType(type: number): type is MessageType {
  return TYPES.has(type);
}
