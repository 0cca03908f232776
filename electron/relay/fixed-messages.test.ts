import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, MessageType } from '../../shared/wire/envelope.ts';
import { answerPing, decodeAck } from './fixed-messages.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('ping', () => {
  it('is answered with what it said and the time in microseconds', () => {
    const answer = answerPing(7, hex('01 02 03'), 1_700_000_000_000.25);
    expect(Buffer.from(answer).toString('hex')).toBe(
      Buffer.from(hex('40 00 0000 0000 0000 07000000  010203  fa401e18240a0600')).toString('hex'),
    );
  });

  it('comes back as it was sent, whatever it says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 56 }), fc.nat(0xffffffff), (body, seq) => {
        const { header, body: answer } = decodeMessage(answerPing(seq, body, 5));
        expect(header).toMatchObject({ type: MessageType.ping, seq });
        expect(answer.subarray(0, -8)).toEqual(body);
      }),
    );
  });

  it('that leaves no room for the answer is malformed', () => {
    expect(() => answerPing(0, new Uint8Array(57), 0)).toThrow(expect.objectContaining({ field: 'ping' }));
  });
});

describe('ack', () => {
  it('is the bytes received, little-endian', () => {
    expect(decodeAck(hex('00 01 00 00 01 00 00 00'))).toBe(2 ** 32 + 256);
  });

  it.each(['', '00 01 02 03 04 05 06', '00 01 02 03 04 05 06 07 08', 'ff ff ff ff ff ff ff ff'])(
    'of bytes %j is malformed',
    (bytes) =>
      expect(() => decodeAck(hex(bytes))).toThrow(expect.objectContaining({ reason: 'malformed', field: 'ack' })),
  );

  it('is any number or malformed, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10 }), (body) => {
        try {
          expect(Number.isSafeInteger(decodeAck(body))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ reason: 'malformed' });
        }
      }),
    );
  });
});
