// Owns a picture update inside its sealed record, and which of its properties the outer header shows.
import { TarnetError } from '../../base/errors.ts';
import { type CodecConfiguration, MEDIA_CODECS, type MediaFrame, VIDEO_LIMITS } from '../../model/video.ts';
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
 * 18  u16 flags         bit 0: exact
 * 20  with CONFIG in the outer header: u8 length, codec string in ASCII
 *     then the coded picture
 * ```
 */
export const MEDIA_HEADER_BYTES = 20;

/** KEY and CONFIG always come together: every key frame says how to decode it. */
const KEY_AND_CONFIG = EnvelopeFlag.key | EnvelopeFlag.config;
const EXACT = 1;
const MAX_DURATION_US = 0xffff_ffff;
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;

/** The outer flags and the plaintext of a picture update. Throws `malformed` or `too-large` naming the field. */
export function encodeMedia(frame: MediaFrame): { flags: number; body: Uint8Array<ArrayBuffer> } {
  check(frame);
  const codecString = frame.configuration?.codecString;
  const configurationBytes = codecString === undefined ? 0 : 1 + codecString.length;
  const writer = new ByteWriter(MEDIA_HEADER_BYTES + configurationBytes + frame.data.length)
    .u64(Math.round(frame.captureTimeUs))
    .u32(Math.min(MAX_DURATION_US, Math.max(0, Math.round(frame.durationUs))))
    .u16(frame.widthPx)
    .u16(frame.heightPx)
    .u8(MEDIA_CODECS.indexOf(frame.codec))
    .u8(frame.layer)
    .u16(frame.exact ? EXACT : 0);
  if (codecString !== undefined) writer.u8(codecString.length).bytes(new TextEncoder().encode(codecString));
  const flags = (frame.key ? KEY_AND_CONFIG : 0) | (frame.discardable ? EnvelopeFlag.discardable : 0);
  return { flags, body: writer.bytes(frame.data).finish() };
}

/** Parses a picture update; `data` is a view of the body. Throws `malformed` or `too-large` naming the field. */
export function decodeMedia(outerFlags: number, body: Uint8Array): MediaFrame {
  const key = (outerFlags & EnvelopeFlag.key) !== 0;
  if (key !== ((outerFlags & EnvelopeFlag.config) !== 0))
    throw TarnetError.malformed('media.flags', 'a key frame has its configuration, and only a key frame');
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
  if ((flags & ~EXACT) !== 0) throw TarnetError.malformed('media.flags', `unknown flags ${flags}`);
  const frame: MediaFrame = {
    codec,
    key,
    discardable: (outerFlags & EnvelopeFlag.discardable) !== 0,
    configuration: key ? readConfiguration(reader) : null,
    captureTimeUs,
    durationUs,
    widthPx,
    heightPx,
    layer,
    exact: (flags & EXACT) !== 0,
    data: reader.rest(),
  };
  check(frame);
  return frame;
}

function readConfiguration(reader: ByteReader): CodecConfiguration {
  const length = reader.u8('media.codecString');
  return { codecString: String.fromCharCode(...reader.bytes('media.codecString', length)) };
}

function check(frame: MediaFrame): void {
  if (frame.key !== (frame.configuration !== null))
    throw TarnetError.malformed('media.configuration', 'a key frame has one, and only a key frame');
  const side = (field: string, value: number, max: number) => {
    if (!Number.isInteger(value) || value < 1 || value > max)
      throw TarnetError.malformed(field, `${value}`, `1 to ${max}`);
  };
  side('media.width', frame.widthPx, VIDEO_LIMITS.maxWidthPx);
  side('media.height', frame.heightPx, VIDEO_LIMITS.maxHeightPx);
  if (!Number.isInteger(frame.layer) || frame.layer < 0 || frame.layer > VIDEO_LIMITS.maxLayer)
    throw TarnetError.malformed('media.layer', `${frame.layer}`, `0 to ${VIDEO_LIMITS.maxLayer}`);
  const codecString = frame.configuration?.codecString;
  if (codecString !== undefined && !isCodecString(codecString))
    throw TarnetError.malformed('media.codecString', 'expected ASCII', `1 to ${VIDEO_LIMITS.maxCodecStringLength}`);
  if (frame.data.length > VIDEO_LIMITS.maxFrameBytes)
    throw TarnetError.tooLarge('media.data', frame.data.length, VIDEO_LIMITS.maxFrameBytes);
}

function isCodecString(text: string): boolean {
  return text.length <= VIDEO_LIMITS.maxCodecStringLength && PRINTABLE_ASCII.test(text);
}
