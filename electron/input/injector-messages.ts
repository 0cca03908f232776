// Owns what the main process and the injector process tell each other; both ends parse what they get.
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import { isTypableCodePoint, MOUSE_BUTTONS } from '../../shared/model/input-event.ts';
import { KEY_CODES } from '../../shared/model/key-codes.ts';

export const INJECTOR_MESSAGE_LIMITS = {
  /** Acts in one message. */
  maxActs: 512,
  maxProblemLength: 500,
  /** Whole-desktop pixels, either side of the primary display's corner. */
  maxCoordinatePx: 65_535,
  maxNotches: 100,
} as const;

const { maxCoordinatePx, maxNotches } = INJECTOR_MESSAGE_LIMITS;
const coordinate = v.pipe(v.number(), v.integer(), v.minValue(-maxCoordinatePx), v.maxValue(maxCoordinatePx));
const notches = v.pipe(v.number(), v.integer(), v.minValue(-maxNotches), v.maxValue(maxNotches));
const problemText = v.pipe(v.string(), v.maxLength(INJECTOR_MESSAGE_LIMITS.maxProblemLength));
const batchNumber = v.pipe(v.number(), v.integer(), v.minValue(0));

const actSchema = v.variant('act', [
  v.strictObject({ act: v.literal('move'), xPx: coordinate, yPx: coordinate }),
  v.strictObject({ act: v.literal('button'), button: v.picklist(MOUSE_BUTTONS), down: v.boolean() }),
  v.strictObject({ act: v.literal('scroll'), notchesX: notches, notchesY: notches }),
  v.strictObject({ act: v.literal('key'), code: v.picklist(KEY_CODES), down: v.boolean() }),
  v.strictObject({ act: v.literal('text'), codePoint: v.pipe(v.number(), v.check(isTypableCodePoint)) }),
]);
/** One call of the Injector port. */
export type InjectorAct = v.InferOutput<typeof actSchema>;

const requestSchema = v.variant('op', [
  v.strictObject({
    op: v.literal('acts'),
    batch: batchNumber,
    acts: v.pipe(v.array(actSchema), v.maxLength(INJECTOR_MESSAGE_LIMITS.maxActs)),
  }),
  /** Tell when the person at this machine moves or types. */
  v.strictObject({ op: v.literal('watch'), on: v.boolean() }),
  /** Put everything back and end. */
  v.strictObject({ op: v.literal('close') }),
]);
export type InjectorRequest = v.InferOutput<typeof requestSchema>;

const INJECTOR_MEANS = ['xtest', 'nut-js'] as const;
export type InjectorMeans = (typeof INJECTOR_MEANS)[number];

const replySchema = v.variant('op', [
  /** `hearsDevices`: local input can be told from injected input. */
  v.strictObject({ op: v.literal('ready'), means: v.picklist(INJECTOR_MEANS), hearsDevices: v.boolean() }),
  /** Everything up to this batch has been carried out; carrying it out began at this time since the Unix epoch. */
  v.strictObject({ op: v.literal('done'), batch: batchNumber, begunAtMs: v.pipe(v.number(), v.finite()) }),
  /** Nothing can be injected any more; the process ends. */
  v.strictObject({ op: v.literal('problem'), message: problemText }),
  /** Something could not be done; the rest goes on. */
  v.strictObject({ op: v.literal('notice'), message: problemText }),
  /** The person at this machine acted. */
  v.strictObject({ op: v.literal('local-input') }),
]);
export type InjectorReply = v.InferOutput<typeof replySchema>;

/** Throws `malformed`. */
export function parseInjectorRequest(message: unknown): InjectorRequest {
  return parse(requestSchema, 'injector request', message);
}

/** Throws `malformed`. */
export function parseInjectorReply(message: unknown): InjectorReply {
  return parse(replySchema, 'injector reply', message);
}

function parse<const S extends v.GenericSchema>(schema: S, field: string, message: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, message);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw TarnetError.malformed(`${field}.${v.getDotPath(issue) ?? ''}`, issue.message);
}
