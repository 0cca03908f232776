// Owns putting together the statistics that are exported. Pure.
import type { LinkStatistics } from '../../shared/ipc/media.ts';
import type { Percentiles, SessionStatistics } from '../../shared/ipc/statistics.ts';
import { STATISTICS_LIMITS } from './latency-statistics.ts';
import type { PictureStatistics } from './paint-meter.ts';

/** @param atMs when they are taken, milliseconds since the epoch */
export function sessionStatistics(
  picture: PictureStatistics,
  link: LinkStatistics | null,
  atMs: number,
): SessionStatistics {
  const { stages, inputToPhoton } = picture.latency;
  return {
    format: 'tarnet-statistics',
    version: 1,
    atMs: Math.round(atMs),
    windowMs: STATISTICS_LIMITS.windowMs,
    picture: {
      codec: picture.codec,
      widthPx: picture.widthPx,
      heightPx: picture.heightPx,
      framesPerSecond: picture.framesPerSecond,
      paintedFrames: picture.paintedFrames,
      droppedFrames: picture.droppedFrames,
      exact: picture.exact,
    },
    age: rounded(picture.age),
    stages: {
      capture: rounded(stages.capture),
      compare: rounded(stages.compare),
      encode: rounded(stages.encode),
      queue: rounded(stages.queue),
      network: rounded(stages.network),
      decode: rounded(stages.decode),
      paint: rounded(stages.paint),
    },
    inputToPhoton: rounded(inputToPhoton),
    link: link && {
      roundTripMs: tenths(link.roundTripMs),
      receivedBitsPerSecond: Math.round(link.receivedBitsPerSecond),
      receivedBytes: link.receivedBytes,
      sentBytes: link.sentBytes,
      lostFrames: link.lostFrames,
    },
    history: {
      framesPerSecond: picture.history.framesPerSecond,
      ageMs: picture.history.ageMs.map(tenths),
      bitsPerSecond: picture.history.bitsPerSecond.map(Math.round),
    },
  };
}

function rounded({ p50Ms, p95Ms, samples }: Percentiles): Percentiles {
  return { p50Ms: tenths(p50Ms), p95Ms: tenths(p95Ms), samples };
}

/** Clocks are not known any better than that. */
function tenths(valueMs: number | null): number | null {
  return valueMs === null ? null : Math.round(valueMs * 10) / 10;
}
