// Owns the business between a peer and its relay: message type 01, MessagePack of one of the shapes below.
import { decode, encode } from '@msgpack/msgpack';
import * as v from 'valibot';
import { ERROR_REASONS, TarnetError } from '../base/errors.ts';
import { ENVELOPE_LIMITS } from './envelope.ts';

/** What the host signs (Ed25519) to bind its ID to its key: this text, the relay's nonce, the ID. */
export const REGISTRATION_CONTEXT = 'tarnet2 register host';

const bytes = (sizeBytes: number) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((value) => value.length === sizeBytes, `expected ${sizeBytes} bytes`),
  );
const hostId = v.pipe(v.string(), v.regex(/^\d{9}$/, 'expected nine digits'));
const peer = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));
const shortText = v.pipe(v.string(), v.maxLength(256));

export const CONTROL_LIMITS = {
  /** Hosts that one question is about. */
  presenceKeys: 64,
} as const;

/**
 * What the hash of a host's Ed25519 key (32 bytes) that `presence` asks for is made of: SHA-256 over this text, a zero byte and
 * the key. Only who has been in a session with the host knows its key; its nine digits are for anybody to try.
 */
export const PRESENCE_CONTEXT = 'tarnet2 presence';

export const controlSchema = v.variant('op', [
  /** host → relay: I am this host. The relay answers with `challenge`. */
  v.strictObject({ op: v.literal('register'), hostId, ed25519: bytes(32), token: v.optional(shortText) }),
  /** relay → host */
  v.strictObject({ op: v.literal('challenge'), nonce: bytes(32) }),
  /** host → relay: signature over registrationStatement(nonce, hostId) */
  v.strictObject({ op: v.literal('prove'), signature: bytes(64) }),
  /** relay → host: the room is open. `observedAddress` is how the relay sees the host. */
  v.strictObject({
    op: v.literal('registered'),
    maxViewers: v.pipe(v.number(), v.integer()),
    observedAddress: shortText,
  }),
  /** viewer → relay: let me into this host's room. `*` is the only room of an embedded relay. */
  v.strictObject({ op: v.literal('join'), hostId: v.union([hostId, v.literal('*')]), token: v.optional(shortText) }),
  /** relay → viewer: you are this peer of the room of that host */
  v.strictObject({ op: v.literal('joined'), peer, hostId }),
  /** viewer → relay, before it has joined: which of the hosts with these keys (their `presenceKey`s) are here? */
  v.strictObject({
    op: v.literal('presence'),
    keys: v.pipe(v.array(bytes(32)), v.maxLength(CONTROL_LIMITS.presenceKeys)),
    token: v.optional(shortText),
  }),
  /** relay → viewer: these. */
  v.strictObject({
    op: v.literal('present'),
    keys: v.pipe(v.array(bytes(32)), v.maxLength(CONTROL_LIMITS.presenceKeys)),
  }),
  /** relay → host */
  v.strictObject({ op: v.literal('peer-joined'), peer, address: shortText }),
  /** relay → host: a viewer is gone; relay → viewers: peer 0, the host is gone */
  v.strictObject({ op: v.literal('peer-left'), peer }),
  /** relay → host: this viewer lost video and has drained */
  v.strictObject({ op: v.literal('keyframe'), peer }),
  /** host → relay: close this viewer's connection */
  v.strictObject({ op: v.literal('kick'), peer }),
  /** relay → anyone, before it closes or instead of closing */
  v.strictObject({
    op: v.literal('error'),
    reason: v.picklist(ERROR_REASONS),
    message: v.pipe(v.string(), v.maxLength(512)),
    field: v.optional(shortText),
  }),
  /** relay → anyone: another relay owns the room */
  v.strictObject({ op: v.literal('redirect'), url: v.pipe(v.string(), v.maxLength(512)) }),
  /** relay → anyone: reconnect elsewhere, this relay drains */
  v.strictObject({ op: v.literal('go-away') }),
]);

export type ControlMessage = v.InferOutput<typeof controlSchema>;

const DECODE_LIMITS = {
  maxStrLength: 1024,
  maxBinLength: 256,
  maxArrayLength: 64,
  maxMapLength: 16,
  maxExtLength: 0,
  maxDepth: 4,
};

/** The body of a control message. */
export function encodeControl(message: ControlMessage): Uint8Array<ArrayBuffer> {
  return encode(message, { ignoreUndefined: true }).slice();
}

/** Parses a control body. Throws `malformed` naming the field, or `too-large`. */
export function decodeControl(body: Uint8Array): ControlMessage {
  if (body.length > ENVELOPE_LIMITS.maxBodyBytes)
    throw TarnetError.tooLarge('control', body.length, ENVELOPE_LIMITS.maxBodyBytes);
  let raw: unknown;
  try {
    raw = decode(body, DECODE_LIMITS);
  } catch (cause) {
    throw new TarnetError('malformed', 'control: not MessagePack within its limits', { field: 'control', cause });
  }
  const parsed = v.safeParse(controlSchema, raw);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw TarnetError.malformed(v.getDotPath(issue) ?? 'control', issue.message);
  }
  return parsed.output;
}

/** What a host signs and a relay checks when the host registers. */
export function registrationStatement(nonce: Uint8Array, id: string): Uint8Array<ArrayBuffer> {
  const context = new TextEncoder().encode(`${REGISTRATION_CONTEXT}\0${id}\0`);
  const statement = new Uint8Array(context.length + nonce.length);
  statement.set(context);
  statement.set(nonce, context.length);
  return statement;
}
