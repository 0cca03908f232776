// Owns the clock of processes on plain Node: relays, captures, injectors. It never steps; the main process's own follows the user's.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../shared/base/clock.ts';

export const nodeClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
