import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INPUT_LIMITS } from '../../shared/model/input-event.ts';
import { WheelUnits } from './wheel-units.ts';

const turn = (changes: Partial<Parameters<WheelUnits['add']>[0]>) => ({
  deltaX: 0,
  deltaY: 0,
  deltaMode: 0,
  wheelDeltaX: undefined,
  wheelDeltaY: undefined,
  shiftKey: false,
  ...changes,
});

describe('WheelUnits', () => {
  it('takes notches from the browser where it counts them', () => {
    const wheel = new WheelUnits(true);
    expect(wheel.add(turn({ deltaY: 53, wheelDeltaY: -120 }))).toEqual({ dx: 0, dy: 120 });
    expect(wheel.add(turn({ deltaX: -7, wheelDeltaX: 40 }))).toEqual({ dx: -40, dy: 0 });
  });

  it('knows pixels, lines and pages', () => {
    const wheel = new WheelUnits(true);
    expect(wheel.add(turn({ deltaY: 100 }))).toEqual({ dx: 0, dy: 120 });
    expect(wheel.add(turn({ deltaY: -3, deltaMode: 1 }))).toEqual({ dx: 0, dy: -120 });
    expect(wheel.add(turn({ deltaX: 1, deltaMode: 2 }))).toEqual({ dx: 360, dy: 0 });
    expect(wheel.add(turn({ deltaX: 1, deltaMode: 9 }))).toEqual({ dx: 0, dy: 0 });
  });

  it('turns Shift + wheel back, for the host has Shift down too', () => {
    expect(new WheelUnits(true).add(turn({ deltaX: 100, shiftKey: true }))).toEqual({ dx: 0, dy: 120 });
    expect(new WheelUnits(false).add(turn({ deltaX: 100, shiftKey: true }))).toEqual({ dx: 120, dy: 0 });
  });

  it('loses nothing, and never says more than an event may', () => {
    const delta = fc.double({ min: -5000, max: 5000, noNaN: true });
    fc.assert(
      fc.property(fc.array(delta, { maxLength: 60 }), (deltas) => {
        const wheel = new WheelUnits(true);
        let sum = 0;
        for (const deltaY of deltas) {
          const { dy } = wheel.add(turn({ deltaY }));
          expect(Number.isInteger(dy) && Math.abs(dy) <= INPUT_LIMITS.maxWheelDelta).toBe(true);
          sum += dy;
        }
        for (let i = 0; i < 120; i++) sum += wheel.add(turn({})).dy;
        const wanted = deltas.reduce((total, deltaY) => total + deltaY * 1.2, 0);
        expect(Math.abs(sum - wanted)).toBeLessThan(1.001);
      }),
    );
  });
});
