import { expect, test } from 'vitest';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { INPUT_MARK_LIMITS, InputMarks } from './input-marks.ts';

const move: InputEvent = { kind: 'move', xPx: 1, yPx: 2 };
const press: InputEvent = { kind: 'key', code: 'KeyA', down: true };
const release: InputEvent = { kind: 'key', code: 'KeyA', down: false };

test('a record is answered with the time at which its oldest measured input came', () => {
  const marks = new InputMarks();
  marks.came([press], 10);
  marks.came([move, press], 14);
  marks.sent([press, move, press], 7);
  expect(marks.injected(7)).toBe(10);
  expect(marks.injected(7)).toBeNull();
});

test('moves and releases are not measured', () => {
  const marks = new InputMarks();
  marks.came([move, release], 10);
  marks.sent([move, release], 1);
  expect(marks.injected(1)).toBeNull();
});

test('what was given up is not taken for what comes later', () => {
  const marks = new InputMarks();
  marks.came([press], 10);
  marks.allSent();
  marks.came([press], 500);
  marks.sent([press], 3);
  expect(marks.injected(3)).toBe(500);
});

test('only so many wait', () => {
  const marks = new InputMarks();
  for (let id = 0; id <= INPUT_MARK_LIMITS.maxWaiting; id++) {
    marks.came([press], id);
    marks.sent([press], id);
  }
  expect(marks.injected(0)).toBeNull();
  expect(marks.injected(1)).toBe(1);
  marks.clear();
  expect(marks.injected(2)).toBeNull();
});
