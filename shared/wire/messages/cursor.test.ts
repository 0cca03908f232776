import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../base/errors.ts';
import type { CursorShape } from '../../model/video.ts';
import { type CursorMessage, decodeCursor, encodeCursor } from './cursor.ts';

const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const anyShape: fc.Arbitrary<CursorShape> = fc
  .record({ widthPx: fc.integer({ min: 1, max: 16 }), heightPx: fc.integer({ min: 1, max: 16 }) })
  .chain(({ widthPx, heightPx }) =>
    fc.record({
      widthPx: fc.constant(widthPx),
      heightPx: fc.constant(heightPx),
      hotXPx: fc.nat(widthPx - 1),
      hotYPx: fc.nat(heightPx - 1),
      rgba: fc.uint8Array({ minLength: widthPx * heightPx * 4, maxLength: widthPx * heightPx * 4 }),
    }),
  );
const anyCursor: fc.Arbitrary<CursorMessage> = fc.record({
  xPx: i16,
  yPx: i16,
  visible: fc.boolean(),
  shape: fc.option(anyShape),
});
const shape: CursorShape = { widthPx: 1, heightPx: 1, hotXPx: 0, hotYPx: 0, rgba: new Uint8Array([1, 2, 3, 4]) };

describe('cursor', () => {
  it('has these bytes', () => {
    const hex = (message: CursorMessage) => Buffer.from(encodeCursor(message)).toString('hex');
    expect(hex({ xPx: 0x0102, yPx: -1, visible: true, shape: null })).toBe('0201ffff01000000');
    expect(hex({ xPx: 1, yPx: 2, visible: false, shape })).toBe('0100020002000000' + '0100010000000000' + '01020304');
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyCursor, (sent) => {
        const read = decodeCursor(encodeCursor(sent));
        const plain = (message: CursorMessage) => ({
          ...message,
          shape: message.shape && { ...message.shape, rgba: [...message.shape.rgba] },
        });
        expect(plain(read)).toEqual(plain(sent));
      }),
    );
  });

  it('reads any bytes or says which field is wrong', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (body) => {
        try {
          expect([...encodeCursor(decodeCursor(body))]).toEqual([...body]);
        } catch (error) {
          if (!(error instanceof TarnetError)) throw error;
          expect(error.reason).toBe('malformed');
        }
      }),
    );
  });

  it('refuses a shape that is too large, empty, of the wrong size, or with its hot spot outside', () => {
    const send = (change: Partial<CursorShape>) => () =>
      encodeCursor({ xPx: 0, yPx: 0, visible: true, shape: { ...shape, ...change } });
    expect(send({ widthPx: 257 })).toThrow(expect.objectContaining({ field: 'cursor.width' }));
    expect(send({ heightPx: 0 })).toThrow(expect.objectContaining({ field: 'cursor.height' }));
    expect(send({ rgba: new Uint8Array(5) })).toThrow(expect.objectContaining({ field: 'cursor.rgba' }));
    expect(send({ hotYPx: 1 })).toThrow(expect.objectContaining({ field: 'cursor.hot' }));
  });
});
