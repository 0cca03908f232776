import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { caretAfterGrouping, codeDigits, groupCode, isWholeCode } from './code-input.ts';

test.each([
  ['', ''],
  ['123', '123'],
  ['1234', '123 4'],
  ['123456789', '123 456 789'],
  ['  739-204–186\n', '739 204 186'],
  ['Code: 739.204.186 (TARNet)', '739 204 186'],
  ['12345678901', '123 456 789'],
])('%j is shown as %j', (typed, shown) => {
  expect(groupCode(typed)).toBe(shown);
});

test('grouping keeps the digits and is stable', () => {
  void fc.assert(
    fc.property(fc.string(), (typed) => {
      const shown = groupCode(typed);
      expect(codeDigits(shown)).toBe(codeDigits(typed).slice(0, 9));
      expect(groupCode(shown)).toBe(shown);
      expect(isWholeCode(shown)).toBe(codeDigits(typed).length >= 9);
    }),
  );
});

test('the caret stays behind the digit that it was behind', () => {
  void fc.assert(
    fc.property(fc.string(), fc.nat(), (typed, at) => {
      const caret = at % (typed.length + 1);
      const before = groupCode(typed).slice(0, caretAfterGrouping(typed, caret));
      expect(codeDigits(before)).toBe(codeDigits(typed.slice(0, caret)).slice(0, 9));
    }),
  );
});
