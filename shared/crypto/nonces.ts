// Owns the nonces of records that every viewer of a room can open.
import { NONCE_BYTES } from './primitives.ts';

/** `stream u16 ‖ 0×6 ‖ seq u32`, big-endian: unique while the sequence number of a stream only rises within a key. */
export function groupNonce(stream: number, seq: number): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setUint16(0, stream, false);
  view.setUint32(8, seq, false);
  return nonce;
}
