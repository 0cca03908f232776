// Owns the clock of a relay on plain Node, whichever process it runs in.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../shared/base/clock.ts';

export const nodeClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
