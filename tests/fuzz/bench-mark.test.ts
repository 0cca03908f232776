// The bench believes what its marks say: each number must read back, and no half-drawn mark may pass for a number.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameOf, MARK, readMark, whiteCells } from '../../bench/mark.ts';
import { ageSamples, percentile } from '../../bench/statistics.ts';
import type { Bgrx } from '../displays/x-screen.ts';

const frames = fc.integer({ min: 0, max: 1_000_000 });

function lineShowing(frame: number): Bgrx {
  const bytes = Buffer.alloc(MARK.width * 4);
  for (const { x, width } of whiteCells(frame)) bytes.fill(255, x * 4, (x + width) * 4);
  return { width: MARK.width, height: 1, bytes };
}

test('a frame number reads back, also through noise', () => {
  fc.assert(
    fc.property(frames, fc.infiniteStream(fc.integer({ min: 0, max: 100 })), (frame, noise) => {
      const line = lineShowing(frame);
      for (let at = 0; at < line.bytes.length; at++)
        line.bytes[at] = Math.abs((line.bytes[at] ?? 0) - (noise.next().value ?? 0));
      const value = readMark(line);
      expect(value).toBe(frame % MARK.values);
      expect(frameOf(value ?? 0, frame + 100)).toBe(frame);
    }),
  );
});

test('a mark of which a part still shows another frame reads as none, or as one of the two', () => {
  fc.assert(
    fc.property(frames, frames, fc.integer({ min: 0, max: MARK.width }), (before, after, edge) => {
      const line = lineShowing(before);
      lineShowing(after).bytes.copy(line.bytes, 0, 0, edge * 4);
      expect([null, before % MARK.values, after % MARK.values]).toContain(readMark(line));
    }),
  );
});

test('the age counts how long a frame stays on the screen', () => {
  const shown = [
    { paintedAtMs: 0, seenAtMs: 10 },
    { paintedAtMs: 16, seenAtMs: 30 },
  ];
  const ages = ageSamples(shown, 40);
  expect(Math.min(...ages)).toBe(10);
  expect(Math.max(...ages)).toBe(29);
  expect(ages).toHaveLength(30);
  expect(percentile(ages, 50)).toBe(19);
});
