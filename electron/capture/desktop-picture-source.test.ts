import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { CaptureRun, type CaptureRunEvents } from './capture-run.ts';
import { DesktopPictureSource, PICTURE_SOURCE_LIMITS, x11DisplayName } from './desktop-picture-source.ts';

const SOURCE: CaptureSource = {
  id: 'screen:0:0',
  kind: 'display',
  name: '',
  xPx: 0,
  yPx: 0,
  widthPx: 800,
  heightPx: 600,
  scaleFactor: 1,
  primary: true,
  thumbnail: '',
};
const SIZE = { widthPx: 800, heightPx: 600, fullWidthPx: 800, fullHeightPx: 600 };

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A capture page that does nothing by itself. */
async function setUp() {
  const clock = new FakeClock();
  const found = { source: SOURCE as CaptureSource | null };
  const runs: { events: CaptureRunEvents; commands: string[] }[] = [];
  const problems: (string | null)[] = [];
  const sources: CaptureSource[] = [];
  let changed = () => {};
  const pictures = new DesktopPictureSource({
    sources: {
      find: async () => {
        if (!found.source) throw new TarnetError('capture-failed', 'gone');
        return found.source;
      },
      onChanged: (listener) => {
        changed = listener;
        return () => undefined;
      },
    },
    window: {
      open: async () => undefined,
      start: (_start, _timeoutMs, events) => {
        const commands: string[] = [];
        runs.push({ events, commands });
        return new CaptureRun(runs.length, (command) => commands.push(command.kind));
      },
      close: () => undefined,
    },
    x11: null,
    page: { exact: null, pointerPoint: null },
    clock,
    log: silentLog,
  });
  const started = pictures.start(SOURCE.id, {
    onFrame: () => undefined,
    onCursor: () => undefined,
    onSource: (source) => sources.push(source),
    onProblem: (error) => problems.push(error?.reason ?? null),
    mayEncode: () => true,
  });
  await settle();
  runs[0]?.events.onRunning(SIZE);
  await started;
  return { pictures, clock, found, runs, problems, sources, change: () => changed() };
}

describe('pictures of this machine', () => {
  it('begin again by themselves after the capture has failed, and say so meanwhile', async () => {
    const { clock, runs, problems } = await setUp();
    runs[0]?.events.onFailed(new TarnetError('capture-failed', 'the capture page died: crashed'));
    expect(problems).toEqual([null, 'capture-failed']);
    clock.advance(PICTURE_SOURCE_LIMITS.retryMs);
    await settle();
    runs[1]?.events.onRunning(SIZE);
    await settle();
    expect(problems).toEqual([null, 'capture-failed', null]);
  });

  it('wait longer each time while the source is gone, and come back when it does', async () => {
    const { clock, runs, problems, found, change } = await setUp();
    found.source = null;
    change();
    await settle();
    for (const waitMs of [500, 1_000, 2_000]) {
      clock.advance(waitMs - 1);
      await settle();
      const before = problems.length;
      clock.advance(1);
      await settle();
      expect(problems).toHaveLength(before + 1);
    }
    found.source = SOURCE;
    clock.advance(4_000);
    await settle();
    runs.at(-1)?.events.onRunning(SIZE);
    await settle();
    expect(problems.at(-1)).toBe(null);
  });

  it('begin again where a display was resized or moved, and not where another one was', async () => {
    const { runs, found, sources, change } = await setUp();
    change();
    await settle();
    expect(runs).toHaveLength(1);
    found.source = { ...SOURCE, widthPx: 600, heightPx: 800 };
    change();
    await settle();
    runs[1]?.events.onRunning({ widthPx: 600, heightPx: 800, fullWidthPx: 600, fullHeightPx: 800 });
    await settle();
    expect(sources.map(({ widthPx, heightPx }) => [widthPx, heightPx])).toEqual([
      [800, 600],
      [600, 800],
    ]);
  });

  it('look at the source and start afresh for viewers when the machine wakes up', async () => {
    const { pictures, runs, found } = await setUp();
    pictures.wake();
    await settle();
    expect(runs).toHaveLength(1);
    expect(runs[0]?.commands).toContain('key');
    found.source = { ...SOURCE, widthPx: 1024 };
    pictures.wake();
    await settle();
    expect(runs).toHaveLength(2);
    pictures.stop();
    pictures.wake();
    await settle();
    expect(runs).toHaveLength(2);
  });
});

describe('the X display to picture by damage', () => {
  it('is the one of an X session, unless another way is asked for', () => {
    expect(x11DisplayName('linux', { DISPLAY: ':0' })).toBe(':0');
    expect(x11DisplayName('linux', { DISPLAY: ':0', TARNET_CAPTURE: 'page' })).toBe(null);
    expect(x11DisplayName('linux', { DISPLAY: ':0', XDG_SESSION_TYPE: 'wayland' })).toBe(null);
    expect(x11DisplayName('linux', {})).toBe(null);
    expect(x11DisplayName('win32', { DISPLAY: ':0' })).toBe(null);
  });
});
