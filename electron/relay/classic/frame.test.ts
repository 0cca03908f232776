import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../../shared/base/errors.ts';
import {
  CLIENT_FRAME_LIMITS,
  type ClientFrame,
  type ClientFrameType,
  encodeFileMeta,
  encodeFrame,
  FRAME_HEADER_BYTES,
  FrameReader,
} from './frame.ts';

const TYPES = Object.keys(CLIENT_FRAME_LIMITS) as ClientFrameType[];

function clientFrame(type: string, payload: Uint8Array, length = BigInt(payload.length)): Buffer {
  const head = Buffer.alloc(FRAME_HEADER_BYTES);
  head.writeBigUInt64BE(length);
  head.write(type, 8, 'latin1');
  return Buffer.concat([head, payload]);
}

function readAll(reader: FrameReader): ClientFrame[] {
  const frames: ClientFrame[] = [];
  for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
  return frames;
}

describe('frames to a client', () => {
  it('are these bytes', () => {
    expect(encodeFrame('FROK').toString('hex')).toBe('000000000000000046524f4b');
    expect(encodeFrame('CHAT', Buffer.from('é')).toString('hex')).toBe('000000000000000243484154c3a9');
    expect(encodeFileMeta('a.txt', 258).toString('hex')).toBe('00000005612e7478740000000000000102');
    expect(encodeFileMeta('ç', 2 ** 40).toString('hex')).toBe('00000002c3a70000010000000000');
  });
});

describe('frames from a client', () => {
  const frames = fc.array(
    fc.oneof(
      fc.record({ type: fc.constant<ClientFrameType>('QUIT'), payload: fc.constant(new Uint8Array()) }),
      fc.record({ type: fc.constant<ClientFrameType>('FILE'), payload: fc.uint8Array({ maxLength: 300 }) }),
      fc.record({ type: fc.constant<ClientFrameType>('CHAT'), payload: fc.uint8Array({ maxLength: 20_000 }) }),
    ),
    { maxLength: 8 },
  );

  it('come out as they went in, however they arrive', () => {
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (sent, sizes) => {
        const fitting = sent.filter(({ type, payload }) => payload.length <= CLIENT_FRAME_LIMITS[type]);
        const bytes = Buffer.concat(fitting.map(({ type, payload }) => clientFrame(type, payload)));
        const reader = new FrameReader();
        const got: ClientFrame[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          reader.push(bytes.subarray(at, at + size));
          at += size;
          got.push(...readAll(reader));
        }
        expect(got).toEqual(fitting.map(({ type, payload }) => ({ type, payload: Buffer.from(payload) })));
        expect(reader.partialBytes).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('are judged by their header alone: a length that lies costs nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TYPES), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (type, length) => {
        const reader = new FrameReader();
        reader.push(clientFrame(type, new Uint8Array(), length));
        const fits = length <= BigInt(CLIENT_FRAME_LIMITS[type]);
        if (!fits) expect(() => reader.next()).toThrow(expect.objectContaining({ reason: 'too-large', field: type }));
        else expect(reader.next()).toEqual(length === 0n ? { type, payload: Buffer.alloc(0) } : null);
        expect(reader.partialBytes).toBeLessThanOrEqual(FRAME_HEADER_BYTES);
      }),
    );
  });

  it('that are nearly right are read, waited for or refused by name, and nothing else happens', () => {
    const nearly = fc
      .tuple(
        fc.oneof(fc.constantFrom(...TYPES, 'FROK', 'chat', 'CHA\0'), fc.string({ minLength: 4, maxLength: 4 })),
        fc.uint8Array({ maxLength: 64 }),
        fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
        fc.nat({ max: 90 }),
      )
      .map(([type, payload, length, cut]) => clientFrame(type, payload, length).subarray(0, 90 - cut));
    fc.assert(
      fc.property(fc.array(nearly, { maxLength: 5 }), (chunks) => {
        const reader = new FrameReader();
        try {
          for (const chunk of chunks) {
            reader.push(chunk);
            for (const { type, payload } of readAll(reader))
              expect(payload.length).toBeLessThanOrEqual(CLIENT_FRAME_LIMITS[type]);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(TarnetError);
          expect(['malformed', 'too-large']).toContain(TarnetError.from(error).reason);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
