import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import type { CursorUpdate } from './picture-source.ts';
import { POINTER_WATCH_LIMITS, PointerWatch } from './pointer-watch.ts';

const PLACE = { xPx: 1920, yPx: 0, widthPx: 1280, heightPx: 800, scaleFactor: 1 };

function setUp(place = PLACE) {
  const clock = new FakeClock();
  const point = { x: 2000, y: 10 };
  const told: CursorUpdate[] = [];
  const watch = new PointerWatch(
    place,
    () => ({ ...point }),
    clock,
    (update) => told.push(update),
  );
  watch.start();
  return { clock, point, told, watch };
}

describe('a pointer watch', () => {
  it('tells where the pointer is on the display, once for each move', () => {
    const { clock, point, told } = setUp();
    clock.advance(200);
    expect(told).toEqual([{ xPx: 80, yPx: 10, visible: true, shape: null }]);
    point.x = 2100;
    clock.advance(POINTER_WATCH_LIMITS.intervalMs);
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ xPx: 180, visible: true });
  });

  it('hides it while it is on another display', () => {
    const { clock, point, told } = setUp();
    point.x = 100;
    clock.advance(POINTER_WATCH_LIMITS.intervalMs);
    expect(told.at(-1)).toMatchObject({ visible: false });
  });

  it('counts in pixels where the system counts in larger units', () => {
    const { told } = setUp({ ...PLACE, xPx: 3840, scaleFactor: 2 });
    expect(told[0]).toMatchObject({ xPx: 160, yPx: 20 });
  });

  it('looks seldom at a pointer that rests, at once when asked, and no more after its end', () => {
    const { clock, point, told, watch } = setUp();
    clock.advance(POINTER_WATCH_LIMITS.restAfterMs + 200);
    point.y = 20;
    watch.look();
    expect(told.at(-1)).toMatchObject({ yPx: 20 });
    watch.resend();
    expect(told).toHaveLength(3);
    watch.stop();
    point.y = 30;
    clock.advance(1_000);
    expect(told).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });
});
