import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, drawTiles, movePixels } from './pixel-mirror.ts';

const WIDTH = 13;
const HEIGHT = 11;
const picture = () => Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, (_, at) => (at * 7919) >> 3);

describe('a mirror of pixels', () => {
  it('moves as if the source were copied out first', () => {
    const move = fc
      .record({
        w: fc.integer({ min: 1, max: WIDTH }),
        h: fc.integer({ min: 1, max: HEIGHT }),
        a: fc.nat(),
        b: fc.nat(),
      })
      .map(({ w, h, a, b }) => ({
        fromXPx: a % (WIDTH - w + 1),
        fromYPx: (a >> 8) % (HEIGHT - h + 1),
        toXPx: b % (WIDTH - w + 1),
        toYPx: (b >> 8) % (HEIGHT - h + 1),
        widthPx: w,
        heightPx: h,
      }));
    fc.assert(
      fc.property(move, (m) => {
        const before = picture();
        const data = picture();
        movePixels({ width: WIDTH, data }, m);
        for (let y = 0; y < HEIGHT; y++)
          for (let x = 0; x < WIDTH; x++) {
            const inside = x >= m.toXPx && x < m.toXPx + m.widthPx && y >= m.toYPx && y < m.toYPx + m.heightPx;
            const from = inside ? [x - m.toXPx + m.fromXPx, y - m.toYPx + m.fromYPx] : [x, y];
            expect(data[(y * WIDTH + x) * 4]).toBe(before[(from[1]! * WIDTH + from[0]!) * 4]);
          }
      }),
    );
  });

  it('draws rectangles one after another', () => {
    const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
    const rects = [
      { xPx: 1, yPx: 2, widthPx: 2, heightPx: 1 },
      { xPx: 12, yPx: 9, widthPx: 1, heightPx: 2 },
    ];
    drawTiles(
      { width: WIDTH, data },
      rects,
      Uint8ClampedArray.from({ length: 16 }, (_, at) => at + 1),
    );
    const pixel = (x: number, y: number) => [...data.subarray((y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 4)];
    expect([pixel(1, 2), pixel(2, 2), pixel(12, 9), pixel(12, 10)]).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
      [13, 14, 15, 16],
    ]);
    expect(boundsOf(rects)).toEqual({ xPx: 1, yPx: 2, widthPx: 12, heightPx: 9 });
  });
});
