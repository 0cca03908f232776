import { expect, test } from 'vitest';
import { EDGE_PAN, edgePanStep } from './edge-pan.ts';

const box = { left: 100, top: 50, width: 800, height: 600 };

test('nothing moves in the middle, nor outside of the window', () => {
  expect(edgePanStep(box, 500, 300, 100)).toEqual({ dx: 0, dy: 0 });
  expect(edgePanStep(box, 99, 50, 100)).toEqual({ dx: 0, dy: 0 });
});

test('an edge pulls towards itself, and a corner both ways', () => {
  const full = EDGE_PAN.maxCssPerSecond / 10;
  expect(edgePanStep(box, 100, 300, 100)).toEqual({ dx: -full, dy: 0 });
  expect(edgePanStep(box, 900, 650, 100)).toEqual({ dx: full, dy: full });
});

test('it is slower further from the edge', () => {
  const near = edgePanStep(box, 890, 300, 100).dx;
  const further = edgePanStep(box, 880, 300, 100).dx;
  expect(near).toBeGreaterThan(further);
  expect(further).toBeGreaterThan(0);
});
