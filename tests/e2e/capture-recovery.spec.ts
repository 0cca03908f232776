// What breaks while the screen is captured, and comes back by itself: the page, the encoder, the GPU process, the display.
import { resizeScreen } from '../displays/screen-size.ts';
import { findColour } from '../displays/seen-colour.ts';
import type { LaunchedApp } from './app-fixture.ts';
import { expect, test } from './app-fixture.ts';
import { HOST_SIZE, paintPatch, seePatch, showPatch, startSharingHost, startViewer } from './machines.ts';

const BY_PAGE = { env: { TARNET_CAPTURE: 'page' } } as const;
const BLUE = { red: 30, green: 60, blue: 230 };
const RED = { red: 220, green: 30, blue: 20 };
const SEEN = { timeout: 20_000, intervals: [100] };
const ORANGE = { red: 240, green: 140, blue: 10 };

/** Does something to the hidden page that captures; it has to be there. */
async function inCapturePage(host: LaunchedApp, script: string): Promise<void> {
  await host.app.evaluate(async ({ webContents }, code) => {
    const page = webContents.getAllWebContents().find((contents) => contents.getURL().includes('/capture/'));
    if (!page) throw new Error('no capture page');
    if (code === 'crash') page.forcefullyCrashRenderer();
    else await page.executeJavaScript(code);
  }, script);
}

async function killGpuProcess(machine: LaunchedApp): Promise<void> {
  const pid = await machine.app.evaluate(({ app }) => app.getAppMetrics().find(({ type }) => type === 'GPU')?.pid ?? 0);
  expect(pid).toBeGreaterThan(0);
  process.kill(pid, 'SIGKILL');
}

test('a capture page that crashes, then its encoder, then the GPU processes of both sides: the picture comes back', async ({
  launch,
}) => {
  const host = await startSharingHost(launch, 'control', BY_PAGE);
  const viewer = await startViewer(launch, host);
  const patch = await showPatch(host.screen);
  await seePatch(viewer.screen);

  await inCapturePage(host, 'crash');
  await paintPatch(host.screen, patch, BLUE);
  await seePatch(viewer.screen, BLUE);

  // H.264 gives up in mid-stream; a large change needs video
  await inCapturePage(
    host,
    `(() => {
      const { encode, configure } = VideoEncoder.prototype;
      const codecs = new WeakMap();
      VideoEncoder.prototype.configure = function (config) { codecs.set(this, config.codec); configure.call(this, config); };
      VideoEncoder.prototype.encode = function (...values) {
        if (!(codecs.get(this) ?? 'avc1').startsWith('avc1')) { encode.apply(this, values); return; }
        window.failedInTest = true;
        throw new DOMException('injected', 'OperationError');
      };
    })()`,
  );
  const cover = host.screen.openWindow({ x: 0, y: 0, width: 1280, height: 540 }, { colour: ORANGE });
  await paintPatch(host.screen, patch, RED);
  await seePatch(viewer.screen, RED);
  await inCapturePage(host, `if (!window.failedInTest) throw new Error('no encoder was asked')`);
  host.screen.closeWindow(cover);

  await killGpuProcess(host);
  await killGpuProcess(viewer);
  await paintPatch(host.screen, patch, BLUE);
  await seePatch(viewer.screen, BLUE);
});

test('a machine that wakes up shows what is on its screen now', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const viewer = await startViewer(launch, host);
  const patch = await showPatch(host.screen);
  await seePatch(viewer.screen);
  await host.app.evaluate(({ powerMonitor }) => {
    powerMonitor.emit('suspend');
    powerMonitor.emit('resume');
    powerMonitor.emit('lock-screen');
    powerMonitor.emit('unlock-screen');
  });
  await paintPatch(host.screen, patch, BLUE);
  await seePatch(viewer.screen, BLUE);
});

for (const [way, options] of [
  ['by damage', {}],
  ['by the page', BY_PAGE],
] as const)
  test(`a display captured ${way} that is resized and turned stays in the picture`, async ({ launch }) => {
    const host = await startSharingHost(launch, 'control', options);
    const viewer = await startViewer(launch, host);
    const place = { x: 100, y: 60, width: 200, height: 120 };
    host.screen.openWindow(place, { colour: BLUE });
    // one pixel to one pixel, in the middle
    const seen = () => findColour(viewer.screen, BLUE);
    await expect.poll(seen, SEEN).toEqual(place);
    for (const size of [
      { widthPx: 800, heightPx: 600 },
      { widthPx: 600, heightPx: 800 },
    ]) {
      await resizeScreen(host.display, size);
      const left = (HOST_SIZE.widthPx - size.widthPx) / 2;
      const top = (HOST_SIZE.heightPx - size.heightPx) / 2;
      await expect.poll(seen, SEEN).toEqual({ ...place, x: place.x + left, y: place.y + top });
    }
  });
