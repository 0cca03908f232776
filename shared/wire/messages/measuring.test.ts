import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decodeInputInjected,
  decodeMeasuring,
  encodeInputInjected,
  encodeMeasuring,
  type InputInjected,
  isAboutMeasuring,
} from './measuring.ts';
import { encodeTimeSync } from './time-sync.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const malformed = expect.objectContaining({ reason: 'malformed' });

it('has these bytes', () => {
  expect(hex(encodeMeasuring({ kind: 'measuring', on: true }))).toBe('0301000000000000');
  expect(hex(encodeMeasuring({ kind: 'measuring', on: false }))).toBe('0300000000000000');
  expect(hex(encodeInputInjected({ kind: 'injected', inputId: 0x0102, injectedAtUs: 3 }))).toBe(
    `04${'00'.repeat(7)}02010000${'00'.repeat(4)}03${'00'.repeat(7)}`,
  );
});

it('comes back as it was', () => {
  for (const on of [true, false])
    expect(decodeMeasuring(encodeMeasuring({ kind: 'measuring', on }))).toEqual({ kind: 'measuring', on });
  const anyInjected: fc.Arbitrary<InputInjected> = fc.record({
    kind: fc.constant('injected' as const),
    inputId: fc.nat(0xffffffff),
    injectedAtUs: fc.nat(Number.MAX_SAFE_INTEGER),
  });
  fc.assert(
    fc.property(anyInjected, (message) => {
      expect(decodeInputInjected(encodeInputInjected(message))).toEqual(message);
    }),
  );
});

it('reads any bytes or says which field is wrong', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      for (const decode of [decodeMeasuring, decodeInputInjected]) {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }
    }),
  );
});

it('refuses every other length, kind and reserved byte', () => {
  const measuring = encodeMeasuring({ kind: 'measuring', on: true });
  const injected = encodeInputInjected({ kind: 'injected', inputId: 1, injectedAtUs: 2 });
  for (const place of [0, 1, 2, 7]) expect(() => decodeMeasuring(measuring.with(place, 9))).toThrow(malformed);
  for (const place of [0, 1, 4, 7, 12, 15])
    expect(() => decodeInputInjected(injected.with(place, 9))).toThrow(malformed);
  expect(() => decodeMeasuring(new Uint8Array([...measuring, 0]))).toThrow(malformed);
  expect(() => decodeInputInjected(injected.subarray(1))).toThrow(malformed);
});

it('is told from questions and answers about the time', () => {
  expect(isAboutMeasuring(encodeMeasuring({ kind: 'measuring', on: false }))).toBe(true);
  expect(isAboutMeasuring(encodeInputInjected({ kind: 'injected', inputId: 4, injectedAtUs: 2 }))).toBe(true);
  expect(isAboutMeasuring(encodeTimeSync({ kind: 'question', t0Us: 3 }))).toBe(false);
  expect(isAboutMeasuring(encodeTimeSync({ kind: 'answer', t0Us: 3, t1Us: 4, t2Us: 4 }))).toBe(false);
  expect(isAboutMeasuring(new Uint8Array())).toBe(false);
});
