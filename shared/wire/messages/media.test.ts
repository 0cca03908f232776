import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../base/errors.ts';
import { type FramePlacement, MEDIA_CODECS, type MediaFrame, VIDEO_LIMITS } from '../../model/video.ts';
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

const placementIn = (frame: { widthPx: number; heightPx: number }): fc.Arbitrary<FramePlacement> =>
  fc.record({ xPx: fc.nat(frame.widthPx - 1), yPx: fc.nat(frame.heightPx - 1) }).chain(({ xPx, yPx }) =>
    fc.record({
      xPx: fc.constant(xPx),
      yPx: fc.constant(yPx),
      widthPx: fc.integer({ min: 1, max: frame.widthPx - xPx }),
      heightPx: fc.integer({ min: 1, max: frame.heightPx - yPx }),
    }),
  );
const codecString = fc.string({ unit: fc.constantFrom(...'av0.18MLx'), minLength: 1, maxLength: 40 });
const stageMs = fc.nat(0xffff).map((tenths) => tenths / 10);
const anyStages = fc.record({ captureMs: stageMs, compareMs: stageMs, encodeMs: stageMs, queueMs: stageMs });
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
  .chain((fields) =>
    fc
      .record(
        { stages: anyStages, discardableBefore: fc.integer({ min: 1, max: VIDEO_LIMITS.maxDiscardableBefore }) },
        { requiredKeys: [] },
      )
      .map((optional) => ({ ...fields, ...optional })),
  )
  .chain((fields) =>
    fc.oneof(
      fc.constant({ ...fields, key: fields.configuration !== null }),
      placementIn(fields).map((placement) => ({ ...fields, codec: 'av1' as const, key: false, placement })),
    ),
  );

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
    const placement = { xPx: 2, yPx: 4, widthPx: 640, heightPx: 360 };
    const placed = encodeMedia({ ...frame, key: false, exact: false, placement });
    expect(placed.flags).toBe(EnvelopeFlag.config);
    expect(Buffer.from(placed.body.subarray(16)).toString('hex')).toBe(
      '03010200' + '0200040080026801' + '04' + '61763031' + 'aabb',
    );
  });

  it('says how long it took, in tenths of a millisecond, where somebody wants to know', () => {
    const stages = { captureMs: 0.1, compareMs: 25.6, encodeMs: 90_000, queueMs: -3 };
    const { flags, body } = encodeMedia({ ...frame, stages });
    expect(Buffer.from(body.subarray(16)).toString('hex')).toBe(
      '03010500' + '01000001ffff0000' + '04' + '61763031' + 'aabb',
    );
    expect(decodeMedia(flags, body).stages).toEqual({ captureMs: 0.1, compareMs: 25.6, encodeMs: 6_553.5, queueMs: 0 });
  });

  it('says how many updates before it may be missing', () => {
    const { body } = encodeMedia({ ...frame, discardableBefore: 15 });
    expect(Buffer.from(body.subarray(16)).toString('hex')).toBe('0301f100' + '04' + '61763031' + 'aabb');
    for (const discardableBefore of [-1, 0.5, 16])
      expect(() => encodeMedia({ ...frame, discardableBefore })).toThrow(/discardableBefore/);
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

  it('refuses a key frame without its configuration', () => {
    expect(() => encodeMedia({ ...frame, configuration: null })).toThrow(/says how to decode it/);
    const { body } = encodeMedia({ ...frame, key: false, configuration: null });
    expect(() => decodeMedia(EnvelopeFlag.key, body)).toThrow(/says how to decode it/);
  });

  it.each<Partial<MediaFrame>>([
    { placement: { xPx: 0, yPx: 0, widthPx: 8, heightPx: 8 } },
    { key: false, codec: 'tiles', placement: { xPx: 0, yPx: 0, widthPx: 8, heightPx: 8 } },
    { key: false, placement: { xPx: 1913, yPx: 0, widthPx: 8, heightPx: 8 } },
    { key: false, placement: { xPx: 0, yPx: 0, widthPx: 8, heightPx: 0 } },
    { key: false, placement: { xPx: -1, yPx: 0, widthPx: 8, heightPx: 8 } },
  ])('refuses a placement that makes no sense', (change) => {
    expect(() => encodeMedia({ ...frame, ...change })).toThrow(expect.objectContaining({ field: 'media.placement' }));
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
