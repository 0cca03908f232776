import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../base/errors.ts';
import { PLAIN_PICTURE_LIMITS, plainPictureHeader } from './plain-picture.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const PNG = (width: string, height: string) =>
  hex(`89504e470d0a1a0a 0000000d 49484452 ${width} ${height} 0802000000 00000000`);
const JPEG = hex('ffd8 ffe0 0010 4a46494600010100000100010000 ffff db 0004 0000 ffc2 0011 08 0438 0780 03');
const WEBP = {
  lossy: hex('52494646 20000000 57454250 56503820 14000000 300100 9d012a 8002 6801 00000000'),
  lossless: hex('52494646 20000000 57454250 5650384c 14000000 2f 7f c2 59 00 0000000000000000'),
  extended: hex('52494646 20000000 57454250 56503858 0a000000 10000000 7f0200 670100 00000000'),
};

describe('the header of a picture', () => {
  it.each([
    ['PNG', PNG('00000780', '00000438'), 'image/png', 1920, 1080],
    ['JPEG behind other markers', JPEG, 'image/jpeg', 1920, 1080],
    ['lossy WebP', WEBP.lossy, 'image/webp', 640, 360],
    ['lossless WebP', WEBP.lossless, 'image/webp', 640, 360],
    ['extended WebP', WEBP.extended, 'image/webp', 640, 360],
  ])('of %s says its kind and size', (_what, bytes, type, widthPx, heightPx) => {
    expect(plainPictureHeader(bytes)).toEqual({ type, widthPx, heightPx });
  });

  it('that promises too much is refused before anything is decoded', () => {
    for (const bytes of [PNG('00008000', '00000001'), PNG('00003000', '00003000')])
      expect(() => plainPictureHeader(bytes)).toThrow(expect.objectContaining({ reason: 'too-large', field: 'data' }));
    expect(() => plainPictureHeader(new Uint8Array(PLAIN_PICTURE_LIMITS.maxBytes + 1))).toThrow(
      expect.objectContaining({ reason: 'too-large' }),
    );
    expect(() => plainPictureHeader(PNG('00000000', '00000001'))).toThrow(
      expect.objectContaining({ reason: 'malformed' }),
    );
  });

  it('of anything else is read or refused, and nothing else happens', () => {
    const starts = fc.constantFrom(PNG('00000780', '00000438'), JPEG, ...Object.values(WEBP), new Uint8Array());
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 64 }), fc.nat(), (start, rest, keep, at) => {
        const bytes = Uint8Array.from([...start.subarray(0, keep), ...rest]);
        if (bytes.length > 0) bytes[at % bytes.length] = at & 0xff;
        try {
          const { widthPx, heightPx } = plainPictureHeader(bytes);
          expect(widthPx * heightPx).toBeLessThanOrEqual(PLAIN_PICTURE_LIMITS.maxPixels);
        } catch (error) {
          expect(['malformed', 'too-large']).toContain(TarnetError.from(error).reason);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
