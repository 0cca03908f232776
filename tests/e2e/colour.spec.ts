// Colours as they come through each video codec, before exact pixels replace them: what is red on the host looks red.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type SessionStatistics, sessionStatisticsSchema } from '../../shared/ipc/statistics.ts';
import { type Bgrx, type Rgb, XScreen } from '../displays/x-screen.ts';
import { expect, test } from './app-fixture.ts';
import { startSharingHost, startViewer } from './machines.ts';

const RED: Rgb = { red: 255, green: 0, blue: 0 };
const BLACK: Rgb = { red: 0, green: 0, blue: 0 };
/** Where a wrong matrix or a wrong range shows: pure colours, black and white, and what lies between. */
const COLOURS: readonly Rgb[] = [
  RED,
  { red: 0, green: 255, blue: 0 },
  { red: 0, green: 0, blue: 255 },
  { red: 255, green: 255, blue: 255 },
  BLACK,
  { red: 255, green: 255, blue: 0 },
  { red: 0, green: 255, blue: 255 },
  { red: 255, green: 0, blue: 255 },
  { red: 128, green: 128, blue: 128 },
  { red: 200, green: 90, blue: 30 },
];
/** A wrong matrix is off by 20 to 80, a wrong range by 16 to 20; coding at a low rate by a few. */
const MOST_OFF = 14;
/** What a frame at a low rate has made of the colours stays until they change: they do after so many looks. */
const LOOKS = 20;
const FIELD = { x: 100, y: 60, width: 1080, height: 680 } as const;
const PATCH_SIDE = 140;
const NOISE_HEIGHT = 180;
const NOISE_BLOCK = 6;
const SOON = { timeout: 20_000, intervals: [100] };

/** Where a colour's patch lies: two rows of five on black, with moving noise above and below. */
function placeOf(index: number) {
  const x = FIELD.x + 60 + (index % 5) * 200;
  const y = FIELD.y + NOISE_HEIGHT + 10 + Math.floor(index / 5) * 160;
  return { x, y, width: PATCH_SIDE, height: PATCH_SIDE };
}

/** In blocks: noise of single pixels would leave an encoder's rate nothing for the patches. */
function noise(width: number, height: number, seed: number): Bgrx {
  const bytes = Buffer.alloc(width * height * 4);
  let state = seed;
  for (let top = 0; top < height; top += NOISE_BLOCK)
    for (let left = 0; left < width; left += NOISE_BLOCK) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      for (let y = top; y < Math.min(height, top + NOISE_BLOCK); y++)
        for (let x = left; x < Math.min(width, left + NOISE_BLOCK); x++)
          bytes.writeUInt32LE(state >>> 8, (y * width + x) * 4);
    }
  return { width, height, bytes };
}

/** The mean colour in the middle of a patch. */
async function meanColour(screen: XScreen, index: number): Promise<Rgb> {
  const { x, y } = placeOf(index);
  const { bytes } = await screen.grab({ x: x + 50, y: y + 50, width: 40, height: 40 });
  const sums = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) if (at % 4 < 3) sums[at % 4] = (sums[at % 4] ?? 0) + (bytes[at] ?? 0);
  const [blue = 0, green = 0, red = 0] = sums.map((sum) => Math.round(sum / (bytes.length / 4)));
  return { red, green, blue };
}

const offBy = (one: Rgb, other: Rgb) =>
  Math.max(Math.abs(one.red - other.red), Math.abs(one.green - other.green), Math.abs(one.blue - other.blue));

test('every codec shows colours as they are', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tarnet-colour-')), 'figures.json');
  const viewer = await startViewer(launch, host, { args: [`--statistics-json=${file}`] });
  const figures = (): SessionStatistics | null => {
    try {
      return v.parse(sessionStatisticsSchema, JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return null;
    }
  };
  // a stage of its own connection, so that its pictures do not wait for the tests' questions
  const stage = await XScreen.connect(host.display);
  const window = stage.openWindow(FIELD, { colour: BLACK });
  const pixmaps = [1, 2, 3].map((seed) => {
    const pixmap = stage.createPixmap(FIELD.width, NOISE_HEIGHT);
    stage.upload(pixmap, noise(FIELD.width, NOISE_HEIGHT, seed));
    return pixmap;
  });
  let shift = 0;
  const paintPatches = () => {
    for (const [index] of COLOURS.entries()) {
      const { x, y, width, height } = placeOf(index);
      const colour = COLOURS[(index + shift) % COLOURS.length] ?? BLACK;
      stage.fill(window, [{ x: x - FIELD.x, y: y - FIELD.y, width, height }], colour);
    }
  };
  paintPatches();
  let frame = 0;
  const from = { x: 0, y: 0, width: FIELD.width, height: NOISE_HEIGHT };
  const moving = setInterval(() => {
    const pixmap = pixmaps[frame++ % pixmaps.length];
    if (pixmap === undefined) return;
    stage.copy(pixmap, from, window, 0, 0);
    stage.copy(pixmap, from, window, 0, FIELD.height - NOISE_HEIGHT);
  }, 40);
  try {
    const session = await viewer.window('session');
    // in the order in which this machine prefers them, which its trials decide
    const left = new Set<string>(['h264', 'av1', 'vp8', 'vp9']);
    const shown = () => figures()?.picture.codec ?? 'none';
    while (left.size > 0) {
      await expect.poll(() => left.has(shown()), { ...SOON, message: `one of ${[...left].join(', ')}` }).toBe(true);
      const codec = shown();
      left.delete(codec);
      // new colours, so that what is seen has come as video
      shift += 3;
      paintPatches();
      const worst = async () => {
        const off = await Promise.all(
          COLOURS.map(async (_, index) =>
            offBy(await meanColour(viewer.screen, index), COLOURS[(index + shift) % COLOURS.length] ?? BLACK),
          ),
        );
        return Math.max(...off);
      };
      // nothing off at all would be tiles, between two videos
      let looks = 0;
      const near = async () => {
        if (++looks % LOOKS === 0) {
          shift += 1;
          paintPatches();
        }
        const off = await worst();
        return off > 0 && off <= MOST_OFF ? 'near' : off;
      };
      await expect.poll(near, { ...SOON, message: `${codec} is off by` }).toBe('near');
      const trouble = { kind: 'codec-failed', codec, detail: 'the test wants the next one' };
      await session.evaluate(`tarnet.send('session.picture-trouble', ${JSON.stringify(trouble)})`);
    }
  } finally {
    clearInterval(moving);
    stage.close();
  }
  // and exact where nothing can be coded any more
  await expect.poll(() => figures()?.picture.exact, SOON).toBe(true);
});
