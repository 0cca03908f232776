import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TileMap } from './tile-map.ts';

const WIDTH = 70;
const HEIGHT = 38;
const WHOLE = { x: 0, y: 0, width: WIDTH, height: HEIGHT };

/** Planes of bytes without gaps, copied out with the strides that are asked for, as a VideoFrame does. */
function frameOf(planes: { bytes: Uint8Array; stride: number }[], format: string | null): VideoFrame {
  const frame = {
    format,
    copyTo: async (target: Uint8Array, { layout }: { layout: { offset: number; stride: number }[] }) => {
      planes.forEach(({ bytes, stride }, index) => {
        const place = layout[index]!;
        for (let row = 0; row * stride < bytes.length; row++)
          target.set(bytes.subarray(row * stride, (row + 1) * stride), place.offset + row * place.stride);
      });
      return [];
    },
  };
  return frame as unknown as VideoFrame;
}

function grey() {
  return {
    y: { bytes: new Uint8Array(WIDTH * HEIGHT).fill(128), stride: WIDTH },
    u: { bytes: new Uint8Array((WIDTH / 2) * (HEIGHT / 2)).fill(128), stride: WIDTH / 2 },
    v: { bytes: new Uint8Array((WIDTH / 2) * (HEIGHT / 2)).fill(128), stride: WIDTH / 2 },
  };
}

describe('a tile map', () => {
  it('takes all of the first frame and nothing of the same frame again', async () => {
    const map = new TileMap(WIDTH, HEIGHT);
    const { y, u, v } = grey();
    expect((await map.changes(frameOf([y, u, v], 'I420'), WHOLE)).bounds()).toEqual({
      xPx: 0,
      yPx: 0,
      widthPx: WIDTH,
      heightPx: HEIGHT,
    });
    expect((await map.changes(frameOf([y, u, v], 'I420'), WHOLE)).isEmpty).toBe(true);
  });

  it('finds exactly the cells that changed, by brightness or by colour alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: WIDTH - 1 }),
        fc.integer({ min: 0, max: HEIGHT - 1 }),
        fc.constantFrom('y', 'u', 'v'),
        async (x, row, plane) => {
          const map = new TileMap(WIDTH, HEIGHT);
          const planes = grey();
          const frame = () => frameOf([planes.y, planes.u, planes.v], 'I420');
          await map.changes(frame(), WHOLE);
          const half = plane === 'y' ? 1 : 2;
          const { bytes, stride } = planes[plane];
          bytes[Math.floor(row / half) * stride + Math.floor(x / half)] = 90;
          const cell = { xPx: Math.floor(x / 32) * 32, yPx: Math.floor(row / 32) * 32 };
          expect((await map.changes(frame(), WHOLE)).bounds()).toEqual({
            ...cell,
            widthPx: Math.min(32, WIDTH - cell.xPx),
            heightPx: Math.min(32, HEIGHT - cell.yPx),
          });
          expect((await map.changes(frame(), WHOLE)).isEmpty).toBe(true);
        },
      ),
    );
  });

  it('reads packed pixels too', async () => {
    const map = new TileMap(WIDTH, HEIGHT);
    const packed = { bytes: new Uint8Array(WIDTH * HEIGHT * 4), stride: WIDTH * 4 };
    await map.changes(frameOf([packed], 'BGRX'), WHOLE);
    packed.bytes[(33 * WIDTH + 66) * 4] = 1;
    expect((await map.changes(frameOf([packed], 'BGRX'), WHOLE)).bounds()).toEqual({
      xPx: 64,
      yPx: 32,
      widthPx: 6,
      heightPx: 6,
    });
  });

  it('takes all of a frame whose format it does not know', async () => {
    const map = new TileMap(WIDTH, HEIGHT);
    await map.changes(frameOf([], null), WHOLE);
    expect((await map.changes(frameOf([], null), WHOLE)).pixelCount).toBeGreaterThanOrEqual(WIDTH * HEIGHT);
  });
});
