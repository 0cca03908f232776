// Owns how a message that is no fixed struct is written: MessagePack, small, checked against a schema.
import { decode, encode } from '@msgpack/msgpack';
import * as v from 'valibot';
import { TarnetError } from '../base/errors.ts';

/** Both ends of one kind of message. */
export interface PackedMessage<Schema extends v.GenericSchema> {
  readonly schema: Schema;
  /** The largest body, bytes. */
  readonly maxBytes: number;
  /** Throws `too-large` when the message is over its own limit. */
  encode(message: v.InferInput<Schema>): Uint8Array<ArrayBuffer>;
  /** Throws `malformed` naming the field, or `too-large`. */
  decode(body: Uint8Array): v.InferOutput<Schema>;
}

export const PACKED_LIMITS = { maxItems: 256, maxDepth: 5 } as const;

/** A message that its sender writes with `encode` and its receiver reads with `decode`. */
export function packedMessage<const Schema extends v.GenericSchema>(
  name: string,
  maxBytes: number,
  schema: Schema,
): PackedMessage<Schema> {
  const limits = {
    maxStrLength: maxBytes,
    maxBinLength: maxBytes,
    maxArrayLength: PACKED_LIMITS.maxItems,
    maxMapLength: PACKED_LIMITS.maxItems,
    maxExtLength: 0,
    maxDepth: PACKED_LIMITS.maxDepth,
  };
  return {
    schema,
    maxBytes,
    encode(message) {
      const body = encode(message, { ignoreUndefined: true });
      if (body.length > maxBytes) throw TarnetError.tooLarge(name, body.length, maxBytes);
      return body.slice();
    },
    decode(body) {
      if (body.length > maxBytes) throw TarnetError.tooLarge(name, body.length, maxBytes);
      let raw: unknown;
      try {
        raw = decode(body, limits);
      } catch (cause) {
        throw new TarnetError('malformed', `${name}: not MessagePack within its limits`, { field: name, cause });
      }
      const parsed = v.safeParse(schema, raw);
      if (parsed.success) return parsed.output;
      const issue = parsed.issues[0];
      throw TarnetError.malformed(`${name}.${v.getDotPath(issue) ?? ''}`.replace(/\.$/, ''), issue.message);
    },
  };
}

/** Exactly this many bytes. MessagePack hands out views of the whole message, so the value is copied. */
export const exactBytes = (sizeBytes: number) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((value) => value.length === sizeBytes, `expected ${sizeBytes} bytes`),
    v.transform((value) => value.slice()),
  );

/** Text for people: bounded, and without the control characters that could forge a second line in a dialog or a log. */
export const displayText = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.maxLength(maxLength),
    v.check((text) => !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text), 'control or direction character'),
  );

/** An integer from 0 to `max`. */
export const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
