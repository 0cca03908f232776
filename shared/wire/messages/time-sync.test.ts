import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTimeSync, encodeTimeSync, TIME_SYNC_BYTES, type TimeSync } from './time-sync.ts';

const timeUs = fc.nat(Number.MAX_SAFE_INTEGER);
const anyTimeSync: fc.Arbitrary<TimeSync> = fc.oneof(
  fc.record({ kind: fc.constant('question' as const), t0Us: timeUs }),
  fc.record({ kind: fc.constant('answer' as const), t0Us: timeUs, t1Us: timeUs, t2Us: timeUs }),
);

describe('time sync', () => {
  it('has these bytes', () => {
    const hex = (message: TimeSync) => Buffer.from(encodeTimeSync(message)).toString('hex');
    expect(hex({ kind: 'question', t0Us: 1 })).toBe(`01${'00'.repeat(7)}01${'00'.repeat(7)}${'00'.repeat(16)}`);
    expect(hex({ kind: 'answer', t0Us: 1, t1Us: 0x0203, t2Us: 4 })).toBe(
      `02${'00'.repeat(7)}01${'00'.repeat(7)}0302${'00'.repeat(6)}04${'00'.repeat(7)}`,
    );
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyTimeSync, (message) => {
        expect(decodeTimeSync(encodeTimeSync(message))).toEqual(message);
      }),
    );
  });

  it('refuses every other length, kind and reserved byte', () => {
    const question = encodeTimeSync({ kind: 'question', t0Us: 5 });
    for (let length = 0; length < TIME_SYNC_BYTES; length++)
      expect(() => decodeTimeSync(question.subarray(0, length))).toThrow(/the message ends before it/);
    expect(() => decodeTimeSync(new Uint8Array([...question, 0]))).toThrow(/too many/);
    for (const place of [0, 1, 4, 7, 16, 31]) {
      const changed = question.slice();
      changed[place] = 9;
      expect(() => decodeTimeSync(changed)).toThrow(expect.objectContaining({ reason: 'malformed' }));
    }
  });
});
