import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { LINK_METER_LIMITS, LinkMeter } from './link-meter.ts';

it('gives the bytes of the last second, a slice more or less, and forgets what is older', () => {
  const step = fc.record({ afterMs: fc.nat(700), sizeBytes: fc.nat(100_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat(1500), (steps, idleMs) => {
      const clock = new FakeClock();
      const meter = new LinkMeter(clock);
      const arrived: { atMs: number; sizeBytes: number }[] = [];
      for (const { afterMs, sizeBytes } of steps) {
        clock.advance(afterMs);
        meter.add(sizeBytes);
        arrived.push({ atMs: clock.monotonicMs(), sizeBytes });
      }
      clock.advance(idleMs);
      const nowMs = clock.monotonicMs();
      const sliceMs = LINK_METER_LIMITS.windowMs / LINK_METER_LIMITS.slices;
      const within = (windowMs: number) =>
        arrived.filter(({ atMs }) => nowMs - atMs < windowMs).reduce((sum, { sizeBytes }) => sum + sizeBytes * 8, 0);
      expect(meter.bitsPerSecond).toBeGreaterThanOrEqual(within(LINK_METER_LIMITS.windowMs - sliceMs));
      expect(meter.bitsPerSecond).toBeLessThanOrEqual(within(LINK_METER_LIMITS.windowMs));
    }),
  );
});
