import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasWholePixels,
  PICTURE_SCALES,
  type PicturePlacement,
  placePicture,
  toClientPoint,
  toSourcePixel,
} from './picture-mapping.ts';

const screen: PicturePlacement = {
  surface: { left: 10, top: 20, width: 960, height: 540 },
  sourceWidthPx: 1920,
  sourceHeightPx: 1080,
  devicePixelRatio: 1,
  scale: 'fit',
};

describe('placePicture', () => {
  it('fits with the proportions kept, in the middle', () => {
    expect(placePicture({ ...screen, surface: { left: 10, top: 20, width: 960, height: 740 } })).toMatchObject({
      leftCss: 10,
      topCss: 120,
      widthCss: 960,
      heightCss: 540,
    });
  });

  it('shows one source pixel as one device pixel, scrolled where it is too large', () => {
    const placed = placePicture({
      ...screen,
      scale: 'original',
      devicePixelRatio: 1.5,
      scrollLeftCss: 30,
      scrollTopCss: 7,
    });
    expect(placed).toMatchObject({ leftCss: -20, topCss: 13, widthCss: 1280, heightCss: 720 });
    const small = placePicture({
      ...screen,
      scale: 'original',
      sourceWidthPx: 101,
      sourceHeightPx: 99,
      scrollLeftCss: 30,
    });
    expect(small).toMatchObject({ leftCss: 10 + 430, topCss: 20 + 221 });
  });

  it('stretches to all of the surface', () => {
    expect(placePicture({ ...screen, scale: 'stretch', sourceHeightPx: 10 })).toMatchObject({ heightCss: 540 });
  });
});

describe('pointer mapping', () => {
  it('is exact at 1:1 and reaches the corners at any scale', () => {
    const half = placePicture(screen);
    expect(toSourcePixel(half, 10, 20)).toEqual({ xPx: 0, yPx: 0, inside: true });
    expect(toSourcePixel(half, 969, 559)).toEqual({ xPx: 1919, yPx: 1079, inside: true });
    const original = placePicture({ ...screen, scale: 'original' });
    for (const x of [0, 1, 500, 959]) expect(toSourcePixel(original, 10 + x, 20)).toMatchObject({ xPx: x });
  });

  it('means the pixel under it when a pixel is shown as a block of pixels', () => {
    const double = placePicture({ ...screen, sourceWidthPx: 480, sourceHeightPx: 270 });
    for (let x = 0; x < 960; x++) expect(toSourcePixel(double, 10 + x, 20).xPx).toBe(Math.floor(x / 2));
  });

  it('clamps what lies outside', () => {
    const half = placePicture(screen);
    expect(toSourcePixel(half, 9, 560)).toEqual({ xPx: 0, yPx: 1079, inside: false });
    expect(toSourcePixel(half, 970, 19)).toEqual({ xPx: 1919, yPx: 0, inside: false });
  });

  const placement = fc.record({
    surface: fc.record({
      left: fc.integer({ min: -500, max: 500 }),
      top: fc.integer({ min: -500, max: 500 }),
      width: fc.integer({ min: 0, max: 4000 }),
      height: fc.integer({ min: 0, max: 3000 }),
    }),
    sourceWidthPx: fc.integer({ min: 1, max: 8000 }),
    sourceHeightPx: fc.integer({ min: 1, max: 8000 }),
    devicePixelRatio: fc.constantFrom(0.5, 1, 1.1, 1.25, 1.5, 2, 3),
    scale: fc.constantFrom(...PICTURE_SCALES),
    scrollLeftCss: fc.integer({ min: 0, max: 2000 }),
    scrollTopCss: fc.integer({ min: 0, max: 2000 }),
  });
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });

  it('comes back to the same pixel wherever the picture is more than one pixel', () => {
    fc.assert(
      fc.property(placement, fraction, fraction, (placed, across, down) => {
        const mapping = placePicture(placed);
        fc.pre(mapping.widthCss * placed.devicePixelRatio > 1.01 && mapping.heightCss * placed.devicePixelRatio > 1.01);
        const xPx = Math.round(across * (placed.sourceWidthPx - 1));
        const yPx = Math.round(down * (placed.sourceHeightPx - 1));
        const { clientX, clientY } = toClientPoint(mapping, xPx, yPx);
        expect(toSourcePixel(mapping, clientX, clientY)).toMatchObject({ xPx, yPx });
      }),
      { numRuns: 1000 },
    );
  });

  it('never leaves the source, is monotonic, and errs by half a device pixel at most', () => {
    const position = fc.integer({ min: -3000, max: 6000 });
    fc.assert(
      fc.property(placement, position, position, (placed, x1, x2) => {
        const mapping = placePicture(placed);
        const [left, right] = [Math.min(x1, x2), Math.max(x1, x2)];
        const a = toSourcePixel(mapping, left, 0).xPx;
        const b = toSourcePixel(mapping, right, 0).xPx;
        expect(Number.isInteger(a) && a >= 0 && a < placed.sourceWidthPx).toBe(true);
        expect(a).toBeLessThanOrEqual(b);
        const devicePx = 1 / placed.devicePixelRatio;
        if (left < mapping.leftCss || left > mapping.leftCss + mapping.widthCss - devicePx) return;
        const scale = placed.sourceWidthPx / mapping.widthCss;
        const centre = (left + devicePx / 2 - mapping.leftCss) * scale;
        expect(Math.abs(a + 0.5 - centre)).toBeLessThanOrEqual(0.5 * devicePx * scale + 1);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('hasWholePixels', () => {
  const shown = (change: Partial<PicturePlacement>) => hasWholePixels(placePicture({ ...screen, ...change }));
  const surface = (width: number, height: number) => ({ left: 0, top: 0, width, height });

  it('is so for one device pixel or several to a source pixel, at any pixel ratio', () => {
    for (const devicePixelRatio of [1, 1.1, 1.25, 4 / 3, 1.5, 2, 3])
      expect(shown({ scale: 'original', devicePixelRatio })).toBe(true);
    expect(shown({ surface: surface(3840, 2160) })).toBe(true);
    expect(shown({ surface: surface(2560, 1440), devicePixelRatio: 1.5 })).toBe(true);
  });

  it('is not so in between, nor when only one side fits', () => {
    expect(shown({})).toBe(false);
    expect(shown({ surface: surface(1919, 1080) })).toBe(false);
    expect(shown({ surface: surface(2880, 1620) })).toBe(false);
    expect(shown({ surface: surface(3840, 1500), scale: 'stretch' })).toBe(false);
  });
});
