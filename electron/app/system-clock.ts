// Owns the real clock.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../shared/base/clock.ts';
import { wallClock } from '../../shared/base/wall-clock.ts';

export const systemClock: Clock = {
  nowMs: wallClock(Date.now, () => performance.now()),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
