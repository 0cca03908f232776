import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../shared/base/log.ts';
import { encodeTileBlock } from '../../../shared/model/tiles.ts';
import type { MediaFrame } from '../../../shared/model/video.ts';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import type { ExactCommand, ExactReport } from './exact-messages.ts';
import { EXACT_PHASES, nextExactPhase } from './exact-phase.ts';
import { EXACT_PIXELS_LIMITS, ExactPixels } from './exact-pixels.ts';

const SIZE = { widthPx: 64, heightPx: 32, fullWidthPx: 65, fullHeightPx: 32 };
const RECT = { xPx: 0, yPx: 0, widthPx: 32, heightPx: 32 };
const FRAME: MediaFrame = {
  codec: 'tiles',
  key: false,
  discardable: false,
  configuration: null,
  captureTimeUs: 1,
  durationUs: 0,
  widthPx: 64,
  heightPx: 32,
  layer: 0,
  exact: true,
  data: encodeTileBlock({ rects: [RECT], pixels: { coding: 'deltas', deflated: true, data: Uint8Array.of(1) } }),
};

/** A worker that does nothing by itself, and snapshots that come when the test says so. */
function setUp() {
  const clock = new FakeClock();
  const commands: ExactCommand[] = [];
  const frames: MediaFrame[] = [];
  let hear: (message: unknown) => void = () => undefined;
  let ended = false;
  const asked: { size: { widthPx: number; heightPx: number }; give: (fail?: Error) => Promise<void> }[] = [];
  const pixels = new ExactPixels({
    source: { id: 'screen:0:0', kind: 'display' },
    worker: {
      postMessage: (command) => void commands.push(command),
      on: (event: 'message' | 'error', listener: (value: never) => void) => {
        if (event === 'message') hear = listener as (message: unknown) => void;
      },
      terminate: () => {
        ended = true;
      },
    },
    take: (_source, size) =>
      new Promise((resolve, reject) =>
        asked.push({
          size,
          give: async (failure) => {
            if (failure) reject(failure);
            else resolve({ ...size, pixels: new Uint8Array(size.widthPx * size.heightPx * 4) });
            await new Promise((done) => setImmediate(done));
          },
        }),
      ),
    clock,
    log: silentLog,
    onFrame: (frame) => void frames.push(frame),
    pointer: () => ({ xPx: 3, yPx: 4 }),
  });
  pixels.start(SIZE);
  const report = (message: ExactReport) => hear(message);
  const snapshots = () => commands.flatMap((command) => (command.kind === 'snapshot' ? [command] : []));
  const kinds = () => commands.map(({ kind }) => kind);
  return {
    clock,
    commands,
    kinds,
    frames,
    pixels,
    asked,
    report,
    hear: (m: unknown) => hear(m),
    snapshots,
    isEnded: () => ended,
  };
}

describe('exact pixels', () => {
  it('takes a snapshot of the whole source when the picture is still, and sends what comes of it', async () => {
    const { pixels, clock, asked, snapshots, report, frames } = setUp();
    pixels.setStill(true);
    clock.advance(1);
    expect(asked.map(({ size }) => size)).toEqual([{ widthPx: 65, heightPx: 32 }]);
    await asked[0]?.give();
    const { generation, pointer } = snapshots()[0]!;
    expect(pointer).toEqual({ xPx: 3, yPx: 4 });
    report({ kind: 'frame', generation, frame: FRAME });
    expect(frames).toEqual([FRAME]);
  });

  it('throws away a snapshot that motion has overtaken', async () => {
    const { pixels, clock, asked, snapshots, kinds } = setUp();
    pixels.setStill(true);
    clock.advance(1);
    pixels.setStill(false);
    await asked[0]?.give();
    expect(snapshots()).toEqual([]);
    expect(kinds().at(-1)).toBe('cut');
  });

  it('keeps back what was made before motion, and owes it', async () => {
    const { pixels, clock, asked, snapshots, report, frames, commands } = setUp();
    pixels.setStill(true);
    clock.advance(1);
    await asked[0]?.give();
    const generation = snapshots()[0]?.generation ?? -1;
    pixels.setStill(false);
    report({ kind: 'frame', generation, frame: FRAME });
    expect(frames).toEqual([]);
    expect(commands.slice(-2)).toEqual([{ kind: 'covered', rects: [RECT] }, { kind: 'credit' }]);
  });

  it('looks again at once after it was cut short, and ever more seldom while nothing changes', async () => {
    const { pixels, clock, asked, snapshots, report } = setUp();
    pixels.setStill(true);
    clock.advance(1);
    await asked[0]?.give();
    const generation = snapshots()[0]?.generation ?? -1;
    report({ kind: 'settled', generation, complete: false, changed: true });
    clock.advance(EXACT_PIXELS_LIMITS.minRestMs);
    expect(asked).toHaveLength(2);
    const waits: number[] = [];
    for (let index = 1; index < 6; index++) {
      await asked[index]?.give();
      report({ kind: 'settled', generation, complete: true, changed: false });
      let waited = 0;
      for (; asked.length === index + 1; waited += 100) clock.advance(100);
      waits.push(waited);
    }
    expect(waits).toEqual([2_000, 8_000, 30_000, 30_000, 30_000]);
  });

  it('tells the worker what video covers', () => {
    const { pixels, commands } = setUp();
    const placement = { xPx: 32, yPx: 0, widthPx: 32, heightPx: 32 };
    pixels.covered({ ...FRAME, codec: 'h264', placement });
    pixels.covered({ ...FRAME, codec: 'h264' });
    expect(commands.slice(-2)).toEqual([
      { kind: 'covered', rects: [placement] },
      { kind: 'covered', rects: [{ xPx: 0, yPx: 0, widthPx: 64, heightPx: 32 }] },
    ]);
  });

  it('tries again after a snapshot that failed, and no more once it was stopped', async () => {
    const { pixels, clock, asked, isEnded } = setUp();
    pixels.setStill(true);
    clock.advance(1);
    await asked[0]?.give(new Error('no'));
    clock.advance(EXACT_PIXELS_LIMITS.maxFailureMs);
    expect(asked).toHaveLength(2);
    pixels.stop();
    await asked[1]?.give();
    clock.advance(60_000);
    expect(asked).toHaveLength(2);
    expect(isEnded()).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('gives up a worker that says nonsense', () => {
    const { hear, isEnded } = setUp();
    hear({ kind: 'frame', frame: 'none' });
    expect(isEnded()).toBe(true);
  });
});

describe('the phases of exact pixels', () => {
  it('know one way round, end from anywhere, and nothing else', () => {
    expect(nextExactPhase('moving', 'still')).toBe('waiting');
    expect(nextExactPhase('waiting', 'snapshot')).toBe('snapping');
    expect(nextExactPhase('snapping', 'taken')).toBe('settling');
    expect(nextExactPhase('settling', 'settled')).toBe('waiting');
    expect(nextExactPhase('snapping', 'failed')).toBe('waiting');
    for (const phase of EXACT_PHASES.filter((each) => each !== 'stopped' && each !== 'moving'))
      expect(nextExactPhase(phase, 'moves')).toBe('moving');
    for (const phase of EXACT_PHASES.filter((each) => each !== 'stopped'))
      expect(nextExactPhase(phase, 'stop')).toBe('stopped');
    expect(() => nextExactPhase('stopped', 'still')).toThrow();
    expect(() => nextExactPhase('moving', 'taken')).toThrow();
  });
});
