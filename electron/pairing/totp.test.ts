import { expect, test } from 'vitest';
import { factorKind } from '../../shared/model/second-factor.ts';
import { base32, matchTotp, newRecoveryCodes, otpauthUri, recoveryHash, totpCode } from './totp.ts';

/** The secret of RFC 6238, appendix B. */
const SECRET = new TextEncoder().encode('12345678901234567890');
const at = (seconds: number) => Math.floor(seconds / 30);

test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])('RFC 6238: at %i s the code is %s', (seconds, code) => {
  expect(totpCode(SECRET, at(seconds))).toBe(code);
});

/** Appendix D of RFC 4226 counts from zero. */
test('RFC 4226: the first ten codes', () => {
  const expected = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489';
  expect(Array.from({ length: 10 }, (_, step) => totpCode(SECRET, step)).join(' ')).toBe(expected);
});

test('a clock may be off by one step, not by two', () => {
  const nowMs = 1234567890_000;
  const step = at(1234567890);
  for (const drift of [-1, 0, 1])
    expect(matchTotp(SECRET, totpCode(SECRET, step + drift), nowMs, -1)).toBe(step + drift);
  for (const drift of [-2, 2]) expect(matchTotp(SECRET, totpCode(SECRET, step + drift), nowMs, -1)).toBeNull();
});

test('a step that was used, and any before it, is no more', () => {
  const nowMs = 1234567890_000;
  const step = at(1234567890);
  expect(matchTotp(SECRET, totpCode(SECRET, step), nowMs, step)).toBeNull();
  expect(matchTotp(SECRET, totpCode(SECRET, step - 1), nowMs, step)).toBeNull();
  expect(matchTotp(SECRET, totpCode(SECRET, step + 1), nowMs, step)).toBe(step + 1);
});

test('authenticator apps get standard parameters', () => {
  expect(base32(new TextEncoder().encode('foobar'))).toBe('MZXW6YTBOI');
  const uri = new URL(otpauthUri(SECRET, 'ana’s desk'));
  expect(uri.href).toContain('otpauth://totp/TARNet:');
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    issuer: 'TARNet',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});

test('recovery codes differ, and are known however they are typed', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(factorKind(code)).toBe('recovery');
    expect(recoveryHash(` ${code.toLowerCase().replaceAll('-', ' ')}`)).toBe(recoveryHash(code));
  }
});
