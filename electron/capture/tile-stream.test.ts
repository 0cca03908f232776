import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';
import { decodeTileBlock, type TileRect } from '../../shared/model/tiles.ts';
import { type MediaFrame, VIDEO_LIMITS } from '../../shared/model/video.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { TileViewer } from '../../tests/fakes/tile-viewer.ts';
import { DamageRegion } from './damage-region.ts';
import { nearestOwed } from './settle-order.ts';
import { splitIntoBlocks, TILE_MAKER_LIMITS } from './tile-maker.ts';
import { TilePace } from './tile-pace.ts';
import { TILE_STREAM_LIMITS, TileStream } from './tile-stream.ts';

/** A screen that tests draw on, read as an X server's. */
class Screen {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint32Array;

  constructor(widthPx: number, heightPx: number) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.pixels = new Uint32Array(widthPx * heightPx);
  }

  fill({ xPx, yPx, widthPx, heightPx }: TileRect, pixel: (x: number, y: number) => number): void {
    for (let y = yPx; y < yPx + heightPx; y++)
      for (let x = xPx; x < xPx + widthPx; x++) this.pixels[y * this.widthPx + x] = pixel(x, y);
  }

  grab(rects: readonly TileRect[]): Uint32Array {
    const parts = rects.flatMap(({ xPx, yPx, widthPx, heightPx }) =>
      Array.from({ length: heightPx }, (_, y) =>
        this.pixels.subarray((yPx + y) * this.widthPx + xPx, (yPx + y) * this.widthPx + xPx + widthPx),
      ),
    );
    const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  rgba(): Uint8Array {
    const out = new Uint8Array(this.pixels.length * 4);
    for (const [at, pixel] of this.pixels.entries())
      out.set([(pixel >>> 16) & 255, (pixel >>> 8) & 255, pixel & 255, 255], at * 4);
    return out;
  }
}

/** Every so many of a large array. */
function sample(values: Uint8Array): number[] {
  return Array.from({ length: Math.floor(values.length / 101) }, (_, at) => values[at * 101] ?? 0);
}

