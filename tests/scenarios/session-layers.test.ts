// One of two viewers is behind a slower line, with real sockets and the real relay: it loses every second picture before it
// loses all of them, and nobody has to make a key frame for it.
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/app/system-clock.ts';
import { EncodingSource } from '../fakes/encoding-source.ts';
import { makeHost, makeViewer, target } from '../fakes/session-site.ts';
import { startShapedProxy } from '../fakes/shaped-proxy.ts';
import { startRelay } from './session-relay.ts';
import { SOON } from './session-stage.ts';

const MBIT = 1_000_000;
const WATCHED_MS = 4_000;

it('a slow viewer loses every second picture, a fast one none, and no key frame is made', async () => {
  const relay = await startRelay();
  onTestFinished(() => relay.kill());
  const source = new EncodingSource({ clock: systemClock, fixedBitsPerSecond: 2.4 * MBIT });
  const host = makeHost({ open: relay.open, pictures: source });
  await host.room.open(relay.url, relay.token);
  onTestFinished(() => host.room.close());
  await expect.poll(() => host.ready(), SOON).toBe(true);
  // carries three quarters of it, and the lower of two layers in any case
  const proxy = await startShapedProxy(relay.port, { bitsPerSecond: 1.8 * MBIT, delayMs: 20 });
  onTestFinished(() => proxy.close());

  const fast = makeViewer({ open: relay.open });
  onTestFinished(() => fast.session.close());
  fast.session.connect(target(relay.url, host.code() ?? ''));
  await expect.poll(() => fast.frames.length, SOON).toBeGreaterThan(10);
  expect(source.budget.layered).toBeUndefined();

  const slow = makeViewer({ open: relay.open });
  onTestFinished(() => slow.session.close());
  slow.session.connect(target(`ws://127.0.0.1:${proxy.port}/`, host.code() ?? ''));
  await expect.poll(() => source.budget.layered, { timeout: 15_000 }).toBe(true);
  // after the key frame with which the layers began
  await expect
    .poll(() => slow.frames.filter(({ frame }) => frame.captureTimeUs > (lastKeyUs(source) ?? 0)).length, SOON)
    .toBeGreaterThan(30);

  const beganUs = source.made.at(-1)?.captureTimeUs ?? 0;
  await new Promise<void>((resolve) => setTimeout(resolve, WATCHED_MS));
  const endedUs = source.made.at(-1)?.captureTimeUs ?? 0;
  const made = source.made.filter(({ captureTimeUs }) => captureTimeUs > beganUs && captureTimeUs < endedUs);
  const timesOf = (viewer: typeof slow) => new Set(viewer.frames.map(({ frame }) => frame.captureTimeUs));
  const missed = (viewer: typeof slow, layer: number) => {
    const seen = timesOf(viewer);
    return made.filter((frame) => frame.layer === layer && !seen.has(frame.captureTimeUs)).length;
  };
  await expect.poll(() => missed(slow, 0), SOON).toBe(0);
  await expect.poll(() => missed(fast, 0) + missed(fast, 1), SOON).toBe(0);
  const upper = made.filter(({ layer }) => layer === 1).length;
  expect(upper).toBeGreaterThan(made.length * 0.45);
  expect(missed(slow, 1)).toBeGreaterThan(upper * 0.2);
  expect(missed(slow, 1)).toBeLessThan(upper);
  expect(made.filter(({ key }) => key)).toEqual([]);

  // alone, nobody needs them: whoever is left gets all bytes for itself
  slow.session.close();
  await expect.poll(() => source.budget.layered, SOON).toBeUndefined();
});

function lastKeyUs({ made }: EncodingSource): number | undefined {
  return made.filter(({ key }) => key).at(-1)?.captureTimeUs;
}
