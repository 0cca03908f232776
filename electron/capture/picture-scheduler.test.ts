import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MOTION_LIMITS,
  MotionMeter,
  nextPhase,
  PICTURE_PHASES,
  type PicturePhase,
  type PictureSignal,
  videoArea,
} from './picture-scheduler.ts';
import { contains, intersect, unite } from './rectangles.ts';

const SIGNALS: PictureSignal[] = ['start', 'stop', 'motion', 'running', 'still', 'ended', 'settled', 'failed'];

describe('picture phases', () => {
  it('go from tiles to video and back', () => {
    const path: [PictureSignal, PicturePhase][] = [
      ['start', 'tiles'],
      ['motion', 'starting'],
      ['running', 'video'],
      ['still', 'stopping'],
      ['ended', 'settling'],
      ['motion', 'starting'],
      ['failed', 'settling'],
      ['settled', 'tiles'],
      ['stop', 'idle'],
    ];
    let phase: PicturePhase = 'idle';
    for (const [signal, expected] of path) {
      phase = nextPhase(phase, signal);
      expect(phase).toBe(expected);
    }
  });

  it('can be left for idle from everywhere', () => {
    for (const phase of PICTURE_PHASES) expect(nextPhase(phase, 'stop')).toBe('idle');
  });

  it('refuse every other signal by name', () => {
    const legal = PICTURE_PHASES.flatMap((phase) =>
      SIGNALS.filter((signal) => {
        try {
          return nextPhase(phase, signal) !== undefined;
        } catch (error) {
          expect(error).toMatchObject({ reason: 'illegal-transition' });
          return false;
        }
      }).map((signal) => `${phase}:${signal}`),
    );
    expect(legal.toSorted()).toMatchInlineSnapshot(`
      [
        "idle:start",
        "idle:stop",
        "settling:motion",
        "settling:settled",
        "settling:stop",
        "starting:failed",
        "starting:running",
        "starting:stop",
        "stopping:ended",
        "stopping:failed",
        "stopping:stop",
        "tiles:motion",
        "tiles:stop",
        "video:failed",
        "video:still",
        "video:stop",
      ]
    `);
  });
});

describe('the motion meter', () => {
  const area = { xPx: 100, yPx: 100, widthPx: 640, heightPx: 360 };
  const pixels = area.widthPx * area.heightPx;

  const feed = (everyMs: number, count: number, bytes: number, px = pixels) => {
    const meter = new MotionMeter();
    for (let at = 0; at < count; at++) meter.add(at * everyMs, px, bytes, area);
    return meter;
  };

  it('sees a video after a few frames, and where', () => {
    expect(feed(33, 6, 100_000).motion(6 * 33)).toEqual(area);
  });

  it('takes one large change, or typing, for no motion', () => {
    expect(feed(33, 1, 600_000).motion(40)).toBeNull();
    expect(feed(50, 100, 200, 400).motion(5_000)).toBeNull();
  });

  it('takes changes that cost little as tiles for no motion', () => {
    expect(feed(33, 8, 300, MOTION_LIMITS.minPixels).motion(8 * 33)).toBeNull();
  });

  it('forgets', () => {
    expect(feed(33, 6, 100_000).motion(6 * 33 + MOTION_LIMITS.windowMs)).toBeNull();
  });

  it('calls a part still when nearly nothing of it changes', () => {
    const meter = feed(33, 10, 0);
    expect(meter.still(10 * 33, area)).toBe(false);
    expect(meter.still(10 * 33 + MOTION_LIMITS.stillMs, area)).toBe(true);
  });

  it('never keeps more than its limit', () => {
    const meter = new MotionMeter();
    for (let at = 0; at < 10_000; at++) meter.add(at / 100, pixels, 1, area);
    expect(meter.size).toBeLessThanOrEqual(MOTION_LIMITS.maxChanges);
  });
});

describe('the area of the video', () => {
  const anyRect = fc.record({
    xPx: fc.nat(1900),
    yPx: fc.nat(1060),
    widthPx: fc.integer({ min: 1, max: 1920 }),
    heightPx: fc.integer({ min: 1, max: 1080 }),
  });

  it('is even, holds the motion and stays in the picture', () => {
    fc.assert(
      fc.property(anyRect, fc.integer({ min: 640, max: 1921 }), fc.integer({ min: 480, max: 1081 }), (rect, w, h) => {
        const motion = intersect(rect, { xPx: 0, yPx: 0, widthPx: w, heightPx: h });
        if (!motion) return;
        const area = videoArea(motion, w, h, 32);
        if (!area) return;
        for (const value of Object.values(area)) expect(value % 2).toBe(0);
        expect(contains({ xPx: 0, yPx: 0, widthPx: w, heightPx: h }, area)).toBe(true);
        const evenPart = intersect(motion, { xPx: 0, yPx: 0, widthPx: w - (w % 2), heightPx: h - (h % 2) });
        if (evenPart) expect(contains(area, evenPart)).toBe(true);
      }),
    );
  });

  it('is the whole picture when most of it moves', () => {
    const most = { xPx: 50, yPx: 60, widthPx: 1700, heightPx: 900 };
    expect(videoArea(most, 1920, 1080, 32)).toEqual({ xPx: 0, yPx: 0, widthPx: 1920, heightPx: 1080 });
  });

  it('unites and intersects', () => {
    const one = { xPx: 0, yPx: 0, widthPx: 10, heightPx: 10 };
    const other = { xPx: 5, yPx: 20, widthPx: 10, heightPx: 10 };
    expect(unite(one, other)).toEqual({ xPx: 0, yPx: 0, widthPx: 15, heightPx: 30 });
    expect(intersect(one, other)).toBeNull();
    expect(intersect(one, { ...other, yPx: 5 })).toEqual({ xPx: 5, yPx: 5, widthPx: 5, heightPx: 5 });
  });
});
