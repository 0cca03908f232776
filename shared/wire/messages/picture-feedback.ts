// Owns a viewer's word on the pictures that have come: what a host's rate control knows of the link.
import { TarnetError } from '../../base/errors.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

/**
 * ```
 * 0   u32 seq            number of the newest picture update that has come
 * 4   u16 waitingFrames  updates that wait to be painted
 * 6   u16 reserved       zero
 * 8   u64 arrived        µs, a clock of the viewer's that never steps; when that update came
 * 16  u32 held           µs from then until this message left
 * 20  u32 roundTrip      µs, the least that the viewer has lately measured; zero: unknown
 * 24  u64 receivedBytes  of all picture updates on this connection
 * ```
 */
export const PICTURE_FEEDBACK_BYTES = 32;

const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;

export interface PictureFeedback {
  seq: number;
  waitingFrames: number;
  arrivedMs: number;
  heldMs: number;
  /** Null: unknown. */
  roundTripMs: number | null;
  receivedBytes: number;
}

/** Times are rounded to microseconds; what is too large for its field becomes the largest that fits. */
export function encodePictureFeedback(feedback: PictureFeedback): Uint8Array<ArrayBuffer> {
  const { roundTripMs } = feedback;
  return new ByteWriter(PICTURE_FEEDBACK_BYTES)
    .u32(feedback.seq)
    .u16(Math.min(MAX_U16, feedback.waitingFrames))
    .u16(0)
    .u64(toMicroseconds(feedback.arrivedMs))
    .u32(Math.min(MAX_U32, toMicroseconds(feedback.heldMs)))
    .u32(roundTripMs === null ? 0 : Math.min(MAX_U32, Math.max(1, toMicroseconds(roundTripMs))))
    .u64(feedback.receivedBytes)
    .finish();
}

/** Throws `malformed` naming the field. */
export function decodePictureFeedback(body: Uint8Array): PictureFeedback {
  const reader = new ByteReader(body);
  const seq = reader.u32('feedback.seq');
  const waitingFrames = reader.u16('feedback.waitingFrames');
  if (reader.u16('feedback.reserved') !== 0) throw TarnetError.malformed('feedback.reserved', 'expected zero');
  const arrivedMs = reader.u64('feedback.arrived') / 1000;
  const heldMs = reader.u32('feedback.held') / 1000;
  const roundTripUs = reader.u32('feedback.roundTrip');
  const receivedBytes = reader.u64('feedback.receivedBytes');
  reader.end();
  const roundTripMs = roundTripUs === 0 ? null : roundTripUs / 1000;
  return { seq, waitingFrames, arrivedMs, heldMs, roundTripMs, receivedBytes };
}

function toMicroseconds(timeMs: number): number {
  return Math.max(0, Math.round(timeMs * 1000));
}
