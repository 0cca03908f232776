import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import {
  decodeAnswer,
  decodeQuery,
  encodeAnswer,
  encodeQuery,
  PROBE,
  type ProbeAnswer,
  printable,
} from './probe-packet.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const answers: fc.Arbitrary<ProbeAnswer> = fc.record({
  leaving: fc.boolean(),
  access: fc.constantFrom('code', 'secret'),
  port: fc.integer({ min: 1, max: 65_535 }),
  nonce: bytes(8),
  salt: bytes(8),
  tag: bytes(8),
  instance: bytes(3).map((value) => Buffer.from(value).toString('hex')),
  name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).map(printable),
  system: fc.constantFrom('Linux', 'Windows', 'macOS'),
});

describe('probe packets', () => {
  it('come back as they were, names cut between characters', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const decoded = decodeAnswer(encodeAnswer(answer));
        expect(decoded).toMatchObject({
          leaving: answer.leaving,
          access: answer.access,
          port: answer.port,
          instance: answer.instance,
        });
        expect([...decoded!.tag]).toEqual([...answer.tag]);
        expect(answer.name.startsWith(decoded!.name.slice(0, 1))).toBe(true);
        expect(Buffer.byteLength(decoded!.name)).toBeLessThanOrEqual(PROBE.maxNameBytes);
      }),
    );
  });

  it('never answer with more than was asked', () => {
    fc.assert(
      fc.property(answers, bytes(8), (answer, nonce) => {
        expect(encodeQuery(nonce)).toHaveLength(PROBE.queryBytes);
        expect(encodeAnswer(answer).length).toBeLessThanOrEqual(PROBE.queryBytes);
        expect(encodeAnswer({ ...answer, name: '' })).toHaveLength(PROBE.answerBytes);
      }),
    );
  });

  it('gives the nonce of a query back, and takes nothing else for one', () => {
    fc.assert(
      fc.property(bytes(8), (nonce) => {
        const query = encodeQuery(nonce);
        expect([...decodeQuery(query)!]).toEqual([...nonce]);
        expect(decodeQuery(query.subarray(1))).toBeNull();
        expect(decodeQuery(Buffer.concat([query, Buffer.of(0)]))).toBeNull();
        expect(decodeAnswer(query)).toBeNull();
      }),
    );
  });

  it('fails with the name of the field, and with nothing but that, on whatever comes', () => {
    const start = Buffer.from('TNa2');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        try {
          decodeAnswer(Buffer.concat([start, rest]));
        } catch (error) {
          expect(error).toBeInstanceOf(TarnetError);
          expect(error).toMatchObject({ reason: 'malformed', field: expect.stringMatching(/^answer/) });
        }
      }),
    );
  });

  it('shows no name that reverses or hides what stands beside it', () => {
    expect(printable('a\u202Eb\u0000c\u200Fd\n')).toBe('abcd');
  });
});
