// The permanent password over a real relay: right, wrong, guessed at in parallel, and told from nothing when it is off.
import { expect, it, onTestFinished } from 'vitest';
import type { ViewerTarget } from '../../electron/session/viewer-target.ts';
import { makeViewer, target, type ViewerSite } from '../fakes/session-site.ts';
import { seesPictures, stage } from './session-stage.ts';

const PASSWORD = 'violet anvil 77 quorum';
const SLOW = { timeout: 30_000, interval: 10 };

async function ended(viewer: ViewerSite): Promise<string | undefined> {
  await expect.poll(() => viewer.state.phase, SLOW).toBe('ended');
  return viewer.state.error?.reason;
}

it('lets in who knows it, and again after the host was started anew; not who does not', async () => {
  const scene = await stage();
  await scene.host.password.set(PASSWORD);
  const viewer = await scene.connect({ secret: PASSWORD, kind: 'password' });
  await expect.poll(() => viewer.state.phase, SLOW).toBe('active');
  await seesPictures(scene.host, viewer);
  expect(scene.host.asked).toMatchObject([{ how: 'password' }]);
  expect(scene.host.viewers).toMatchObject([{ how: 'password' }]);

  scene.tickets.revokeAll();
  await scene.restartHost();
  await expect.poll(() => viewer.phases.slice(-3), SLOW).toEqual(['reconnecting', 'awaiting-consent', 'active']);

  const wrong = await scene.connect({ secret: 'violet anvil 77 forum', kind: 'password' });
  expect(await ended(wrong)).toBe('wrong-password');
  expect(scene.host.password.state.guesses).toMatchObject({ inRow: 1, total: 1 });
});

it('makes everybody wait after five wrong ones, however many guess at once; the code still works', async () => {
  const { relay, host, connect, admitted } = await stage();
  await host.password.set(PASSWORD);
  const guesses = 12;
  const go: ViewerTarget = target(relay.url, 'wrong wrong wrong', 'password');
  for (let round = 0; host.password.state.guesses.waitUntilMs === 0; round += 1) {
    expect(round).toBeLessThan(guesses);
    const viewers = Array.from({ length: 3 }, () => makeViewer({ open: relay.open }));
    onTestFinished(() => {
      for (const { session } of viewers) session.close();
    });
    for (const { session } of viewers) session.connect(go);
    for (const viewer of viewers)
      expect(['wrong-password', 'password-locked', 'rate-limited']).toContain(await ended(viewer));
  }
  expect(host.password.state.guesses.inRow).toBeLessThanOrEqual(6);
  const right = await connect({ secret: PASSWORD, kind: 'password' });
  expect(await ended(right)).toBe('password-locked');
  expect(right.state.retryAtMs).toBeGreaterThan(Date.now() + 30_000);
  await admitted();
});

it('looks the same from outside where there is none', async () => {
  const { host, connect } = await stage();
  host.password.start();
  await expect.poll(() => host.password.isReady, SLOW).toBe(true);
  const viewer = await connect({ secret: PASSWORD, kind: 'password' });
  expect(await ended(viewer)).toBe('wrong-password');
  expect(host.password.state).toMatchObject({ isSet: false, guesses: { total: 1 } });
});
