// Owns this page's clock of the day, which main's and the host's are compared with.
import { wallClock } from '../../shared/base/wall-clock.ts';

/** Milliseconds since the Unix epoch, with fractions. */
export const wallClockMs: () => number = wallClock(Date.now, () => performance.now());
