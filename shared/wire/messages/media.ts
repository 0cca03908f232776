// Owns a picture update inside its sealed record, and which of its properties the outer header shows.
import { TarnetError } from '../../base/errors.ts';
import {
  type CodecConfiguration,
  type FramePlacement,
  type FrameStages,
  MEDIA_CODECS,
  type MediaFrame,
  VIDEO_LIMITS,
} from '../../model/video.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { EnvelopeFlag } from '../envelope.ts';

/**
 * ```
 * 0   u64 captureTime   µs, host's clock
 * 8   u32 duration      µs
 * 12  u16 width
 * 14  u16 height
 * 16  u8  codec         place in MEDIA_CODECS
 * 17  u8  layer
 * 18  u16 flags         bit 0: exact · bit 1: a placement follows · bit 2: stages follow
 *                       bits 4 to 7: how many discardable updates came directly before
 * 20  with a placement: u16 x, y, width, height
 *     with stages: u16 capture, compare, encode, queue, in tenths of a millisecond
 *     with CONFIG in the outer header: u8 length, codec string in ASCII
 *     then the coded picture
 * ```
 */
export const MEDIA_HEADER_BYTES = 20;

const PLACEMENT_BYTES = 8;
const STAGES_BYTES = 8;
const EXACT = 1;
const PLACED = 2;
const STAGED = 4;
const DISCARDABLE_SHIFT = 4;
const DISCARDABLE_MASK = VIDEO_LIMITS.maxDiscardableBefore << DISCARDABLE_SHIFT;
const STAGE_UNITS_PER_MS = 10;
const MAX_DURATION_US = 0xffff_ffff;
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;

/** The outer flags and the plaintext of a picture update. Throws `malformed` or `too-large` naming the field. */
export function encodeMedia(frame: MediaFrame): { flags: number; body: Uint8Array<ArrayBuffer> } {
  check(frame);
  const { placement, stages, discardableBefore = 0 } = frame;
  const codecString = frame.configuration?.codecString;
  const optionalBytes =
    (placement ? PLACEMENT_BYTES : 0) +
    (stages ? STAGES_BYTES : 0) +
    (codecString === undefined ? 0 : 1 + codecString.length);
  const writer = new ByteWriter(MEDIA_HEADER_BYTES + optionalBytes + frame.data.length)
    .u64(Math.round(frame.captureTimeUs))
    .u32(Math.min(MAX_DURATION_US, Math.max(0, Math.round(frame.durationUs))))
    .u16(frame.widthPx)
    .u16(frame.heightPx)
    .u8(MEDIA_CODECS.indexOf(frame.codec))
    .u8(frame.layer)
    .u16(
      (frame.exact ? EXACT : 0) |
        (placement ? PLACED : 0) |
        (stages ? STAGED : 0) |
        (discardableBefore << DISCARDABLE_SHIFT),
    );
  if (placement) writer.u16(placement.xPx).u16(placement.yPx).u16(placement.widthPx).u16(placement.heightPx);
  if (stages)
    for (const stageMs of [stages.captureMs, stages.compareMs, stages.encodeMs, stages.queueMs])
      writer.u16(stageUnits(stageMs));
  if (codecString !== undefined) writer.u8(codecString.length).bytes(new TextEncoder().encode(codecString));
  const flags =
    (frame.key ? EnvelopeFlag.key : 0) |
    (frame.configuration ? EnvelopeFlag.config : 0) |
    (frame.discardable ? EnvelopeFlag.discardable : 0);
  return { flags, body: writer.bytes(frame.data).finish() };
}

/** Parses a picture update; `data` is a view of the body. Throws `malformed` or `too-large` naming the field. */
export function decodeMedia(outerFlags: number, body: Uint8Array): MediaFrame {
  const reader = new ByteReader(body);
  const captureTimeUs = reader.u64('media.captureTime');
  const durationUs = reader.u32('media.duration');
  const widthPx = reader.u16('media.width');
  const heightPx = reader.u16('media.height');
  const codecNumber = reader.u8('media.codec');
  const codec = MEDIA_CODECS[codecNumber];
  if (codec === undefined) throw TarnetError.malformed('media.codec', `unknown codec ${codecNumber}`);
  const layer = reader.u8('media.layer');
  const flags = reader.u16('media.flags');
  if ((flags & ~(EXACT | PLACED | STAGED | DISCARDABLE_MASK)) !== 0)
    throw TarnetError.malformed('media.flags', `unknown flags ${flags}`);
  const placement = (flags & PLACED) !== 0 ? readPlacement(reader) : null;
  const stages = (flags & STAGED) !== 0 ? readStages(reader) : null;
  const discardableBefore = (flags & DISCARDABLE_MASK) >> DISCARDABLE_SHIFT;
  const frame: MediaFrame = {
    codec,
    key: (outerFlags & EnvelopeFlag.key) !== 0,
    discardable: (outerFlags & EnvelopeFlag.discardable) !== 0,
    configuration: (outerFlags & EnvelopeFlag.config) !== 0 ? readConfiguration(reader) : null,
    ...(placement && { placement }),
    captureTimeUs,
    durationUs,
    widthPx,
    heightPx,
    layer,
    exact: (flags & EXACT) !== 0,
    ...(stages && { stages }),
    ...(discardableBefore > 0 && { discardableBefore }),
    data: reader.rest(),
  };
  check(frame);
  return frame;
}

