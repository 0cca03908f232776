// Owns the exported statistics of a session: what the overlay copies and what a file of them holds (docs/statistics.md).
import * as v from 'valibot';
import { PLAIN_PICTURE_CODECS } from '../model/plain-picture.ts';
import { MEDIA_CODECS } from '../model/video.ts';

/** From the screen of the host to this one, in order; together they are the age of the picture. */
export const LATENCY_STAGES = ['capture', 'compare', 'encode', 'queue', 'network', 'decode', 'paint'] as const;
export type LatencyStage = (typeof LATENCY_STAGES)[number];

export const STATISTICS_EXPORT_LIMITS = { maxHistory: 60 } as const;

const amount = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const history = <const S extends v.GenericSchema>(value: S) =>
  v.pipe(v.array(value), v.maxLength(STATISTICS_EXPORT_LIMITS.maxHistory));

const percentilesSchema = v.strictObject({
  p50Ms: v.nullable(amount),
  p95Ms: v.nullable(amount),
  samples: count,
});
/** Milliseconds of the samples of the last ten seconds; null without samples. */
export type Percentiles = v.InferOutput<typeof percentilesSchema>;

export const sessionStatisticsSchema = v.strictObject({
  format: v.literal('tarnet-statistics'),
  version: v.literal(1),
  /** When they were taken, milliseconds since the epoch. */
  atMs: amount,
  /** What percentiles look back at. */
  windowMs: amount,
  picture: v.strictObject({
    codec: v.nullable(v.picklist([...MEDIA_CODECS, ...PLAIN_PICTURE_CODECS])),
    widthPx: count,
    heightPx: count,
    framesPerSecond: count,
    paintedFrames: count,
    droppedFrames: count,
    /** True while the picture equals the host's screen in every pixel. */
    exact: v.boolean(),
  }),
  /** Capture to paint, of all pictures. */
  age: percentilesSchema,
  /** What the age is made of; of those pictures of which the host has said it. */
  stages: v.strictObject({
    capture: percentilesSchema,
    compare: percentilesSchema,
    encode: percentilesSchema,
    queue: percentilesSchema,
    network: percentilesSchema,
    decode: percentilesSchema,
    paint: percentilesSchema,
  } satisfies Record<LatencyStage, typeof percentilesSchema>),
  /** From input on this side to the first picture that was captured after the host had injected it. */
  inputToPhoton: percentilesSchema,
  /** Null before the first word about it. */
  link: v.nullable(
    v.strictObject({
      roundTripMs: v.nullable(amount),
      receivedBitsPerSecond: amount,
      receivedBytes: count,
      sentBytes: count,
      lostFrames: count,
    }),
  ),
  /** One value a second, oldest first. */
  history: v.strictObject({
    framesPerSecond: history(count),
    ageMs: history(v.nullable(amount)),
    bitsPerSecond: history(amount),
  }),
});
export type SessionStatistics = v.InferOutput<typeof sessionStatisticsSchema>;
