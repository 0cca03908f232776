// Picturing a real X display by damage: what a viewer puts together from the tiles is the screen, pixel by pixel.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CursorUpdate } from '../../electron/capture/picture-source.ts';
import { TILE_STREAM_LIMITS } from '../../electron/capture/tile-stream.ts';
import { X11Capture } from '../../electron/capture/x11/x11-capture.ts';
import { nodeClock as clock } from '../../electron/node-clock.ts';
import { silentLog } from '../../shared/base/log.ts';
import { UNBOUNDED_PICTURE_BUDGET } from '../../shared/model/picture-budget.ts';
import type { TileRect } from '../../shared/model/tiles.ts';
import type { MediaFrame } from '../../shared/model/video.ts';
import { XScreen } from '../displays/x-screen.ts';
import { startXServer, type XServer } from '../displays/x-server.ts';
import { TileViewer } from '../fakes/tile-viewer.ts';

const WIDTH = 1000;
const HEIGHT = 700;
const WHITE = { red: 255, green: 255, blue: 255 };
const WHOLE = { xPx: 0, yPx: 0, widthPx: WIDTH, heightPx: HEIGHT };

let server: XServer;
let screen: XScreen;
beforeAll(async () => {
  server = await startXServer({ widthPx: WIDTH, heightPx: HEIGHT });
  screen = await XScreen.connect(server.display);
});
afterAll(() => {
  screen.close();
  server.stop();
});

/** A host that sends to one viewer over a link that takes everything at once, unless it is told not to. */
class Session {
  readonly frames: MediaFrame[] = [];
  readonly cursors: CursorUpdate[] = [];
  readonly videos: (TileRect | null)[] = [];
  readonly viewer = new TileViewer();
  linkDrains = true;
  capture!: X11Capture;
  #owed = 0;
  #waiting = new Set<() => void>();

  static async start(area: TileRect = WHOLE, videoAllowed = false): Promise<Session> {
    const session = new Session();
    session.capture = await X11Capture.start(server.display, area, clock, silentLog, {
      onFrame: (frame) => session.#take(frame),
      onCursor: (update) => {
        session.cursors.push(update);
        session.#wake();
      },
      onVideo: (wanted) => {
        session.videos.push(wanted);
        session.#wake();
      },
      onGeometry: () => undefined,
      onFailed: (error) => {
        throw error;
      },
    });
    session.capture.allowVideo(videoAllowed);
    return session;
  }

  #take(frame: MediaFrame): void {
    this.frames.push(frame);
    this.viewer.paint(frame);
    this.#owed++;
    if (this.linkDrains) this.drain();
    this.#wake();
  }

  drain(): void {
    for (; this.#owed > 0; this.#owed--) setImmediate(() => this.capture.addCredit());
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Waits until the host says that the viewer's picture is exact, for a picture that shows this. */
  async untilShows(area: TileRect = WHOLE): Promise<void> {
    const wanted = await screenPixels(area);
    await this.until(() => this.viewer.exact && Buffer.compare(this.viewer.rgba, wanted) === 0);
  }
}

/** What the X server says that its screen shows, as RGBA. */
async function screenPixels(area: TileRect): Promise<Uint8Array> {
  await screen.settle();
  const { bytes } = await screen.grab({ x: area.xPx, y: area.yPx, width: area.widthPx, height: area.heightPx });
  const rgba = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 4) {
    rgba[at] = bytes[at + 2]!;
    rgba[at + 1] = bytes[at + 1]!;
    rgba[at + 2] = bytes[at]!;
    rgba[at + 3] = 255;
  }
  return rgba;
}

/** A picture that does not compress away: every pixel its own. */
function noise(width: number, height: number, seed: number) {
  const bytes = Buffer.alloc(width * height * 4);
  let state = seed;
  for (let at = 0; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state >>> 8, at);
  }
  return { width, height, bytes };
}

