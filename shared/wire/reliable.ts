// Owns the inner header of a reliable record: which conversation between host and viewer a message belongs to.
import { TarnetError } from '../base/errors.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { ENVELOPE_LIMITS } from './envelope.ts';

/**
 * ```
 * 0  u8  channel
 * 1  u8  flags     none yet: zero
 * 2  u16 reserved  zero
 * 4  u32 id        number of the message on its channel; what an answer refers to
 * ```
 */
export const RELIABLE_HEADER_BYTES = 8;

/** Every conversation that a session can carry. Numbers are wire format: only ever appended. */
export const Channel = {
  /** viewer → host: messages/input.ts */
  input: 1,
  clipboard: 2,
  chat: 3,
  file: 4,
  /** host → viewer: messages/permissions-update.ts */
  permissions: 5,
  /** both ways: messages/time-sync.ts */
  stats: 6,
  /** both ways: messages/session-channel.ts */
  session: 7,
  /** both ways: messages/display-channel.ts */
  display: 8,
  /** viewer → host: messages/picture-feedback.ts */
  feedback: 9,
} as const;
export type Channel = (typeof Channel)[keyof typeof Channel];

const CHANNELS: ReadonlySet<number> = new Set(Object.values(Channel));

export interface ReliableMessage {
  channel: Channel;
  id: number;
  body: Uint8Array;
}

/** The plaintext of one reliable record. Throws `too-large` above the limit of a body. */
export function encodeReliable(message: ReliableMessage): Uint8Array<ArrayBuffer> {
  const sizeBytes = RELIABLE_HEADER_BYTES + message.body.length;
  if (sizeBytes > ENVELOPE_LIMITS.maxBodyBytes)
    throw TarnetError.tooLarge('reliable', sizeBytes, ENVELOPE_LIMITS.maxBodyBytes);
  return new ByteWriter(sizeBytes).u8(message.channel).u8(0).u16(0).u32(message.id).bytes(message.body).finish();
}

/** Parses the plaintext of one reliable record; the body is a view. Throws `malformed` naming the field. */
export function decodeReliable(bytes: Uint8Array): ReliableMessage {
  const reader = new ByteReader(bytes);
  const channel = reader.u8('reliable.channel');
  if (!isChannel(channel)) throw TarnetError.malformed('reliable.channel', `unknown channel ${channel}`);
  if (reader.u8('reliable.flags') !== 0) throw TarnetError.malformed('reliable.flags', 'expected zero');
  if (reader.u16('reliable.reserved') !== 0) throw TarnetError.malformed('reliable.reserved', 'expected zero');
  const id = reader.u32('reliable.id');
  return { channel, id, body: reader.rest() };
}

function isChannel(value: number): value is Channel {
  return CHANNELS.has(value);
}
