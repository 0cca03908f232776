import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../base/errors.ts';
import { INPUT_LIMITS, type InputEvent, isTypableCodePoint, MOUSE_BUTTONS } from '../../model/input-event.ts';
import { KEY_CODES } from '../../model/key-codes.ts';
import { decodeInput, encodeInput, INPUT_EVENT_BYTES, INPUT_RECORD_LIMITS } from './input.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const at = { xPx: fc.nat(INPUT_LIMITS.maxCoordinatePx), yPx: fc.nat(INPUT_LIMITS.maxCoordinatePx) };
const delta = fc.integer({ min: -INPUT_LIMITS.maxWheelDelta, max: INPUT_LIMITS.maxWheelDelta });

const anyInputEvent: fc.Arbitrary<InputEvent> = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), ...at }),
  fc.record({
    kind: fc.constant('button' as const),
    button: fc.constantFrom(...MOUSE_BUTTONS),
    down: fc.boolean(),
    ...at,
  }),
  fc.record({ kind: fc.constant('wheel' as const), dx: delta, dy: delta, ...at }),
  fc.record({ kind: fc.constant('key' as const), code: fc.constantFrom(...KEY_CODES), down: fc.boolean() }),
  fc.record({
    kind: fc.constant('text' as const),
    codePoint: fc.integer({ min: 1, max: INPUT_LIMITS.maxCodePoint }).filter(isTypableCodePoint),
  }),
  fc.record({ kind: fc.constant('release-all' as const) }),
);

describe('input record', () => {
  it('has these bytes', () => {
    const golden: [InputEvent, string][] = [
      [{ kind: 'move', xPx: 0x0102, yPx: 0x0304 }, '01000000020104030000000000000000'],
      [{ kind: 'button', button: 'right', down: true, xPx: 1, yPx: 2 }, '02010200010002000000000000000000'],
      [{ kind: 'wheel', dx: -120, dy: 240, xPx: 1, yPx: 2 }, '030000000100020088fff00000000000'],
      [{ kind: 'key', code: 'Backslash', down: true }, '04010100000000000000000000000000'],
      [{ kind: 'text', codePoint: 0x1f600 }, '05000000000000000000000000f60100'],
      [{ kind: 'release-all' }, '06000000000000000000000000000000'],
    ];
    for (const [event, bytes] of golden) expect(hex(encodeInput([event]))).toBe(bytes);
  });

  it('comes back as it was, in order', () => {
    const events = fc.array(anyInputEvent, { minLength: 1, maxLength: INPUT_RECORD_LIMITS.maxEvents });
    fc.assert(
      fc.property(events, (list) => {
        expect(decodeInput(encodeInput(list))).toEqual(list);
      }),
    );
  });

  it('reads any bytes or says which field is wrong, and what it reads has only one spelling', () => {
    const bytes = fc.uint8Array({ minLength: INPUT_EVENT_BYTES, maxLength: INPUT_EVENT_BYTES });
    const nearly = fc.tuple(anyInputEvent, fc.nat(INPUT_EVENT_BYTES - 1), fc.nat(255)).map(([event, place, value]) => {
      const changed = encodeInput([event]);
      changed[place] = value;
      return changed;
    });
    fc.assert(
      fc.property(fc.oneof(bytes, nearly), (record) => {
        try {
          expect(hex(encodeInput(decodeInput(record)))).toBe(hex(record));
        } catch (error) {
          if (!(error instanceof TarnetError)) throw error;
          expect(error).toMatchObject({ reason: 'malformed', field: expect.stringMatching(/^input/) });
        }
      }),
    );
  });

  it('refuses empty, broken and oversized records', () => {
    const move: InputEvent = { kind: 'move', xPx: 0, yPx: 0 };
    expect(() => decodeInput(new Uint8Array(0))).toThrow(/no whole number/);
    expect(() => decodeInput(encodeInput([move]).subarray(1))).toThrow(/no whole number/);
    const tooMany = Array.from({ length: INPUT_RECORD_LIMITS.maxEvents + 1 }, () => move);
    expect(() => encodeInput(tooMany)).toThrow(/1040 bytes, the limit is 1024/);
    expect(() => decodeInput(new Uint8Array(1040))).toThrow(expect.objectContaining({ reason: 'too-large' }));
  });
});
