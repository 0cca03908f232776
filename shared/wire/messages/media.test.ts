import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../base/errors.ts';
import { MEDIA_CODECS, type MediaFrame, VIDEO_LIMITS } from '../../model/video.ts';
import { EnvelopeFlag } from '../envelope.ts';
import { decodeMedia, encodeMedia, MEDIA_HEADER_BYTES } from './media.ts';

const frame: MediaFrame = {
  codec: 'av1',
  key: true,
  discardable: false,
  configuration: { codecString: 'av01' },
  captureTimeUs: 0x0102,
  durationUs: 16_667,
  widthPx: 1920,
  heightPx: 1080,
  layer: 1,
  exact: true,
  data: new Uint8Array([0xaa, 0xbb]),
};

const codecString = fc.string({ unit: fc.constantFrom(...'av0.18MLx'), minLength: 1, maxLength: 40 });
const anyFrame: fc.Arbitrary<MediaFrame> = fc
  .record({
    codec: fc.constantFrom(...MEDIA_CODECS),
    discardable: fc.boolean(),
    configuration: fc.option(fc.record({ codecString })),
    captureTimeUs: fc.nat(Number.MAX_SAFE_INTEGER),
    durationUs: fc.nat(0xffff_ffff),
    widthPx: fc.integer({ min: 1, max: VIDEO_LIMITS.maxWidthPx }),
    heightPx: fc.integer({ min: 1, max: VIDEO_LIMITS.maxHeightPx }),
    layer: fc.nat(VIDEO_LIMITS.maxLayer),
    exact: fc.boolean(),
    data: fc.uint8Array({ maxLength: 200 }),
  })
  .map((fields) => ({ ...fields, key: fields.configuration !== null }));

describe('picture update', () => {
  it('has these bytes', () => {
    const { flags, body } = encodeMedia(frame);
    expect(flags).toBe(EnvelopeFlag.key | EnvelopeFlag.config);
    expect(Buffer.from(body).toString('hex')).toBe(
      '0201000000000000' + '1b410000' + '8007' + '3804' + '03' + '01' + '0100' + '04' + '61763031' + 'aabb',
    );
    const delta = encodeMedia({ ...frame, key: false, configuration: null, exact: false, discardable: true });
    expect(delta.flags).toBe(EnvelopeFlag.discardable);
    expect(Buffer.from(delta.body).toString('hex')).toBe('02010000000000001b41000080073804' + '03010000' + 'aabb');
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyFrame, (sent) => {
        const { flags, body } = encodeMedia(sent);
        const read = decodeMedia(flags, body);
        expect({ ...read, data: [...read.data] }).toEqual({ ...sent, data: [...sent.data] });
      }),
    );
  });

  it('reads any bytes or says which field is wrong', () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(fc.nat(7), bytes, (flags, body) => {
        try {
          expect(encodeMedia(decodeMedia(flags, body)).flags).toBe(flags);
        } catch (error) {
          if (!(error instanceof TarnetError)) throw error;
          expect(error).toMatchObject({ reason: 'malformed', field: expect.stringMatching(/^media\./) });
        }
      }),
    );
  });

  it('refuses a key frame without its configuration, and a configuration without its key frame', () => {
    expect(() => encodeMedia({ ...frame, configuration: null })).toThrow(/only a key frame/);
    expect(() => encodeMedia({ ...frame, key: false })).toThrow(/only a key frame/);
    const { body } = encodeMedia(frame);
    expect(() => decodeMedia(EnvelopeFlag.key, body)).toThrow(/only a key frame/);
    expect(() => decodeMedia(EnvelopeFlag.config, body)).toThrow(/only a key frame/);
  });

  it.each([
    ['media.width', { widthPx: 0 }],
    ['media.height', { heightPx: VIDEO_LIMITS.maxHeightPx + 1 }],
    ['media.layer', { layer: 4 }],
    ['media.codecString', { configuration: { codecString: 'x'.repeat(41) } }],
    ['media.codecString', { configuration: { codecString: 'a b' } }],
    ['media.codecString', { configuration: { codecString: '' } }],
    ['media.data', { data: new Uint8Array(VIDEO_LIMITS.maxFrameBytes + 1) }],
  ])('refuses a bad %s', (field, change) => {
    expect(() => encodeMedia({ ...frame, ...change })).toThrow(expect.objectContaining({ field }));
  });

  it('refuses every truncation of its header', () => {
    const { flags, body } = encodeMedia(frame);
    for (let length = 0; length < MEDIA_HEADER_BYTES + 5; length++)
      expect(() => decodeMedia(flags, body.subarray(0, length))).toThrow(/the message ends before it/);
  });
});
