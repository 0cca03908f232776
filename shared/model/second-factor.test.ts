import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bareFactor, factorKind, SECOND_FACTOR_BOUNDS } from './second-factor.ts';

test.each([
  ['123456', 'authenticator'],
  [' 123 456 ', 'authenticator'],
  ['abcd-efgh-ijkl-mn27', 'recovery'],
  ['ABCD EFGH IJKL MN27', 'recovery'],
  ['ABCD–EFGH–IJKL–MN27', 'recovery'],
  ['12345', null],
  ['1234567', null],
  ['12345x', null],
  ['ABCD-EFGH-IJKL-MN01', null],
  ['', null],
])('“%s” is %s', (typed, kind) => {
  expect(factorKind(typed)).toBe(kind);
});

test('what was typed between groups never counts', () => {
  const separators = fc.constantFrom('', ' ', '-', '\u2013', '\t');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...'ABCZ27'), separators), { maxLength: 16 }), (parts) => {
      const typed = parts.map(([letter, separator]) => letter.toLowerCase() + separator).join('');
      const bare = parts.map(([letter]) => letter).join('');
      expect(bareFactor(typed)).toBe(bare);
      expect(factorKind(typed) === 'recovery').toBe(bare.length === SECOND_FACTOR_BOUNDS.recoveryLength);
    }),
  );
});
