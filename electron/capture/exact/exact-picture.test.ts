import { describe, expect, it } from 'vitest';
import { UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import type { MediaFrame } from '../../../shared/model/video.ts';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import { TileViewer } from '../../../tests/fakes/tile-viewer.ts';
import { ExactPicture } from './exact-picture.ts';

const WIDTH = 320;
const HEIGHT = 200;
/** Worth some 8 kB a block. */
const SLOW = { ...UNBOUNDED_PICTURE_BUDGET, bitsPerSecond: 1_600_000 };
const WHOLE = { xPx: 0, yPx: 0, widthPx: WIDTH, heightPx: HEIGHT };

/** A screen of blue, green, red and a byte that means nothing, and what a viewer has of it. */
function setUp({ credit = true } = {}) {
  const screen = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let at = 0; at < screen.length; at++) screen[at] = (at * 7919) >> 3;
  const clock = new FakeClock();
  const viewer = new TileViewer();
  viewer.widthPx = WIDTH;
  viewer.heightPx = HEIGHT;
  viewer.rgba = new Uint8Array(screen.length);
  const frames: MediaFrame[] = [];
  const settled: { complete: boolean; changed: boolean }[] = [];
  const picture: ExactPicture = new ExactPicture(WIDTH, HEIGHT, clock, {
    onFrame: (_generation, frame) => {
      frames.push(frame);
      viewer.paint(frame);
      if (credit) picture.addCredit();
    },
    onSettled: (_generation, complete, changed) => settled.push({ complete, changed }),
  });
  const settle = (pointer = { xPx: 0, yPx: 0 }) =>
    picture.settle({
      generation: 1,
      pixels: screen.slice(),
      widthPx: WIDTH,
      heightPx: HEIGHT,
      captureTimeUs: 1,
      captureMs: 1,
      pointer,
    });
  return { clock, screen, viewer, frames, settled, picture, settle };
}

/** Whether the viewer's red, green and blue are the screen's blue, green and red. */
function isExact(screen: Uint8Array, rgba: Uint8Array): boolean {
  for (let at = 0; at < screen.length; at += 4)
    if (screen[at] !== rgba[at + 2] || screen[at + 1] !== rgba[at + 1] || screen[at + 2] !== rgba[at]) return false;
  return true;
}

/** Lets time pass until it is done. */
async function paced(clock: FakeClock, work: Promise<void>): Promise<void> {
  const timer = setInterval(() => clock.advance(50), 1);
  await work;
  clearInterval(timer);
}

describe('an exact picture', () => {
  it('is sent whole at first, and marked exact with its last block only', async () => {
    const { clock, screen, viewer, frames, settled, picture, settle } = setUp();
    picture.setBudget(SLOW);
    await paced(clock, settle());
    expect(isExact(screen, viewer.rgba)).toBe(true);
    expect(frames.length).toBeGreaterThan(3);
    expect(frames.map(({ exact }) => exact)).toEqual([...frames.slice(1).map(() => false), true]);
    expect(settled).toEqual([{ complete: true, changed: true }]);
  });

  it('is not sent again when nothing differs, whatever the meaningless byte holds', async () => {
    const { screen, frames, settled, settle } = setUp();
    await settle();
    const before = frames.length;
    for (let at = 3; at < screen.length; at += 4) screen[at] = 99;
    await settle();
    expect(frames).toHaveLength(before);
    expect(settled.at(-1)).toEqual({ complete: true, changed: false });
  });

  it('sends what differs, and what video has covered although it is the same', async () => {
    const { screen, viewer, frames, picture, settle } = setUp();
    await settle();
    const before = frames.length;
    screen[(50 * WIDTH + 60) * 4] = (screen[(50 * WIDTH + 60) * 4] ?? 0) ^ 1;
    picture.covered([{ xPx: 256, yPx: 128, widthPx: 32, heightPx: 32 }]);
    viewer.rgba.fill(0, (130 * WIDTH + 260) * 4, (130 * WIDTH + 270) * 4);
    await settle();
    expect(isExact(screen, viewer.rgba)).toBe(true);
    expect(frames).toHaveLength(before + 1);
    expect(frames.at(-1)?.data.length).toBeLessThan(32 * 32 * 4 + 200);
  });

  it('begins near the pointer', async () => {
    const { screen, viewer, picture, settle } = setUp({ credit: false });
    picture.setBudget(SLOW);
    void settle({ xPx: 0, yPx: HEIGHT - 1 });
    await expect.poll(() => viewer.bytes).toBeGreaterThan(0);
    const lastRow = screen.subarray((HEIGHT - 1) * WIDTH * 4);
    await expect.poll(() => isExact(lastRow, viewer.rgba.subarray((HEIGHT - 1) * WIDTH * 4))).toBe(true);
    expect(isExact(screen.subarray(0, WIDTH * 4), viewer.rgba.subarray(0, WIDTH * 4))).toBe(false);
  });

  it('is cut short by motion, and the rest follows with the next snapshot', async () => {
    const { clock, screen, viewer, frames, settled, picture, settle } = setUp();
    picture.setBudget(SLOW);
    const first = settle();
    // the budget makes the second block wait
    await expect.poll(() => frames.length).toBe(1);
    picture.cut();
    await first;
    expect(settled).toEqual([{ complete: false, changed: true }]);
    expect(frames.some(({ exact }) => exact)).toBe(false);
    await paced(clock, settle());
    expect(isExact(screen, viewer.rgba)).toBe(true);
    expect(frames.at(-1)?.exact).toBe(true);
  });

  it('goes on with the newest snapshot only', async () => {
    const { screen, viewer, frames, picture, settle } = setUp();
    const first = settle();
    screen.fill(17);
    const second = settle();
    await Promise.all([first, second]);
    expect(isExact(screen, viewer.rgba)).toBe(true);
    expect(frames.filter(({ exact }) => exact)).toHaveLength(1);
    picture.covered([WHOLE]);
  });

  it('in shades of grey is never called exact', async () => {
    const { screen, viewer, frames, picture, settle } = setUp();
    picture.setBudget({ ...UNBOUNDED_PICTURE_BUDGET, greyscale: true });
    await settle();
    expect(frames.some(({ exact }) => exact)).toBe(false);
    const [blue = 0, green = 0, red = 0] = screen;
    const grey = (red * 77 + green * 150 + blue * 29 + 128) >>> 8;
    expect([...viewer.rgba.subarray(0, 3)]).toEqual([grey, grey, grey]);
    picture.setBudget(UNBOUNDED_PICTURE_BUDGET);
    await settle();
    expect(isExact(screen, viewer.rgba)).toBe(true);
    expect(frames.at(-1)?.exact).toBe(true);
  });

  it('refuses a snapshot that is too small', () => {
    const { picture } = setUp();
    const small = {
      generation: 1,
      pixels: new Uint8Array(16),
      widthPx: 2,
      heightPx: 2,
      captureTimeUs: 1,
      captureMs: 1,
    };
    expect(() => picture.settle({ ...small, pointer: { xPx: 0, yPx: 0 } })).toThrow(/snapshot/);
  });
});