function setUp(widthPx: number, heightPx: number) {
  const screen = new Screen(widthPx, heightPx);
  const viewer = new TileViewer();
  const frames: MediaFrame[] = [];
  const clock = new FakeClock();
  const pace = new TilePace(clock);
  const stream: TileStream = new TileStream(widthPx, heightPx, clock, pace, (frame) => {
    frames.push(frame);
    viewer.paint(frame);
  });
  const whole = { xPx: 0, yPx: 0, widthPx, heightPx };
  const send = (rects: TileRect[], key = false, settling = false) =>
    stream.deliver(
      stream.prepare({ rects, pixels: screen.grab(rects), captureTimeUs: 1, captureMs: 2, key, movable: true }),
      () => stream.owed.isEmpty,
      settling,
    );
  const sendAndCredit = async (rects: TileRect[], key = false, settling = false) => {
    const sending = send(rects, key, settling);
    const sent = { done: false };
    const done = sending.then(() => {
      sent.done = true;
    });
    while (!sent.done) {
      stream.addCredit();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
  };
  return { screen, viewer, frames, clock, pace, stream, whole, send, sendAndCredit };
}

describe('a tile stream', () => {
  it('gives the viewer every pixel of any sequence of changes', async () => {
    const width = 200;
    const height = 150;
    const change = fc.record({
      xPx: fc.nat(width - 1),
      yPx: fc.nat(height - 1),
      widthPx: fc.integer({ min: 1, max: width }),
      heightPx: fc.integer({ min: 1, max: height }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (steps) => {
        const { screen, viewer, whole, sendAndCredit } = setUp(width, height);
        await sendAndCredit([whole], true);
        for (const changes of steps) {
          const damage = new DamageRegion(width, height);
          for (const { seed, ...rect } of changes) {
            const cut = {
              ...rect,
              widthPx: Math.min(rect.widthPx, width - rect.xPx),
              heightPx: Math.min(rect.heightPx, height - rect.yPx),
            };
            screen.fill(cut, (x, y) => Math.imul(seed + (x >> (seed & 3)) * 7 + y, 2_654_435_761) >>> 0);
            damage.add(cut);
          }
          await sendAndCredit(damage.rects());
          expect(Buffer.compare(viewer.rgba, screen.rgba())).toBe(0);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('ignores the byte that is no colour', async () => {
    const { screen, frames, whole, sendAndCredit } = setUp(64, 64);
    await sendAndCredit([whole], true);
    const before = frames.length;
    screen.fill(whole, () => 0xff00_0000);
    await sendAndCredit([whole]);
    expect(frames).toHaveLength(before);
  });

  it('moves what was scrolled, whichever way, beside what was not', async () => {
    const { screen, viewer, frames, whole, sendAndCredit } = setUp(640, 480);
    const page = (x: number, y: number) => Math.imul((x >> 3) * 131 + (y >> 1) * 7919, 2_654_435_761) >>> 0;
    const side = { xPx: 608, yPx: 0, widthPx: 32, heightPx: 480 };
    await sendAndCredit([whole], true);
    let offset = 500;
    screen.fill(whole, (x, y) => page(x, y + offset));
    await sendAndCredit([whole]);
    for (const step of [7, 90, -33, 1, -200, 64]) {
      offset += step;
      screen.fill(whole, (x, y) => page(x, y + offset));
      screen.fill(side, (x, y) => page(x, y * 3));
      screen.fill({ xPx: 100, yPx: 200, widthPx: 5, heightPx: 5 }, () => offset);
      const before = viewer.bytes;
      await sendAndCredit([whole]);
      expect(Buffer.compare(viewer.rgba, screen.rgba())).toBe(0);
      const last = frames.at(-1);
      expect(last && decodeTileBlock(last.data, 640, 480).moves?.length).toBeGreaterThan(0);
      if (Math.abs(step) < 10) expect(viewer.bytes - before).toBeLessThan(20_000);
    }
  });

  it('sends a large picture in blocks that fit, the first of them the key', async () => {
    const { screen, frames, whole, sendAndCredit } = setUp(1600, 1200);
    screen.fill(whole, (x, y) => Math.imul(x * 31 + y * 17 + 1, 2_654_435_761) >>> 0);
    await sendAndCredit([whole], true, true);
    expect(frames.length).toBeGreaterThan(1);
    expect(frames.map((frame) => frame.key)).toEqual(frames.map((_, index) => index === 0));
    expect(frames.map((frame) => frame.exact)).toEqual(frames.map((_, index) => index === frames.length - 1));
    for (const frame of frames) expect(frame.data.length).toBeLessThanOrEqual(VIDEO_LIMITS.maxFrameBytes);
  });

  it('gives up a picture that the link does not take, and owes what is left of it', async () => {
    const { screen, viewer, frames, clock, stream, whole, send, sendAndCredit } = setUp(1600, 1200);
    screen.fill(whole, (x, y) => x * 256 + y);
    // the link has answered before
    for (let answer = 1; answer < TILE_STREAM_LIMITS.maxCredits; answer++) stream.addCredit();
    const sending = send([whole], true);
    while (frames.length < TILE_STREAM_LIMITS.maxCredits || clock.pending === 0)
      await new Promise((resolve) => setImmediate(resolve));
    clock.advance(TILE_STREAM_LIMITS.maxStallMs);
    await sending;
    expect(frames).toHaveLength(TILE_STREAM_LIMITS.maxCredits);
    expect(stream.owed.isEmpty).toBe(false);
    // nothing has changed on the screen since, and yet it has to go
    await sendAndCredit(stream.owed.rects(), false, true);
    expect(Buffer.compare(viewer.rgba, screen.rgba())).toBe(0);
  });

  it('shows a photograph that takes long coarse first, text at once as it is, and owes what is not exact', async () => {
    const { screen, viewer, frames, stream, whole, sendAndCredit } = setUp(1600, 1200);
    const text = { xPx: 0, yPx: 0, widthPx: 800, heightPx: 1200 };
    const photo = (x: number, y: number) => {
      const grain = (Math.imul(x * 31 + y * 17 + 1, 2_654_435_761) >>> 28) & 15;
      return (((x >> 3) + grain) << 16) | (((y >> 4) + grain) << 8) | grain;
    };
    screen.fill(whole, photo);
    screen.fill(text, (x, y) => ((x * y) % 11 < 2 ? 0 : 0xff_ffff));
    await sendAndCredit([whole], true);
    expect(frames.some(({ exact }) => exact)).toBe(false);
    const bytes = viewer.bytes;
    const wanted = screen.rgba();
    const errors = viewer.rgba.map((value, at) => Math.abs(value - (wanted[at] ?? 0)));
    expect(Math.max(...sample(errors))).toBeLessThan(16);
    for (const rect of stream.owed.rects()) expect(rect.xPx).toBeGreaterThanOrEqual(768);
    await sendAndCredit(stream.owed.rects(), false, true);
    expect(frames.at(-1)?.exact).toBe(true);
    expect(viewer.bytes - bytes).toBeGreaterThan(bytes);
    expect(Buffer.compare(viewer.rgba, wanted)).toBe(0);
  });

  it('sends small blocks over a slow link, gives up what is old, and gets there in the end', async () => {
    const { screen, viewer, frames, clock, pace, stream, whole, send } = setUp(640, 480);
    pace.setBudget({ ...UNBOUNDED_PICTURE_BUDGET, bitsPerSecond: 4_000_000 });
    screen.fill(whole, (x, y) => Math.imul(x * 31 + y * 17 + 1, 2_654_435_761) >>> 0);
    const until = async (sending: Promise<unknown>) => {
      const state = { done: false };
      const done = sending.finally(() => {
        state.done = true;
      });
      while (!state.done) {
        clock.advance(1);
        stream.addCredit();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await done;
    };
    await until(send([whole], true));
    expect(frames[0]?.key).toBe(true);
    expect(frames.length).toBeGreaterThan(1);
    expect(stream.owed.isEmpty).toBe(false);
    for (const frame of frames) expect(frame.data.length).toBeLessThan(pace.blockBytes * 1.5);
    for (let rounds = 0; !stream.owed.isEmpty; rounds++) {
      expect(rounds).toBeLessThan(1_000);
      clock.advance(pace.waitMs);
      const rects = nearestOwed(stream.owed, null, { xPx: 300, yPx: 200 }, stream.blockPixels);
      const owedBefore = stream.owed.pixelCount;
      await until(send(rects, false, true));
      expect(stream.owed.pixelCount).toBeLessThan(owedBefore);
    }
    expect(Buffer.compare(viewer.rgba, screen.rgba())).toBe(0);
  });

  it('settles an even screen in few blocks over a slow link, whatever was sent before it', async () => {
    const { screen, clock, pace, stream, whole, frames, send, sendAndCredit } = setUp(1280, 800);
    await sendAndCredit([whole], true);
    stream.owed.addAll();
    pace.setBudget({ ...UNBOUNDED_PICTURE_BUDGET, bitsPerSecond: 512_000 });
    const settle = async () => {
      let rounds = 0;
      for (; !stream.owed.isEmpty; rounds++) {
        clock.advance(pace.waitMs);
        stream.addCredit();
        const sending = send(nearestOwed(stream.owed, null, { xPx: 0, yPx: 0 }, stream.blockPixels), false, true);
        const state = { done: false };
        const done = sending.finally(() => {
          state.done = true;
        });
        while (!state.done) {
          clock.advance(1);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await done;
      }
      return rounds;
    };
    screen.fill({ ...whole, heightPx: 64 }, (x, y) => Math.imul(x * 31 + y * 17 + 1, 2_654_435_761) >>> 0);
    const before = frames.length;
    expect(await settle()).toBeLessThan(300);
    const even = frames.slice(before).filter(({ data }) => data.length < 1_000);
    expect(even.length).toBeLessThan(100);
  });

  it('begins with a preview while nothing is known of the link, and with one picture until that is answered', async () => {
    const { screen, viewer, frames, stream, whole, clock, pace, sendAndCredit } = setUp(1280, 800);
    screen.fill(whole, (x, y) => (x >> 3) * 0x1_0101 + (((x * 31 + y * 17) % 13) << (y & 3)));
    const prepare = (key: boolean) =>
      stream.prepare({
        rects: [whole],
        pixels: screen.grab([whole]),
        captureTimeUs: 1,
        captureMs: 2,
        key,
        movable: true,
      });
    const prepared = prepare(true);
    expect(prepared.bytes).toBeGreaterThan(TILE_STREAM_LIMITS.previewFromBytes);
    expect(stream.wantsPreview(prepared)).toBe(true);
    await stream.preview(prepared);
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({ key: true, exact: false });
    expect(frames[0]?.data.length).toBeLessThan(prepared.bytes / 8);
    const wanted = screen.rgba();
    expect(Math.max(...sample(viewer.rgba.map((value, at) => Math.abs(value - (wanted[at] ?? 0)))))).toBeLessThan(110);
    expect([stream.hasCredit, stream.keyWanted, stream.owed.isEmpty]).toEqual([false, false, false]);
    // who joins later must not make the others see it again
    const again = prepare(true);
    expect(stream.wantsPreview(again)).toBe(false);
    stream.giveUp(again);
    await sendAndCredit([whole], false, true);
    expect(Buffer.compare(viewer.rgba, wanted)).toBe(0);

    const known = new TileStream(1280, 800, clock, pace, () => undefined);
    pace.setBudget({ ...UNBOUNDED_PICTURE_BUDGET, bitsPerSecond: 512_000 });
    expect(known.wantsPreview(prepared)).toBe(false);
  });

  it('sends shades of grey where that is wanted, which are not exact, and colours again after', async () => {
    const { screen, viewer, frames, stream, whole, sendAndCredit } = setUp(64, 64);
    screen.fill(whole, (x, y) => (x << 16) | (y << 8) | 200);
    stream.setGrey(true);
    await sendAndCredit([whole], true);
    expect(frames.at(-1)?.exact).toBe(false);
    for (let at = 0; at < viewer.rgba.length; at += 4)
      expect([viewer.rgba[at + 1], viewer.rgba[at + 2]]).toEqual([viewer.rgba[at], viewer.rgba[at]]);
    stream.setGrey(false);
    await sendAndCredit(stream.owed.rects());
    expect(frames.at(-1)?.exact).toBe(true);
    expect(Buffer.compare(viewer.rgba, screen.rgba())).toBe(0);
  });

  it('sends again what it is told to owe', async () => {
    const { viewer, screen, stream, whole, sendAndCredit } = setUp(320, 200);
    screen.fill(whole, (x, y) => x * y);
    await sendAndCredit([whole], true);
    viewer.rgba.fill(9, 0, 320 * 4 * 40);
    stream.owed.add({ xPx: 0, yPx: 0, widthPx: 320, heightPx: 40 });
    await sendAndCredit(stream.owed.rects());
    expect(Buffer.compare(viewer.rgba, screen.rgba())).toBe(0);
  });
});

describe('splitting into blocks', () => {
  it('makes blocks that fit into a frame even when nothing compresses', () => {
    expect(TILE_MAKER_LIMITS.maxBlockPixels * 4 * 1.01).toBeLessThan(VIDEO_LIMITS.maxFrameBytes);
  });

  it('loses nothing and passes no limit', () => {
    const rect = fc.record({
      xPx: fc.nat(4000),
      yPx: fc.nat(2000),
      widthPx: fc.integer({ min: 1, max: 3840 }),
      heightPx: fc.integer({ min: 1, max: 2160 }),
    });
    fc.assert(
      fc.property(fc.array(rect, { maxLength: 20 }), (rects) => {
        const area = (list: readonly TileRect[]) => list.reduce((sum, each) => sum + each.widthPx * each.heightPx, 0);
        const blocks = splitIntoBlocks(rects);
        expect(area(blocks.flat())).toBe(area(rects));
        for (const block of blocks) expect(area(block)).toBeLessThanOrEqual(TILE_MAKER_LIMITS.maxBlockPixels);
      }),
    );
  });
});
