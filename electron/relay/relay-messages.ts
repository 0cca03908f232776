// Owns what the app and its relay process say to each other; each side parses what it hears.
import * as v from 'valibot';
import { ERROR_REASONS } from '../../shared/base/errors.ts';

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));

export const relayCommandSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('start'), port, bindAddress: text(64), hostToken: text(128) }),
  v.strictObject({ kind: v.literal('stop') }),
]);
export type RelayCommand = v.InferOutput<typeof relayCommandSchema>;

export const relayReportSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('started'), port }),
  v.strictObject({
    kind: v.literal('failed'),
    reason: v.picklist(ERROR_REASONS),
    message: text(1_000),
    suggestedPort: v.nullable(port),
  }),
  v.strictObject({ kind: v.literal('stopped') }),
  v.strictObject({
    kind: v.literal('log'),
    level: v.picklist(['debug', 'info', 'warn', 'error']),
    message: text(1_000),
    fields: v.record(text(64), v.nullish(v.union([text(1_000), v.number(), v.boolean()]))),
  }),
]);
export type RelayReport = v.InferOutput<typeof relayReportSchema>;
