// Owns the exchange that tells a viewer the round trip and the host's clock (as NTP does, RFC 5905 section 8).
import { TarnetError } from '../../base/errors.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

/**
 * ```
 * 0   u8  kind      1 question · 2 answer
 * 1   7 x u8        zero
 * 8   u64 t0        µs, viewer's clock, when the question left
 * 16  u64 t1        µs, host's clock, when it arrived; zero in a question
 * 24  u64 t2        µs, host's clock, when the answer left; zero in a question
 * ```
 * t3 is when the answer arrives: the viewer knows it.
 */
export const TIME_SYNC_BYTES = 32;

export type TimeSync =
  | { kind: 'question'; t0Us: number }
  | { kind: 'answer'; t0Us: number; t1Us: number; t2Us: number };

const QUESTION = 1;
const ANSWER = 2;

export function encodeTimeSync(message: TimeSync): Uint8Array<ArrayBuffer> {
  const answer = message.kind === 'answer' ? message : null;
  return new ByteWriter(TIME_SYNC_BYTES)
    .u32(answer ? ANSWER : QUESTION)
    .u32(0)
    .u64(message.t0Us)
    .u64(answer?.t1Us ?? 0)
    .u64(answer?.t2Us ?? 0)
    .finish();
}

/** Throws `malformed` naming the field. */
export function decodeTimeSync(body: Uint8Array): TimeSync {
  const reader = new ByteReader(body);
  const kind = reader.u32('time-sync.kind');
  if (kind !== QUESTION && kind !== ANSWER) throw TarnetError.malformed('time-sync.kind', `unknown kind ${kind}`);
  if (reader.u32('time-sync.reserved') !== 0) throw TarnetError.malformed('time-sync.reserved', 'expected zero');
  const t0Us = reader.u64('time-sync.t0');
  const t1Us = reader.u64('time-sync.t1');
  const t2Us = reader.u64('time-sync.t2');
  reader.end();
  if (kind === ANSWER) return { kind: 'answer', t0Us, t1Us, t2Us };
  if (t1Us !== 0 || t2Us !== 0) throw TarnetError.malformed('time-sync', 'a question has no host times');
  return { kind: 'question', t0Us };
}
