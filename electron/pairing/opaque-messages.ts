// Owns what the app and its OPAQUE process say to each other. Byte strings travel as base64url, as the library has them.
import * as v from 'valibot';
import { ERROR_REASONS } from '../../shared/base/errors.ts';

export const OPAQUE_LIMITS = {
  /** Characters of a secret: nine digits, or the contents of a secret file. */
  maxSecretLength: 1024,
  /** Calls that wait for the process. */
  pendingCalls: 32,
  callTimeoutMs: 15_000,
} as const;

const encoded = v.pipe(v.string(), v.maxLength(2048), v.regex(/^[A-Za-z0-9_-]*$/, 'expected base64url'));
const secret = v.pipe(v.string(), v.minLength(1), v.maxLength(OPAQUE_LIMITS.maxSecretLength));
const kind = v.picklist(['code', 'password']);

/** What a host keeps of a secret, as it lies on the disk. */
export const opaqueRecordSchema = v.strictObject({ kind, serverSetup: encoded, registration: encoded });
const clientState = v.strictObject({ kind, client: encoded, secret });

export const opaqueCallSchema = v.variant('op', [
  v.strictObject({ op: v.literal('register'), kind, secret }),
  v.strictObject({ op: v.literal('serverStart'), record: opaqueRecordSchema, ke1: encoded }),
  v.strictObject({ op: v.literal('serverFinish'), state: v.strictObject({ server: encoded }), ke3: encoded }),
  v.strictObject({ op: v.literal('clientStart'), kind, secret }),
  v.strictObject({ op: v.literal('clientFinish'), state: clientState, ke2: encoded }),
]);
export type OpaqueCall = v.InferOutput<typeof opaqueCallSchema>;

/** What each call gives back. */
export const OPAQUE_RESULTS = {
  register: opaqueRecordSchema,
  serverStart: v.strictObject({ ke2: encoded, state: v.strictObject({ server: encoded }) }),
  serverFinish: v.strictObject({ sessionKey: encoded }),
  clientStart: v.strictObject({ ke1: encoded, state: clientState }),
  clientFinish: v.nullable(v.strictObject({ ke3: encoded, sessionKey: encoded })),
} as const satisfies Record<OpaqueCall['op'], v.GenericSchema>;
export type OpaqueResult<Op extends OpaqueCall['op']> = v.InferOutput<(typeof OPAQUE_RESULTS)[Op]>;

const id = v.pipe(v.number(), v.integer(), v.minValue(0));

/** App → process. */
export const opaqueRequestSchema = v.strictObject({ id, call: opaqueCallSchema });
export type OpaqueRequest = v.InferOutput<typeof opaqueRequestSchema>;

/** Process → app. The value is parsed by the call it answers. */
export const opaqueResponseSchema = v.variant('ok', [
  v.strictObject({ id, ok: v.literal(true), value: v.unknown() }),
  v.strictObject({ id, ok: v.literal(false), reason: v.picklist(ERROR_REASONS), message: v.string() }),
]);
export type OpaqueResponse = v.InferOutput<typeof opaqueResponseSchema>;
