// A slow and distant line between two real machines: the first picture is there soon, and exact in the end.
import { type Bgrx, XScreen } from '../displays/x-screen.ts';
import { startShapedProxy } from '../fakes/shaped-proxy.ts';
import { expect, test } from './app-fixture.ts';
import { HOST_SIZE, startSharingHost, startViewer } from './machines.ts';

const LINE = { bitsPerSecond: 512_000, delayMs: 20 } as const;
/** The viewer draws the host's pointer by itself: it waits here. */
const CORNER = { x: 1270, y: 790 };
const COMPARED = { x: 0, y: 0, width: 1240, height: 760 };
const PATIENT = { timeout: 40_000, intervals: [50] };
/** How far the mean of a place may be off in a first sight, in each channel. */
const NEAR = 24;
const PLACE_PX = 120;

type Sight = 'nothing' | 'coarse' | 'exact';

/** Blocks of 4 by 4 pixels in 32 colours that lie around another mean in each place: some 80 kB, however well it is coded. */
function mosaic(width: number, height: number): Bgrx {
  const bytes = Buffer.alloc(width * height * 4);
  const shadeOf = (x: number, y: number) => {
    const place = Math.floor(x / PLACE_PX) * 7 + Math.floor(y / PLACE_PX) * 5;
    const random = (Math.imul(((x >> 2) + 1) * 7_919 + (y >> 2) * 104_729, 2_654_435_761) >>> 13) & 31;
    return 40 + ((place * 37) % 150) + random;
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) bytes.writeUInt32LE(shadeOf(x, y) * 0x1_0101, (y * width + x) * 4);
  return { width, height, bytes };
}

/** How a viewer's screen shows what the host's does, where a sign says by now that somebody is watching. */
async function sightOf(host: XScreen, viewer: XScreen): Promise<Sight> {
  const [wanted, shown] = await Promise.all([host.grab(COMPARED), viewer.grab(COMPARED)]);
  const { width, height } = wanted;
  const sums = new Map<number, { off: number; pixels: number }>();
  let wrong = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const off = (shown.bytes[at] ?? 0) - (wanted.bytes[at] ?? 0);
      if (off !== 0) wrong++;
      const place = Math.floor(x / PLACE_PX) * 1_000 + Math.floor(y / PLACE_PX);
      const sum = sums.get(place) ?? { off: 0, pixels: 0 };
      sums.set(place, { off: sum.off + off, pixels: sum.pixels + 1 });
    }
  if (wrong === 0) return 'exact';
  const near = [...sums.values()].every(({ off, pixels }) => Math.abs(off / pixels) < NEAR);
  // few wrong pixels are an exact picture that is not complete
  return near && wrong > (width * height) / 3 ? 'coarse' : 'nothing';
}

test('at 512 kbit/s the whole first picture is seen coarse before any of it can be exact, and becomes exact', async ({
  launch,
}) => {
  const host = await startSharingHost(launch);
  host.screen.movePointer(CORNER.x, CORNER.y);
  const { widthPx: width, heightPx: height } = HOST_SIZE;
  const window = host.screen.openWindow({ x: 0, y: 0, width, height }, { colour: { red: 0, green: 0, blue: 0 } });
  host.screen.upload(window, mosaic(width, height));
  await host.screen.settle();

  const line = await startShapedProxy(host.port, LINE);
  try {
    const viewer = await startViewer(launch, host, { port: line.port });
    viewer.screen.movePointer(CORNER.x, CORNER.y);
    const watching = await XScreen.connect(viewer.display);
    const seen: Sight[] = [];
    const look = async () => {
      const sight = await sightOf(host.screen, watching);
      if (sight !== seen.at(-1)) seen.push(sight);
      return sight;
    };
    await expect.poll(look, PATIENT).toBe('exact');
    expect(seen[seen[0] === 'nothing' ? 1 : 0]).toBe('coarse');
    watching.close();
  } finally {
    await line.close();
  }
});
