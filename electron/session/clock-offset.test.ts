import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_OFFSET_LIMITS, ClockOffset } from './clock-offset.ts';

/** A question that took `toMs` there and `backMs` back, answered after `heldMs` by a clock that is `offsetMs` ahead. */
function ask(
  clocks: ClockOffset,
  t0Ms: number,
  way: { toMs: number; backMs: number; heldMs: number; offsetMs: number },
) {
  const t1Ms = t0Ms + way.toMs + way.offsetMs;
  const t2Ms = t1Ms + way.heldMs;
  clocks.add(t0Ms, t1Ms, t2Ms, t0Ms + way.toMs + way.heldMs + way.backMs);
}

describe('ClockOffset', () => {
  it('knows nothing before the first answer', () => {
    expect(new ClockOffset()).toMatchObject({ roundTripMs: null, offsetMs: null });
  });

  it('is exact when both ways take the same time, however long the host holds the question', () => {
    const clocks = new ClockOffset();
    ask(clocks, 1000, { toMs: 10, backMs: 10, heldMs: 500, offsetMs: -3600_000 });
    expect(clocks).toMatchObject({ roundTripMs: 20, offsetMs: -3600_000 });
  });

  it('is wrong by no more than half of the least round trip among its samples', () => {
    const way = fc.record({ toMs: fc.nat(1000), backMs: fc.nat(1000), heldMs: fc.nat(50), offsetMs: fc.constant(777) });
    fc.assert(
      fc.property(fc.array(way, { minLength: 1, maxLength: 30 }), (ways) => {
        const clocks = new ClockOffset();
        for (const [index, one] of ways.entries()) ask(clocks, index * 1000, one);
        const recent = ways.slice(-CLOCK_OFFSET_LIMITS.maxSamples);
        const leastMs = Math.min(...recent.map(({ toMs, backMs }) => toMs + backMs));
        expect(Math.abs((clocks.offsetMs ?? Number.NaN) - 777)).toBeLessThanOrEqual(leastMs / 2);
      }),
    );
  });

  it('starts over when a clock was set in between', () => {
    const clocks = new ClockOffset();
    ask(clocks, 1000, { toMs: 10, backMs: 10, heldMs: 0, offsetMs: 0 });
    clocks.add(5000, 5010, 5010, 1400);
    expect(clocks.offsetMs).toBeNull();
  });
});
