// Two viewers of a real app that encodes for real, one of them behind a slow line: every second frame of the video is then one
// that it can do without, and it does without such frames before it loses any other.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startShapedProxy } from '../fakes/shaped-proxy.ts';
import { expect, test } from './app-fixture.ts';
import { HOST_SIZE, startSharingHost, startViewer, stateOf } from './machines.ts';

const FRAME_MS = 33;
const PICTURES = 4;
const SLOW = { bitsPerSecond: 1_200_000, delayMs: 20 } as const;
const POLL = { timeout: 30_000, intervals: [100] };

/** A picture that is cheap as video and dear as tiles, in one of its phases. */
function wavesWithGrain(phase: number): { width: number; height: number; bytes: Buffer } {
  const { widthPx: width, heightPx: height } = HOST_SIZE;
  const bytes = Buffer.alloc(width * height * 4);
  const column = Float32Array.from({ length: width * 4 }, (_, at) =>
    Math.sin((at >> 2) / 23 + (at & 3) + (phase * 2 * Math.PI) / PICTURES),
  );
  for (let at = 0; at < bytes.length; at += 1) {
    const grain = (Math.imul(at + phase * 7_919, 0x9e3779b1) >>> 26) - 32;
    bytes[at] = 128 + 100 * (column[at % column.length] ?? 0) * Math.cos(Math.floor(at / column.length) / 31) + grain;
  }
  return { width, height, bytes };
}

/** What a session window was handed: number, layer, whether it is a key frame, discardable frames right before it. */
type Seen = [seq: number, layer: number, key: boolean, discardableBefore: number];

test('a slow viewer beside a fast one does without frames that nothing builds on', async ({ launch }) => {
  const host = await startSharingHost(launch);
  const { widthPx: width, heightPx: height } = HOST_SIZE;
  const whole = { x: 0, y: 0, width, height };
  const window = host.screen.openWindow(whole, { colour: { red: 0, green: 0, blue: 0 } });
  const pictures = Array.from({ length: PICTURES }, (_, phase) => {
    const pixmap = host.screen.createPixmap(width, height);
    host.screen.upload(pixmap, wavesWithGrain(phase));
    return pixmap;
  });
  let step = 0;
  const moving = setInterval(() => {
    step += 1;
    const pixmap = pictures[step % PICTURES];
    if (pixmap !== undefined) host.screen.copy(pixmap, whole, window, 0, 0);
  }, FRAME_MS);
  const proxy = await startShapedProxy(host.port, SLOW);
  try {
    const fast = await (await startViewer(launch, host)).window('session');
    await expect.poll(async () => (await stateOf(fast)).connections[0]?.phase, POLL).toBe('active');
    const log = () => readFileSync(path.join(host.userDataDir, 'logs/tarnet.log'), 'utf8');
    await expect.poll(log, POLL).toMatch(/encoder codec=/);
    // one viewer alone pays for no layers
    expect(log()).not.toContain('L1T2');

    const slow = await (await startViewer(launch, host, { port: proxy.port })).window('session');
    await slow.evaluate(`void tarnet.on('session.frame', ({ frame, seq }) => {
      (globalThis.seenFrames ??= []).push([seq, frame.layer, frame.key, frame.discardableBefore ?? 0]);
    })`);
    await expect.poll(log, POLL).toContain(' in L1T2 ');
    // a frame that came directly behind one that was left out, and could be shown all the same
    const leftOut = async () => {
      const seen = ((await slow.evaluate('globalThis.seenFrames')) ?? []) as Seen[];
      return seen.filter(([seq, , key, before], at) => {
        const missing = seq - (seen[at - 1]?.[0] ?? seq) - 1;
        return !key && missing > 0 && missing <= before;
      }).length;
    };
    await expect.poll(leftOut, POLL).toBeGreaterThan(2);
  } finally {
    clearInterval(moving);
    await proxy.close();
  }
});
