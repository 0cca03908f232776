// Owns making input that is nearly right: valid messages with a few bytes or fields changed, cut or put twice.
import fc from 'fast-check';

/** How often each property is tried: few by default, as many as wanted with TARNET_FUZZ_RUNS. */
export const FUZZ_RUNS = Number(process.env.TARNET_FUZZ_RUNS ?? 2_000);
/** Long runs take minutes. */
export const FUZZ_TIMEOUT_MS = 30 * 60_000;

const edit = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(0xffff), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(0xffff), value: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(0xffff), value: fc.nat(64) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(0xffff), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(0xffff), value: fc.nat(32) }),
);

/** Bytes of a valid message, with no, one or a few things wrong with them. */
export function damaged(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc.tuple(valid, fc.array(edit, { maxLength: 4 })).map(([bytes, edits]) => {
    let result = Buffer.from(bytes);
    for (const { kind, at: place, value } of edits) {
      const at = result.length === 0 ? 0 : place % result.length;
      if (kind === 'set' && result.length > 0) result[at] = value;
      else if (kind === 'flip' && result.length > 0) result[at] = (result[at] ?? 0) ^ (1 << value);
      else if (kind === 'cut') result = Buffer.concat([result.subarray(0, at), result.subarray(at + value)]);
      else if (kind === 'insert')
        result = Buffer.concat([result.subarray(0, at), Buffer.of(value), result.subarray(at)]);
      else result = Buffer.concat([result, result.subarray(at, at + value)]);
    }
    return new Uint8Array(result);
  });
}

/** JSON of a valid object in which values have been replaced, fields taken away, or the text itself damaged. */
export function damagedJson(valid: fc.Arbitrary<object>): fc.Arbitrary<string> {
  const replaced = fc
    .tuple(valid, fc.nat(8), fc.jsonValue({ maxDepth: 2 }), fc.boolean())
    .map(([object, at, value, takeAway]) => {
      const entries = Object.entries(object);
      const index = entries.length === 0 ? 0 : at % entries.length;
      const name = entries[index]?.[0] ?? 'type';
      return JSON.stringify({ ...object, [name]: takeAway ? undefined : value });
    });
  const torn = damaged(valid.map((object) => new TextEncoder().encode(JSON.stringify(object)))).map((bytes) =>
    Buffer.from(bytes).toString('utf8'),
  );
  return fc.oneof(replaced, torn, fc.json(), fc.string());
}
