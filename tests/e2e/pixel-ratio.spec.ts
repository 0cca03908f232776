// A viewer's display with more pixels to the inch: one pixel of the host is still one pixel there, and the same one.
import type { XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import { HOST_SIZE, seePatch, showPatch, startSharingHost, startViewer } from './machines.ts';

const SOON = { timeout: 15_000, intervals: [200] };
const WHOLE = { x: 0, y: 0, width: HOST_SIZE.widthPx, height: HOST_SIZE.heightPx };
const COLOUR = 0xff_ff_ff;

async function pixelsThatDiffer(one: XScreen, other: XScreen): Promise<number> {
  const [{ bytes }, { bytes: others }] = await Promise.all([one.grab(WHOLE), other.grab(WHOLE)]);
  let count = 0;
  for (let at = 0; at < bytes.length; at += 4)
    if ((bytes.readUInt32LE(at) & COLOUR) !== (others.readUInt32LE(at) & COLOUR)) count++;
  return count;
}

for (const ratio of [1.5, 2])
  test(`pixel for pixel with ${ratio} device pixels to a CSS pixel`, async ({ launch }) => {
    const host = await startSharingHost(launch);
    const viewer = await startViewer(launch, host, { args: [`--force-device-scale-factor=${ratio}`] });
    host.screen.movePointer(640, 300);
    const window = await showPatch(host.screen);
    for (let line = 0; line < 6; line++)
      host.screen.drawText(
        window,
        5,
        20 + 22 * line,
        'sharp to the pixel: iIlL1',
        { red: 0, green: 0, blue: 0 },
        { red: 255, green: 255, blue: 255 },
      );
    expect((await seePatch(viewer.screen, { red: 10, green: 200, blue: 90 })).scale).toBe(1);
    viewer.screen.movePointer(640, 300);
    await expect.poll(() => pixelsThatDiffer(host.screen, viewer.screen), SOON).toBe(0);
  });
