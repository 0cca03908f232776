import { expect, test } from 'vitest';
import { PASSWORD_STRENGTH, strengthOf } from './password-strength.ts';

test('what everybody uses is not enough, what nobody would think of is', async () => {
  for (const weak of ['password123', 'qwertyuiop', '1111111111', 'abcdefghij'])
    expect(await strengthOf(weak), weak).toBeLessThan(PASSWORD_STRENGTH.enough);
  expect(await strengthOf('vK7!qz_92mRwLp')).toBe(PASSWORD_STRENGTH.best);
});
