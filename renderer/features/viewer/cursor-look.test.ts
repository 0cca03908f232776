import { expect, test } from 'vitest';
import { CURSOR_LOOK, cursorScale, needsOverlay } from './cursor-look.ts';

const ours = { controlling: true, inside: true, hostVisible: true, apartPx: 0, sinceOurMoveMs: 1_000 };

test("our pointer stands for the host's while it is where we sent it", () => {
  expect(needsOverlay(ours)).toBe(false);
  expect(needsOverlay({ ...ours, apartPx: 300, sinceOurMoveMs: 50 })).toBe(false);
});

test("the host's pointer is drawn when somebody else moves it, when we only watch, or when ours is elsewhere", () => {
  expect(needsOverlay({ ...ours, apartPx: 300 })).toBe(true);
  expect(needsOverlay({ ...ours, controlling: false })).toBe(true);
  expect(needsOverlay({ ...ours, inside: false })).toBe(true);
});

test('a hidden pointer is never drawn', () => {
  expect(needsOverlay({ ...ours, controlling: false, hostVisible: false })).toBe(false);
});

test('the pointer grows with the picture within bounds', () => {
  expect(cursorScale(1, 1, 24)).toBe(1);
  expect(cursorScale(1, 2, 24)).toBe(2);
  expect(cursorScale(0.1, 1, 24)).toBe(CURSOR_LOOK.minScale);
  expect(cursorScale(3, 2, 64)).toBe(2);
});
