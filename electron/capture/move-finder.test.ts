import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TileRect } from '../../shared/model/tiles.ts';
import { DamageRegion } from './damage-region.ts';
import { findMoves, MOVE_LIMITS } from './move-finder.ts';
import { PictureShadow } from './picture-shadow.ts';
import { intersect } from './rectangles.ts';

const WIDTH = 400;
const HEIGHT = 300;

const nothing = new DamageRegion(WIDTH, HEIGHT);

const pixelAt = (x: number, y: number, seed: number) =>
  Math.imul((x >> 2) * 97 + (y >> 2) * 57_649 + seed, 2_654_435_761) >>> 8;

function shadowOf(seed: number): PictureShadow {
  const shadow = new PictureShadow(WIDTH, HEIGHT);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) shadow.pixels[y * WIDTH + x] = pixelAt(x, y, seed);
  return shadow;
}

function grab(rect: TileRect, pixel: (x: number, y: number) => number): Uint32Array {
  const fresh = new Uint32Array(rect.widthPx * rect.heightPx);
  for (let y = 0; y < rect.heightPx; y++)
    for (let x = 0; x < rect.widthPx; x++) fresh[y * rect.widthPx + x] = pixel(rect.xPx + x, rect.yPx + y);
  return fresh;
}

describe('finding moves', () => {
  const part = fc
    .record({ xPx: fc.nat(3), yPx: fc.nat(2), columns: fc.integer({ min: 9, max: 12 }), seed: fc.nat(1000) })
    .map(({ xPx, yPx, columns, seed }) => ({
      seed,
      rect: { xPx: xPx * 4, yPx: yPx * 16, widthPx: columns * 32, heightPx: 250 },
    }));

  it('finds how far a page was scrolled and every pixel of the moves is right', () => {
    fc.assert(
      fc.property(part, fc.integer({ min: -140, max: 140 }), fc.nat(WIDTH), ({ rect, seed }, scrolled, disturbed) => {
        fc.pre(scrolled !== 0);
        const shadow = shadowOf(seed);
        const fresh = grab(rect, (x, y) => (x === disturbed ? 1 : pixelAt(x, y - scrolled, seed)));
        const moves = findMoves(shadow, rect, fresh, nothing);
        expect(moves.length).toBeGreaterThan(0);
        expect(new Set(moves.map((move) => move.toYPx - move.fromYPx))).toEqual(new Set([scrolled]));
        for (const move of moves) shadow.move(move);
        const wrong = moves.flatMap((move) =>
          Array.from({ length: move.heightPx }, (_, row) => {
            const at = (move.toYPx + row) * WIDTH + move.toXPx;
            const freshAt = (move.toYPx + row - rect.yPx) * rect.widthPx + move.toXPx - rect.xPx;
            return Buffer.compare(
              Buffer.from(shadow.pixels.slice(at, at + move.widthPx).buffer),
              Buffer.from(fresh.slice(freshAt, freshAt + move.widthPx).buffer),
            );
          }),
        );
        expect(wrong.filter((result) => result !== 0)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('finds nothing in a picture that is new, and nothing in a small one', () => {
    const rect = { xPx: 0, yPx: 0, widthPx: WIDTH, heightPx: HEIGHT };
    expect(
      findMoves(
        shadowOf(1),
        rect,
        grab(rect, (x, y) => pixelAt(x, y, 77_777)),
        nothing,
      ),
    ).toEqual([]);
    const small = { ...rect, heightPx: Math.floor(MOVE_LIMITS.minChangedPixels / WIDTH) - 1 };
    expect(
      findMoves(
        shadowOf(1),
        small,
        grab(small, (x, y) => pixelAt(x, y + 8, 1)),
        nothing,
      ),
    ).toEqual([]);
  });

  it('finds nothing in an even colour', () => {
    const rect = { xPx: 0, yPx: 0, widthPx: WIDTH, heightPx: HEIGHT };
    expect(
      findMoves(
        new PictureShadow(WIDTH, HEIGHT),
        rect,
        grab(rect, () => 5),
        nothing,
      ),
    ).toEqual([]);
  });

  it('moves nothing from where the viewers do not have what is known here', () => {
    const rect = { xPx: 0, yPx: 0, widthPx: WIDTH, heightPx: HEIGHT };
    const fresh = grab(rect, (x, y) => pixelAt(x, y - 24, 3));
    const owed = new DamageRegion(WIDTH, HEIGHT);
    owed.add({ xPx: 100, yPx: 80, widthPx: 90, heightPx: 40 });
    const moves = findMoves(shadowOf(3), rect, fresh, owed);
    const sources = moves.map(({ fromXPx, fromYPx, ...move }) => ({ ...move, xPx: fromXPx, yPx: fromYPx }));
    expect(sources.length).toBeGreaterThan(1);
    for (const source of sources) for (const owing of owed.rects()) expect(intersect(source, owing)).toBeNull();
    const area = (rects: readonly TileRect[]) => rects.reduce((sum, each) => sum + each.widthPx * each.heightPx, 0);
    expect(area(sources)).toBeGreaterThan(WIDTH * HEIGHT * 0.7);
  });
});
