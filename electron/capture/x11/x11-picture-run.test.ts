import { describe, expect, it } from 'vitest';
import type { TarnetError } from '../../../shared/base/errors.ts';
import { silentLog } from '../../../shared/base/log.ts';
import type { PictureBudget } from '../../../shared/model/picture-budget.ts';
import type { TileRect } from '../../../shared/model/tiles.ts';
import type { MediaFrame } from '../../../shared/model/video.ts';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import { CaptureRun, type CaptureRunEvents } from '../capture-run.ts';
import type { CursorUpdate } from '../picture-source.ts';
import type { CaptureProcess } from './x11-capture-client.ts';
import type { X11Command, X11Report } from './x11-messages.ts';
import { X11_PICTURE_LIMITS, X11PictureRun } from './x11-picture-run.ts';

const AREA = { xPx: 0, yPx: 0, widthPx: 800, heightPx: 600 };
const PART = { xPx: 320, yPx: 160, widthPx: 320, heightPx: 256 };
const SOURCE = {
  ...AREA,
  id: 'screen:0:0',
  kind: 'display',
  name: '',
  scaleFactor: 1,
  primary: true,
  thumbnail: '',
} as const;

const tiles = (key: boolean): MediaFrame => ({
  codec: 'tiles',
  key,
  discardable: false,
  configuration: key ? { codecString: 'tiles' } : null,
  captureTimeUs: 1,
  durationUs: 0,
  widthPx: 800,
  heightPx: 600,
  layer: 0,
  exact: false,
  data: Uint8Array.of(1),
});
const video = (configured: boolean, placement: TileRect | null): MediaFrame => ({
  ...tiles(false),
  codec: 'h264',
  key: configured && placement === null,
  configuration: configured ? { codecString: 'avc1.42e01f' } : null,
  ...(placement ? { placement } : {}),
});

/** A capture process and a capture page that do nothing by themselves. */
async function setUp({ decoders = ['h264'] as const } = {}) {
  const clock = new FakeClock();
  const commands: X11Command[] = [];
  const listeners = {
    message: (_: unknown): void => undefined,
    spawn: (): void => undefined,
    exit: (_: number): void => undefined,
  };
  const killed = { times: 0 };
  const process: CaptureProcess = {
    postMessage: (command) => commands.push(command),
    on: (event: 'message' | 'spawn' | 'exit', listener: never) => {
      listeners[event] = listener;
    },
    kill: () => {
      killed.times++;
      return true;
    },
  };
  const page = {
    starts: [] as { area: TileRect | null; whole: boolean; codecs: string[] }[],
    events: null as CaptureRunEvents | null,
    commands: [] as string[],
    budgets: [] as PictureBudget[],
    closed: false,
  };
  const window = {
    open: async () => undefined,
    start: (
      start: { area: TileRect | null; whole: boolean; codecs: string[] },
      _timeoutMs: number,
      events: CaptureRunEvents,
    ) => {
      page.starts.push({ area: start.area, whole: start.whole, codecs: start.codecs });
      page.events = events;
      return new CaptureRun(page.starts.length, (command) => {
        page.commands.push(command.kind);
        if (command.kind === 'budget') page.budgets.push(command.budget);
      });
    },
    close: () => {
      page.closed = true;
    },
  };
  const frames: MediaFrame[] = [];
  const cursors: CursorUpdate[] = [];
  const failures: TarnetError[] = [];
  const link = { drained: true };
  const run = new X11PictureRun(
    SOURCE,
    decoders,
    { display: ':0', fork: () => process, window, clock, log: silentLog },
    {
      onFrame: (frame) => frames.push(frame),
      onCursor: (update) => cursors.push(update),
      mayEncode: () => link.drained,
      onGeometry: () => undefined,
      onFailed: (error) => failures.push(error),
    },
  );
  const hear = (report: X11Report) => listeners.message(report);
  hear({ kind: 'started', area: AREA });
  await run.started;
  const kinds = () => commands.map(({ kind }) => kind);
  const startVideo = async (area: TileRect) => {
    hear({ kind: 'video', area });
    await new Promise((resolve) => setImmediate(resolve));
    page.events?.onRunning({ widthPx: 800, heightPx: 600, fullWidthPx: 800, fullHeightPx: 600 });
  };
  return { killed, run, clock, commands, kinds, hear, listeners, page, frames, cursors, failures, link, startVideo };
}

