import { expect, test } from 'vitest';
import { accessInputOf } from './access-draft.ts';

test('a code is its nine digits, however they are typed', () => {
  expect(accessInputOf({ kind: 'code', text: '123 456 789' })).toEqual({ kind: 'code', secret: '123456789' });
  expect(accessInputOf({ kind: 'code', text: '123 456 78' })).toBeNull();
});

test('a password is taken as it stands', () => {
  expect(accessInputOf({ kind: 'password', text: ' Two words ' })).toEqual({ kind: 'password', secret: ' Two words ' });
  expect(accessInputOf({ kind: 'password', text: '' })).toBeNull();
});
