// Owns the two fixed structs between a peer and its relay: ping and ack.
//
// ```
// ping, peer → relay    0  up to 56 bytes, the sender's own (its clock, as a rule)
// ping, relay → peer    0  the same bytes
//                       n  u64  the relay's clock, µs since the Unix epoch
// ack, peer → relay     0  u64  bytes of all WebSocket messages received on this connection, headers (12) included
// ```
import { TarnetError } from '../../shared/base/errors.ts';
import { ENVELOPE_LIMITS, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';

const U64_BYTES = 8;
const MAX_PING_BYTES = ENVELOPE_LIMITS.maxFixedBodyBytes - U64_BYTES;

/** The whole answer to a ping. Throws `malformed` when there is no room left in it for the relay's clock. */
export function answerPing(seq: number, body: Uint8Array, nowMs: number): Uint8Array<ArrayBuffer> {
  if (body.length > MAX_PING_BYTES) throw TarnetError.malformed('ping', 'too long', `${MAX_PING_BYTES} bytes`);
  const answer = new Uint8Array(body.length + U64_BYTES);
  answer.set(body);
  new DataView(answer.buffer).setBigUint64(body.length, BigInt(Math.round(nowMs * 1000)), true);
  return encodeMessage(envelope(MessageType.ping, { seq }), answer);
}

/** Bytes received, as an ack says it. Throws `malformed` naming `ack`. */
export function decodeAck(body: Uint8Array): number {
  if (body.length !== U64_BYTES) throw TarnetError.malformed('ack', `${body.length} bytes`, `${U64_BYTES} bytes`);
  const total = new DataView(body.buffer, body.byteOffset, U64_BYTES).getBigUint64(0, true);
  if (total > BigInt(Number.MAX_SAFE_INTEGER)) throw TarnetError.malformed('ack', 'too large', '2^53 - 1');
  return Number(total);
}
