// Owns how a picture of the relay bench looks on each subject's wire, and where its number and time stand in it.
import { EnvelopeFlag, EVERYBODY, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';

export const SUBJECT_KINDS = ['tarnet', 'splice', 'seed'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Of one picture, before any coding. */
export const PICTURE_BYTES = 60_000;
export const PICTURES_PER_SECOND = 30;

const MARK = 'tn@';
const DIGITS = 16;
/** How far into a message its mark may stand. */
export const MARK_WITHIN_BYTES = 256;

/** The system's monotonic clock, which all processes of one machine share, microseconds. */
export function sharedClockUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** One picture that carries the time it was sent, as the subject's host sends it. */
export function pictureMessage(kind: SubjectKind, seq: number, hostId: string): Uint8Array | string {
  const mark = MARK + String(sharedClockUs()).padStart(DIGITS, '0');
  if (kind === 'seed') {
    const base64Length = Math.ceil(PICTURE_BYTES / 3) * 4;
    const data = mark.padEnd(base64Length, 'A');
    return JSON.stringify({ type: 'screen_frame', host_id: hostId, data, timestamp: Date.now() / 1000 });
  }
  const body = new Uint8Array(PICTURE_BYTES);
  new TextEncoder().encodeInto(mark, body);
  if (kind === 'splice') {
    const message = new Uint8Array(4 + body.length);
    new DataView(message.buffer).setUint32(0, body.length);
    message.set(body, 4);
    return message;
  }
  const flags = seq % PICTURES_PER_SECOND === 0 ? EnvelopeFlag.key | EnvelopeFlag.config : 0;
  return encodeMessage(envelope(MessageType.media, { peer: EVERYBODY, stream: 1, seq, flags }), body);
}

/** When a message was sent, by its mark; null for one that is no picture. */
export function sentAtUs(head: Buffer): number | null {
  const at = head.indexOf(MARK);
  if (at < 0) return null;
  const sent = Number(head.toString('latin1', at + MARK.length, at + MARK.length + DIGITS));
  return Number.isFinite(sent) ? sent : null;
}
