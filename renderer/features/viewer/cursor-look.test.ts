import { expect, test } from 'vitest';
import { CURSOR_LOOK, cursorScale, overlayLook } from './cursor-look.ts';

const ours = { controlling: true, inside: true, hostVisible: true, apartPx: 0, sinceOurMoveMs: 1_000 };

test("our pointer stands for the host's while it is where we sent it", () => {
  expect(overlayLook(ours)).toBe('none');
  expect(overlayLook({ ...ours, apartPx: 300, sinceOurMoveMs: 50 })).toBe('none');
});

test("the host's pointer is drawn when we only watch, or when ours is elsewhere", () => {
  expect(overlayLook({ ...ours, controlling: false })).toBe('pointer');
  expect(overlayLook({ ...ours, inside: false })).toBe('pointer');
});

test('it is told from ours when somebody else moves it', () => {
  expect(overlayLook({ ...ours, apartPx: 300 })).toBe('apart');
});

test('a hidden pointer is never drawn', () => {
  expect(overlayLook({ ...ours, controlling: false, hostVisible: false })).toBe('none');
});

test('the pointer grows with the picture within bounds', () => {
  expect(cursorScale(1, 1, 24)).toBe(1);
  expect(cursorScale(1, 2, 24)).toBe(2);
  expect(cursorScale(0.1, 1, 24)).toBe(CURSOR_LOOK.minScale);
  expect(cursorScale(3, 2, 64)).toBe(2);
});