describe('an X11 picture run', () => {
  it('ends a process that starts only after it was given up', async () => {
    const { run, listeners, killed } = await setUp();
    run.stop();
    const before = killed.times;
    listeners.spawn();
    expect(killed.times).toBe(before + 1);
  });

  it('answers each block of tiles with a credit once the link has drained', async () => {
    const { hear, kinds, link, clock, frames } = await setUp();
    hear({ kind: 'frame', frame: tiles(true) });
    link.drained = false;
    hear({ kind: 'frame', frame: tiles(false) });
    clock.advance(1_000);
    expect(kinds().filter((kind) => kind === 'credit')).toHaveLength(1);
    link.drained = true;
    clock.advance(10);
    expect(kinds().filter((kind) => kind === 'credit')).toHaveLength(2);
    expect(frames).toHaveLength(2);
  });

  it('has the moving part captured, tells when it runs and when it has ended', async () => {
    const { hear, kinds, page, frames, startVideo } = await setUp();
    await startVideo(PART);
    expect(page.starts).toEqual([{ area: PART, whole: false, codecs: ['h264'] }]);
    expect(kinds().at(-1)).toBe('video-running');
    page.events?.onFrame(video(true, PART));
    page.events?.onFrame(video(false, PART));
    expect(page.commands).toEqual(['budget', 'credit', 'credit']);
    hear({ kind: 'video', area: null });
    expect(page.commands.at(-1)).toBe('stop');
    expect(kinds().at(-1)).toBe('video-running');
    page.events?.onEnded();
    expect(kinds().at(-1)).toBe('video-ended');
    expect(frames).toHaveLength(2);
  });

  it('captures everything where everything moves', async () => {
    const { page, startVideo } = await setUp();
    await startVideo(AREA);
    expect(page.starts[0]).toMatchObject({ area: AREA, whole: true });
  });

  it('holds partial video back from who joins until tiles and a configuration have gone', async () => {
    const { run, hear, page, frames, startVideo } = await setUp();
    await startVideo(PART);
    page.events?.onFrame(video(true, PART));
    run.requestKeyFrame();
    const before = frames.length;
    page.events?.onFrame(video(false, PART));
    expect(frames).toHaveLength(before);
    hear({ kind: 'frame', frame: tiles(true) });
    expect(page.commands.at(-1)).toBe('key');
    page.events?.onFrame(video(false, PART));
    page.events?.onFrame(video(true, PART));
    page.events?.onFrame(video(false, PART));
    expect(frames.slice(before).map(({ codec, configuration }) => [codec, configuration !== null])).toEqual([
      ['tiles', true],
      ['h264', true],
      ['h264', false],
    ]);
  });

  it('shares the budget between tiles and video, also of a video that starts later', async () => {
    const { run, commands, page, startVideo } = await setUp();
    const budget = { bitsPerSecond: 2_000_000, framesPerSecond: 20, mode: 'smooth', greyscale: true } as const;
    run.setBudget(budget);
    expect(commands.at(-1)).toEqual({ kind: 'budget', budget });
    await startVideo(PART);
    expect(page.budgets.at(-1)).toEqual({ ...budget, bitsPerSecond: 1_500_000 });
    run.setBudget({ ...budget, bitsPerSecond: 1_000_000 });
    expect(page.budgets.at(-1)).toEqual({ ...budget, bitsPerSecond: 750_000 });
  });

  it('asks whole video for a key frame at once', async () => {
    const { run, page, startVideo } = await setUp();
    await startVideo(AREA);
    run.requestKeyFrame();
    expect(page.commands.at(-1)).toBe('key');
  });

  it('hides the pointer where the video shows it', async () => {
    const { hear, cursors, page, startVideo } = await setUp();
    hear({ kind: 'cursor', update: { xPx: 400, yPx: 200, visible: true, shape: null } });
    await startVideo(PART);
    expect(cursors.at(-1)).toMatchObject({ visible: false });
    hear({ kind: 'cursor', update: { xPx: 10, yPx: 10, visible: true, shape: null } });
    expect(cursors.at(-1)).toMatchObject({ visible: true });
    hear({ kind: 'cursor', update: { xPx: 330, yPx: 170, visible: true, shape: null } });
    page.events?.onEnded();
    expect(cursors.at(-1)).toMatchObject({ xPx: 330, visible: true });
  });

  it('goes on without video when that fails, and tries again a few times', async () => {
    const { hear, clock, commands, page, startVideo, failures } = await setUp();
    for (let failure = 0; failure < X11_PICTURE_LIMITS.maxVideoFailures + 3; failure++) {
      await startVideo(PART);
      page.events?.onRunning({ widthPx: 123, heightPx: 45, fullWidthPx: 123, fullHeightPx: 45 });
      clock.advance(X11_PICTURE_LIMITS.videoRetryMs);
    }
    const allowed = commands.filter((command) => command.kind === 'video-allowed' && command.allowed);
    expect(allowed).toHaveLength(1 + X11_PICTURE_LIMITS.maxVideoFailures);
    expect(failures).toEqual([]);
    hear({ kind: 'frame', frame: tiles(false) });
  });

  it('starts the video again with what every viewer decodes', async () => {
    const { run, page, startVideo } = await setUp();
    await startVideo(PART);
    run.setDecoders(['h264']);
    expect(page.starts).toHaveLength(1);
    run.setDecoders(['vp8']);
    expect(page.starts.map(({ codecs }) => codecs)).toEqual([['h264'], ['vp8']]);
  });

  it.each([
    ['ends', (set: Awaited<ReturnType<typeof setUp>>) => set.listeners.exit(1), 'capture-failed'],
    [
      'fails',
      (set: Awaited<ReturnType<typeof setUp>>) => set.hear({ kind: 'failed', reason: 'capture-failed', message: 'x' }),
      'capture-failed',
    ],
    [
      'talks nonsense',
      (set: Awaited<ReturnType<typeof setUp>>) => set.listeners.message({ kind: 'frame', frame: { data: 'x' } }),
      'malformed',
    ],
  ])('fails once when its process %s', async (_, happen, reason) => {
    const set = await setUp();
    happen(set);
    happen(set);
    expect(set.failures).toMatchObject([{ reason }]);
    expect(set.page.closed).toBe(true);
  });
});
