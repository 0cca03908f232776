import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENVELOPE_LIMITS } from './envelope.ts';
import { Channel, decodeReliable, encodeReliable, RELIABLE_HEADER_BYTES } from './reliable.ts';

describe('reliable record', () => {
  it('has these bytes', () => {
    const bytes = encodeReliable({ channel: Channel.stats, id: 0x01020304, body: new Uint8Array([9]) });
    expect(Buffer.from(bytes).toString('hex')).toBe('060000000403020109');
  });

  it('comes back as it was', () => {
    const message = fc.record({
      channel: fc.constantFrom(...Object.values(Channel)),
      id: fc.nat(0xffff_ffff),
      body: fc.uint8Array({ maxLength: 100 }),
    });
    fc.assert(
      fc.property(message, (sent) => {
        const read = decodeReliable(encodeReliable(sent));
        expect({ ...read, body: [...read.body] }).toEqual({ ...sent, body: [...sent.body] });
      }),
    );
  });

  it('refuses unknown channels, set flags, set reserved bytes and a short header', () => {
    const good = encodeReliable({ channel: Channel.input, id: 1, body: new Uint8Array(0) });
    for (const [place, field] of [
      [0, 'reliable.channel'],
      [1, 'reliable.flags'],
      [2, 'reliable.reserved'],
      [3, 'reliable.reserved'],
    ] as const) {
      const bad = good.slice();
      bad[place] = 99;
      expect(() => decodeReliable(bad)).toThrow(expect.objectContaining({ reason: 'malformed', field }));
    }
    for (let length = 0; length < RELIABLE_HEADER_BYTES; length++)
      expect(() => decodeReliable(good.subarray(0, length))).toThrow(expect.objectContaining({ reason: 'malformed' }));
  });

  it('refuses a body over the limit', () => {
    const body = new Uint8Array(ENVELOPE_LIMITS.maxBodyBytes - RELIABLE_HEADER_BYTES + 1);
    expect(() => encodeReliable({ channel: Channel.file, id: 0, body })).toThrow(
      expect.objectContaining({ reason: 'too-large' }),
    );
  });
});