function readPlacement(reader: ByteReader): FramePlacement {
  return {
    xPx: reader.u16('media.placement'),
    yPx: reader.u16('media.placement'),
    widthPx: reader.u16('media.placement'),
    heightPx: reader.u16('media.placement'),
  };
}

function readStages(reader: ByteReader): FrameStages {
  const stage = () => reader.u16('media.stages') / STAGE_UNITS_PER_MS;
  return { captureMs: stage(), compareMs: stage(), encodeMs: stage(), queueMs: stage() };
}

/** Clocks may be set while a frame is on its way: what cannot be is told as the nearest that can. */
function stageUnits(stageMs: number): number {
  return Math.round(Math.min(VIDEO_LIMITS.maxStageMs, Math.max(0, stageMs)) * STAGE_UNITS_PER_MS);
}

function readConfiguration(reader: ByteReader): CodecConfiguration {
  const length = reader.u8('media.codecString');
  return { codecString: String.fromCharCode(...reader.bytes('media.codecString', length)) };
}

function check(frame: MediaFrame): void {
  if (frame.key && !frame.configuration)
    throw TarnetError.malformed('media.configuration', 'every key frame says how to decode it');
  const side = (field: string, value: number, max: number) => {
    if (!Number.isInteger(value) || value < 1 || value > max)
      throw TarnetError.malformed(field, `${value}`, `1 to ${max}`);
  };
  side('media.width', frame.widthPx, VIDEO_LIMITS.maxWidthPx);
  side('media.height', frame.heightPx, VIDEO_LIMITS.maxHeightPx);
  if (!Number.isInteger(frame.layer) || frame.layer < 0 || frame.layer > VIDEO_LIMITS.maxLayer)
    throw TarnetError.malformed('media.layer', `${frame.layer}`, `0 to ${VIDEO_LIMITS.maxLayer}`);
  if (frame.placement) checkPlacement(frame, frame.placement);
  const { discardableBefore = 0 } = frame;
  const mostBefore = VIDEO_LIMITS.maxDiscardableBefore;
  if (!Number.isInteger(discardableBefore) || discardableBefore < 0 || discardableBefore > mostBefore)
    throw TarnetError.malformed('media.discardableBefore', `${discardableBefore}`, `0 to ${mostBefore}`);
  const codecString = frame.configuration?.codecString;
  if (codecString !== undefined && !isCodecString(codecString))
    throw TarnetError.malformed('media.codecString', 'expected ASCII', `1 to ${VIDEO_LIMITS.maxCodecStringLength}`);
  if (frame.data.length > VIDEO_LIMITS.maxFrameBytes)
    throw TarnetError.tooLarge('media.data', frame.data.length, VIDEO_LIMITS.maxFrameBytes);
}

function checkPlacement(frame: MediaFrame, placement: FramePlacement): void {
  const { xPx, yPx, widthPx, heightPx } = placement;
  if (frame.key || frame.codec === 'tiles')
    throw TarnetError.malformed('media.placement', 'only video that is no key frame covers a part of the picture');
  if (![xPx, yPx, widthPx, heightPx].every((value) => Number.isInteger(value) && value >= 0))
    throw TarnetError.malformed('media.placement', 'expected whole pixels');
  if (widthPx < 1 || heightPx < 1 || xPx + widthPx > frame.widthPx || yPx + heightPx > frame.heightPx)
    throw TarnetError.malformed('media.placement', 'empty or outside of the picture');
}

function isCodecString(text: string): boolean {
  return text.length <= VIDEO_LIMITS.maxCodecStringLength && PRINTABLE_ASCII.test(text);
}
