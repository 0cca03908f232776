import { expect, test } from 'vitest';
import { createFormat } from './format.ts';

const en = createFormat('en');
const pt = createFormat('pt-BR');
const MINUTE = 60_000;

test.each([
  [0, '0 sec', '0 s'],
  [59_999, '59 sec', '59 s'],
  [12 * MINUTE, '12 min', '12 min'],
  [60 * MINUTE, '1 hr', '1 h'],
  [200 * MINUTE, '3 hr 20 min', '3 h 20 min'],
])('%i ms last %s', (ms, english, portuguese) => {
  expect(en.duration(ms)).toBe(english);
  expect(pt.duration(ms)).toBe(portuguese);
});

test.each([
  [10_000, 'now', 'agora'],
  [5 * MINUTE, '5 minutes ago', 'há 5 minutos'],
  [26 * 60 * MINUTE, 'yesterday', 'ontem'],
])('%i ms ago is %s', (ms, english, portuguese) => {
  expect(en.ago(ms)).toBe(english);
  expect(pt.ago(ms)).toBe(portuguese);
});

test('a countdown rounds up and stops at zero', () => {
  expect(en.countdown(485_000)).toBe('8:05');
  expect(en.countdown(1)).toBe('0:01');
  expect(en.countdown(-5)).toBe('0:00');
});

test('rates, sizes and times follow the language', () => {
  expect(en.bitRate(3_240_000)).toBe('3.2 Mbit/s');
  expect(pt.bitRate(3_240_000)).toBe('3,2 Mbit/s');
  expect(en.bitRate(12_000)).toBe('12 kbit/s');
  expect(en.milliseconds(4.26)).toBe('4.3 ms');
  expect(en.milliseconds(null)).toBe('–');
  expect(pt.bytes(1_300_000)).toBe('1,3 MB');
  expect(en.bytes(2_500_000_000)).toBe('2.50 GB');
});
