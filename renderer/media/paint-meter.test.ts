import { describe, expect, it } from 'vitest';
import { type PaintedUpdate, PaintMeter } from './paint-meter.ts';

const update = (changes: Partial<PaintedUpdate>): PaintedUpdate => ({
  seq: 1,
  codec: 'av1',
  widthPx: 1920,
  heightPx: 1080,
  captureTimeMs: 0,
  stages: null,
  receivedAtMs: 0,
  decodedAtMs: 0,
  decodeMs: 3,
  paintMs: 2,
  exact: false,
  ...changes,
});

describe('PaintMeter', () => {
  it('tells the age on the host clock, and none while the clocks are strangers', () => {
    let nowMs = 1_000_000;
    const meter = new PaintMeter(() => nowMs);
    meter.painted(update({ captureTimeMs: 999_000 }));
    expect(meter.statistics()).toMatchObject({ age: { p50Ms: null, p95Ms: null, samples: 0 } });
    meter.clockOffsetMs = 5000;
    for (let i = 0; i < 20; i++) {
      nowMs += 10;
      meter.painted(update({ seq: i, captureTimeMs: nowMs + 5000 - i, exact: i === 19, codec: 'tiles' }));
    }
    expect(meter.statistics()).toMatchObject({
      age: { p50Ms: 9, p95Ms: 18, samples: 20 },
      exact: true,
      codec: 'tiles',
      framesPerSecond: 21,
      sincePaintMs: 0,
    });
    expect(meter.report(4)).toMatchObject({ seq: 19, ageMs: 19, paintedFrames: 21, queuedFrames: 4 });
  });

  it('says nothing that it does not know', () => {
    const meter = new PaintMeter(() => 5000);
    expect(meter.statistics()).toMatchObject({ codec: null, sincePaintMs: null, age: { p50Ms: null }, exact: false });
    meter.dropped(3);
    expect(meter.report(0)).toEqual({
      seq: 0,
      paintedFrames: 0,
      droppedFrames: 3,
      ageMs: null,
      decodeMs: 0,
      paintMs: 0,
      queuedFrames: 0,
    });
  });
});
