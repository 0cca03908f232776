// Owns whole pictures in files' formats, as hosts of protocol v1 send them: their kind and size, by their first bytes.
import { TarnetError } from '../base/errors.ts';

export const PLAIN_PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
export type PlainPictureType = (typeof PLAIN_PICTURE_TYPES)[number];

/** The same as statistics name them, beside the codecs of encrypted sessions. */
export const PLAIN_PICTURE_CODECS = ['jpeg', 'png', 'webp'] as const;
export type PlainPictureCodec = (typeof PLAIN_PICTURE_CODECS)[number];

export const PLAIN_PICTURE_LIMITS = {
  maxBytes: 8 * 1024 * 1024,
  maxSidePx: 16_384,
  /** A small file can hold a picture that fills the memory: 8K and no more. */
  maxPixels: 7_680 * 4_320,
} as const;

export interface PlainPictureHeader {
  type: PlainPictureType;
  widthPx: number;
  heightPx: number;
}

/** Reads the header. Throws `malformed` for what is no JPEG, PNG or WebP, `too-large` for a picture over the limits. */
export function plainPictureHeader(bytes: Uint8Array): PlainPictureHeader {
  if (bytes.length > PLAIN_PICTURE_LIMITS.maxBytes)
    throw TarnetError.tooLarge('data', bytes.length, PLAIN_PICTURE_LIMITS.maxBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = pngHeader(view) ?? jpegHeader(view) ?? webpHeader(view);
  if (!header) throw TarnetError.malformed('data', 'no JPEG, PNG or WebP picture');
  const { widthPx, heightPx } = header;
  if (widthPx < 1 || heightPx < 1) throw TarnetError.malformed('data', 'an empty picture');
  const { maxSidePx, maxPixels } = PLAIN_PICTURE_LIMITS;
  if (widthPx > maxSidePx || heightPx > maxSidePx || widthPx * heightPx > maxPixels)
    throw new TarnetError('too-large', `data: ${widthPx} × ${heightPx} pixels`, {
      field: 'data',
      limit: `${maxPixels} pixels`,
    });
  return header;
}

/** PNG (RFC 2083): signature, then IHDR with width and height. */
function pngHeader(view: DataView): PlainPictureHeader | null {
  if (view.byteLength < 24 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return null;
  return { type: 'image/png', widthPx: view.getUint32(16), heightPx: view.getUint32(20) };
}

/** JPEG (ITU-T T.81): markers until a start of frame, which has height and width. */
function jpegHeader(view: DataView): PlainPictureHeader | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isStartOfFrame(marker))
      return { type: 'image/jpeg', widthPx: view.getUint16(at + 7), heightPx: view.getUint16(at + 5) };
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += isAlone ? 2 : 2 + view.getUint16(at + 2);
  }
  return null;
}

function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** WebP (RFC 9649): RIFF container whose first chunk is lossy, lossless or extended. */
function webpHeader(view: DataView): PlainPictureHeader | null {
  if (view.byteLength < 30 || view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return null;
  const type = 'image/webp';
  switch (view.getUint32(12)) {
    case 0x56503820: // 'VP8 '
      return { type, widthPx: view.getUint16(26, true) & 0x3fff, heightPx: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      // 'VP8L': 14 bits each, less one
      const bits = view.getUint32(21, true);
      return { type, widthPx: (bits & 0x3fff) + 1, heightPx: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: {
      // 'VP8X': 24 bits each, less one
      const side = (at: number) => (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)) + 1;
      return { type, widthPx: side(24), heightPx: side(27) };
    }
    default:
      return null;
  }
}