let session: Session;
let window: number;
beforeEach(async () => {
  window = screen.openWindow({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, { colour: WHITE });
  await screen.settle();
});
afterEach(() => {
  session.capture.close();
  screen.closeWindow(window);
});

describe('exact tiles', () => {
  it('begin with a key frame that stands alone', async () => {
    screen.upload(window, noise(300, 200, 1), 411, 99);
    session = await Session.start();
    await session.untilShows();
    expect(session.frames[0]).toMatchObject({ codec: 'tiles', key: true, configuration: { codecString: 'tiles' } });
    expect(session.frames.slice(1).some((frame) => frame.key)).toBe(false);
  });

  it('follow whatever is drawn', async () => {
    session = await Session.start();
    await session.untilShows();
    screen.fill(window, [{ x: 999, y: 699, width: 1, height: 1 }], { red: 1, green: 2, blue: 3 });
    await session.untilShows();
    screen.drawText(window, 40, 80, 'The quick brown fox', { red: 0, green: 0, blue: 0 }, WHITE);
    await session.untilShows();
    screen.upload(window, noise(777, 333, 7), 31, 65);
    await session.untilShows();
    screen.copy(window, { x: 31, y: 65, width: 500, height: 300 }, window, 60, 300);
    await session.untilShows();
  });

  it('send nothing for drawing that changes nothing', async () => {
    session = await Session.start();
    await session.untilShows();
    const before = session.frames.length;
    screen.fill(window, [{ x: 0, y: 0, width: 500, height: 500 }], WHITE);
    await screen.settle();
    // what comes next comes alone: a pixel
    screen.fill(window, [{ x: 600, y: 600, width: 1, height: 1 }], { red: 9, green: 9, blue: 9 });
    await session.untilShows();
    expect(session.frames).toHaveLength(before + 1);
    expect(session.frames.at(-1)!.data.length).toBeLessThan(32);
  });

  it('cost little for a letter', async () => {
    session = await Session.start();
    await session.untilShows();
    const before = session.viewer.bytes;
    screen.drawText(window, 40, 80, 'a', { red: 0, green: 0, blue: 0 }, WHITE);
    await session.untilShows();
    expect(session.viewer.bytes - before).toBeLessThan(120);
  });

  it('picture a part of the screen in its own coordinates', async () => {
    const area = { xPx: 333, yPx: 111, widthPx: 401, heightPx: 299 };
    session = await Session.start(area);
    await session.untilShows(area);
    screen.upload(window, noise(600, 400, 3), 200, 50);
    await session.untilShows(area);
    expect(session.viewer).toMatchObject({ widthPx: 401, heightPx: 299 });
  });

  it('never queue what is old while the link does not drain', async () => {
    session = await Session.start();
    await session.untilShows();
    session.linkDrains = false;
    const before = session.frames.length;
    for (let step = 1; step <= 40; step++) {
      screen.fill(window, [{ x: step, y: step, width: 50, height: 50 }], { red: step, green: 0, blue: 0 });
      await screen.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(session.frames.length - before).toBeLessThanOrEqual(TILE_STREAM_LIMITS.maxCredits);
    session.linkDrains = true;
    session.drain();
    await session.untilShows();
    expect(session.frames.length - before).toBeLessThanOrEqual(TILE_STREAM_LIMITS.maxCredits + 2);
  });

  it('give a joining viewer a key frame', async () => {
    session = await Session.start();
    await session.untilShows();
    const before = session.frames.length;
    const joined = new TileViewer();
    session.capture.requestKeyFrame();
    await session.until(() => session.frames.length > before && session.frames.at(-1)!.exact);
    for (const frame of session.frames.slice(before)) joined.paint(frame);
    expect(Buffer.compare(joined.rgba, await screenPixels(WHOLE))).toBe(0);
  });
});

describe('video of what moves', () => {
  const moving = { x: 320, y: 160, width: 320, height: 240 };

  /** Draws new noise at 50 a second until the condition holds. */
  async function move(until: () => boolean): Promise<void> {
    for (let seed = 1; !until(); seed++) {
      screen.upload(window, noise(moving.width, moving.height, seed), moving.x, moving.y);
      await screen.settle();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('is asked for its part only, and ends in exact pixels', async () => {
    session = await Session.start(WHOLE, true);
    await session.untilShows();
    await move(() => session.videos.length > 0);
    const area = session.videos[0]!;
    expect(area).toMatchObject({ xPx: 320, yPx: 160, widthPx: 320, heightPx: 256 });
    session.capture.videoRunning();
    const before = session.frames.length;
    let draws = 0;
    await move(() => ++draws > 30);
    expect(session.frames.slice(before).every((frame) => !frame.exact)).toBe(true);

    // tiles go on around it
    screen.drawText(window, 40, 80, 'beside', { red: 0, green: 0, blue: 0 }, WHITE);
    await session.until(() => session.frames.length > before);

    await session.until(() => session.videos.length > 1);
    expect(session.videos[1]).toBeNull();
    // the last video frame has left the part in any state
    session.viewer.rgba.fill(0x77, (200 * WIDTH + 330) * 4, (200 * WIDTH + 600) * 4);
    session.capture.videoEnded();
    await session.untilShows();
  });

  it('that fails leaves everything to tiles', async () => {
    session = await Session.start(WHOLE, true);
    await session.untilShows();
    await move(() => session.videos.length > 0);
    session.capture.videoFailed();
    await session.untilShows();
    let draws = 0;
    await move(() => ++draws > 30);
    await session.untilShows();
    expect(session.videos).toHaveLength(1);
  });
});

describe('a budget', () => {
  const budget = { ...UNBOUNDED_PICTURE_BUDGET, bitsPerSecond: 2_000_000 };

  it('bounds what is sent, block by block, until the picture is exact', async () => {
    session = await Session.start();
    await session.untilShows();
    session.capture.setBudget(budget);
    const before = session.viewer.bytes;
    const frames = session.frames.length;
    const startMs = performance.now();
    screen.upload(window, noise(200, 160, 5), 400, 300);
    await session.untilShows();
    const seconds = (performance.now() - startMs) / 1_000;
    const sent = session.viewer.bytes - before;
    const largest = Math.max(...session.frames.slice(frames).map(({ data }) => data.length));
    expect(sent).toBeGreaterThan(200 * 160 * 3);
    expect(sent).toBeLessThan((budget.bitsPerSecond / 8) * (seconds + 0.1));
    expect((largest * 8_000) / budget.bitsPerSecond).toBeLessThan(80);
  });

  it('has a whole picture that the link takes too long for come as video first, also who joins', async () => {
    session = await Session.start(WHOLE, true);
    await session.untilShows();
    session.capture.setBudget(budget);
    const before = session.frames.length;
    const pixmap = screen.createPixmap(WIDTH, HEIGHT);
    screen.upload(pixmap, noise(WIDTH, HEIGHT, 9));
    screen.copy(pixmap, { x: 0, y: 0, width: WIDTH, height: HEIGHT }, window, 0, 0);
    await session.until(() => session.videos.length > 0);
    expect(session.videos).toEqual([WHOLE]);
    session.capture.requestKeyFrame();
    session.capture.videoRunning();
    await session.until(() => session.videos.length > 1);
    expect(session.frames).toHaveLength(before);
    session.capture.videoFailed();
    await session.until(() => session.frames.slice(before).some(({ key }) => key));
  });

  it('in shades of grey is never called exact', async () => {
    session = await Session.start();
    await session.untilShows();
    session.capture.setBudget({ ...budget, greyscale: true });
    const before = session.frames.length;
    screen.fill(window, [{ x: 10, y: 10, width: 40, height: 40 }], { red: 200, green: 0, blue: 0 });
    await session.until(() => session.frames.length > before);
    expect(session.frames.slice(before).some(({ exact }) => exact)).toBe(false);
    session.capture.setBudget(budget);
    await session.untilShows();
  });
});

describe('the pointer', () => {
  it('is told with its shape, where it is, and not drawn into the picture', async () => {
    session = await Session.start({ xPx: 100, yPx: 50, widthPx: 600, heightPx: 500 });
    await session.until(() => session.cursors.length > 0);
    expect(session.cursors[0]!.shape!.rgba.length).toBe(
      session.cursors[0]!.shape!.widthPx * session.cursors[0]!.shape!.heightPx * 4,
    );
    screen.movePointer(300, 250);
    await session.until(() => session.cursors.at(-1)!.xPx === 200 && session.cursors.at(-1)!.yPx === 200);
    expect(session.cursors.at(-1)).toMatchObject({ visible: true });
    screen.movePointer(20, 20);
    await session.until(() => session.cursors.at(-1)!.xPx === -80);
    expect(session.cursors.at(-1)).toMatchObject({ visible: false, yPx: -30 });
    await session.untilShows({ xPx: 100, yPx: 50, widthPx: 600, heightPx: 500 });
  });
});

describe('starting', () => {
  it('says when there is no such display', async () => {
    session = await Session.start();
    const start = X11Capture.start(':9876', WHOLE, clock, silentLog, {
      onFrame: () => undefined,
      onCursor: () => undefined,
      onVideo: () => undefined,
      onGeometry: () => undefined,
      onFailed: () => undefined,
    });
    await expect(start).rejects.toMatchObject({ reason: 'capture-failed' });
  });

  it('refuses an area outside of the screen', async () => {
    session = await Session.start();
    await expect(Session.start({ xPx: 5000, yPx: 0, widthPx: 100, heightPx: 100 })).rejects.toMatchObject({
      reason: 'capture-failed',
    });
  });
});
