import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../base/errors.ts';
import {
  decodePictureFeedback,
  encodePictureFeedback,
  PICTURE_FEEDBACK_BYTES,
  type PictureFeedback,
} from './picture-feedback.ts';

const feedback: PictureFeedback = {
  seq: 7,
  waitingFrames: 2,
  arrivedMs: 1234.567,
  heldMs: 1.5,
  roundTripMs: 20.25,
  receivedBytes: 65_536,
};
const micros = (max: number) => fc.integer({ min: 0, max }).map((us) => us / 1000);
const u32 = 0xffff_ffff;

describe('picture feedback', () => {
  it('has these bytes', () => {
    expect(Buffer.from(encodePictureFeedback(feedback)).toString('hex')).toBe(
      '070000000200000087d6120000000000dc0500001a4f00000000010000000000',
    );
  });

  it('comes back as it was', () => {
    const any = fc.record({
      seq: fc.integer({ min: 0, max: u32 }),
      waitingFrames: fc.integer({ min: 0, max: 0xffff }),
      arrivedMs: micros(2 ** 43),
      heldMs: micros(u32),
      roundTripMs: fc.option(fc.integer({ min: 1, max: u32 }).map((us) => us / 1000)),
      receivedBytes: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(any, (value) => {
        expect(decodePictureFeedback(encodePictureFeedback(value))).toEqual(value);
      }),
    );
  });

  it('says the most that fits of what was held for too long', () => {
    const { heldMs, waitingFrames } = decodePictureFeedback(
      encodePictureFeedback({ ...feedback, heldMs: 1e9, waitingFrames: 1e6 }),
    );
    expect([heldMs, waitingFrames]).toEqual([u32 / 1000, 0xffff]);
  });

  it('is refused when it is of another length or sets what is reserved', () => {
    const body = encodePictureFeedback(feedback);
    const reserved = body.slice();
    reserved[6] = 1;
    for (const wrong of [body.subarray(1), new Uint8Array(PICTURE_FEEDBACK_BYTES + 1), reserved])
      expect(() => decodePictureFeedback(wrong)).toThrow(expect.objectContaining({ reason: 'malformed' }));
  });

  it('never throws anything else, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodePictureFeedback(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TarnetError);
        }
      }),
    );
  });
});
