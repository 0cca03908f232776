import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centred, placeWindow, topCentre } from './window-bounds.ts';

const primary = { x: 0, y: 25, width: 1920, height: 1055 };
const left = { x: -1280, y: 0, width: 1280, height: 1024 };
const minimum = { width: 640, height: 480 };

test('bounds that fit stay as they are, on any display', () => {
  for (const bounds of [
    { x: 100, y: 100, width: 1000, height: 700 },
    { x: -1200, y: 50, width: 900, height: 700 },
  ])
    expect(placeWindow(bounds, [primary, left], minimum)).toEqual(bounds);
});

test('a display that has gone: the middle of the primary one', () => {
  expect(placeWindow({ x: -1200, y: 50, width: 900, height: 700 }, [primary], minimum)).toEqual(
    centred({ width: 900, height: 700 }, primary),
  );
});

test('a window of which too little shows is pulled in', () => {
  expect(placeWindow({ x: 1800, y: 1000, width: 900, height: 700 }, [primary], minimum)).toEqual({
    x: 1020,
    y: 380,
    width: 900,
    height: 700,
  });
});

test('the sign sits at the top, in the middle', () => {
  expect(topCentre({ width: 420, height: 44 }, primary)).toEqual({ x: 750, y: 25, width: 420, height: 44 });
});

test('whatever was remembered, the window lies wholly on one display', () => {
  const number = (min: number, max: number) => fc.integer({ min, max });
  const wanted = fc.record({
    x: number(-10_000, 10_000),
    y: number(-10_000, 10_000),
    width: number(1, 9000),
    height: number(1, 9000),
  });
  fc.assert(
    fc.property(wanted, (bounds) => {
      const placed = placeWindow(bounds, [primary, left], minimum);
      const inside = [primary, left].some(
        (area) =>
          placed.x >= area.x &&
          placed.y >= area.y &&
          placed.x + placed.width <= area.x + area.width &&
          placed.y + placed.height <= area.y + area.height,
      );
      expect(inside).toBe(true);
      expect(placed.width).toBeGreaterThanOrEqual(minimum.width);
    }),
  );
});
