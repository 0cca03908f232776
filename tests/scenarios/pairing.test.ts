// Paired devices over a real relay: paired when both users agree, in by key from then on, out at once when revoked.
import { expect, it, onTestFinished } from 'vitest';
import type { AccessProof } from '../../electron/session/viewer-target.ts';
import { newIdentity } from '../fakes/handshake-pair.ts';
import { makeViewer, type ViewerSite } from '../fakes/session-site.ts';
import { SOON, type Stage, seesPictures, stage } from './session-stage.ts';

/** Another session of the same device, by key. */
function comeByKey(scene: Stage, viewer: ViewerSite, host = viewer.paired[0]!): ViewerSite {
  const again = makeViewer({ open: scene.relay.open, identity: viewer.identity });
  onTestFinished(() => again.session.close());
  const proof: AccessProof = { kind: 'paired', host };
  again.session.connect({ url: scene.relay.url, hostId: '*', proof });
  return again;
}

async function pairedBy(scene: Stage, who: 'viewer' | 'host'): Promise<ViewerSite> {
  const viewer = await scene.admitted();
  if (who === 'host') {
    scene.host.room.offerPairing(scene.host.viewers[0]!.id);
    await expect.poll(() => viewer.state.pairing, SOON).toBe('offered');
  }
  viewer.session.requestPairing(true);
  await expect.poll(() => viewer.state.pairing, SOON).toBe('paired');
  return viewer;
}

it.each(['viewer', 'host'] as const)(
  'paired at the wish of the %s, a device comes back by its key alone',
  async (who) => {
    const scene = await stage();
    const viewer = await pairedBy(scene, who);
    expect(scene.host.asked.map(({ asks }) => asks)).toEqual(['access', 'pairing']);
    expect(scene.host.viewers).toMatchObject([{ pairing: 'paired', how: 'code' }]);
    viewer.session.close();
    await scene.restartHost();
    const again = comeByKey(scene, viewer);
    await expect.poll(() => again.state.phase, SOON).toBe('active');
    await seesPictures(scene.host, again);
    expect(scene.host.viewers).toMatchObject([{ how: 'paired', pairing: 'paired' }]);
    expect(scene.host.devices.devices).toMatchObject([{ name: 'Ana', usedAtMs: expect.any(Number) }]);
  },
);

it('a device that is revoked is out at once, and neither its key nor a ticket lets it in again', async () => {
  const scene = await stage();
  const viewer = await pairedBy(scene, 'viewer');
  const byKey = comeByKey(scene, viewer);
  await expect.poll(() => byKey.state.phase, SOON).toBe('active');
  await scene.host.devices.revoke(scene.host.devices.devices[0]!.id);
  await expect.poll(() => [viewer.state.phase, byKey.state.phase], SOON).toEqual(['ended', 'ended']);
  expect(byKey.state.error?.reason).toBe('ended-by-host');
  expect(scene.host.viewers).toEqual([]);
  const again = comeByKey(scene, viewer);
  await expect.poll(() => again.state.error?.reason, SOON).toBe('not-paired');
  expect(scene.host.asked).toHaveLength(3);
});

it('a device may do what is set for it, at once, when it comes back and when it comes anew, and no yes gives it more', async () => {
  const scene = await stage();
  const viewer = await pairedBy(scene, 'viewer');
  const mayBe = (site: ViewerSite, ...permissions: string[]) =>
    expect.poll(() => [...site.state.permissions], SOON).toEqual(permissions);
  await mayBe(viewer, 'view', 'control');
  const { id } = scene.host.devices.devices[0]!;
  await scene.host.devices.change(id, { permissions: new Set(['files-in']) });
  await mayBe(viewer, 'view', 'files-in');
  expect(scene.host.viewers).toMatchObject([{ permissions: ['view', 'files-in'] }]);
  viewer.session.close();

  // Its user presses "Allow control".
  const again = comeByKey(scene, viewer);
  await expect.poll(() => again.state.phase, SOON).toBe('active');
  expect(scene.host.asked.at(-1)).toMatchObject({ how: 'paired', permissions: ['view', 'files-in'] });
  await mayBe(again, 'view');
  await seesPictures(scene.host, again);

  // Changed in the session it holds for the session, over a lost connection too.
  scene.host.room.setPermissions(scene.host.viewers.at(-1)!.id, new Set(['view', 'control']));
  await mayBe(again, 'view', 'control');
  again.control.cut();
  await expect.poll(() => again.phases.slice(-2), SOON).toEqual(['reconnecting', 'active']);
  await mayBe(again, 'view', 'control');

  // Changed for the device while it is away and the host is started anew, it holds for the way back.
  await scene.restartHost('killed', () => {
    again.control.closed = true;
    again.control.cut();
  });
  await scene.host.devices.load();
  await scene.host.devices.change(id, { permissions: new Set(['recording']) });
  again.control.closed = false;
  await expect.poll(() => again.phases.slice(-2), { ...SOON, timeout: 20_000 }).toEqual(['reconnecting', 'active']);
  await mayBe(again, 'view', 'recording');
});

it('whoever was never paired gets nowhere by key, and nobody is asked', async () => {
  const scene = await stage();
  const stranger = await scene.admitted();
  stranger.paired.push(scene.identity.publicIdentity);
  const byKey = comeByKey(scene, stranger);
  await expect.poll(() => byKey.state.error?.reason, SOON).toBe('not-paired');
  expect(scene.host.asked).toHaveLength(1);
});

it('a host with another key at the same address is found out before anything is sent to it', async () => {
  const scene = await stage();
  const viewer = await scene.admitted();
  const byKey = comeByKey(scene, viewer, newIdentity().publicIdentity);
  await expect.poll(() => byKey.state.error?.reason, SOON).toBe('other-host');
});

it('a password that is locked locks no paired device out', async () => {
  const scene = await stage();
  const viewer = await pairedBy(scene, 'viewer');
  await scene.host.password.set('violet anvil 77 quorum');
  for (let wrong = 0; wrong < 5; wrong += 1) scene.host.password.begin().fail();
  expect(() => scene.host.password.begin()).toThrow(expect.objectContaining({ reason: 'password-locked' }));
  const again = comeByKey(scene, viewer);
  await expect.poll(() => again.state.phase, SOON).toBe('active');
});

it('a no, or nothing, pairs nobody, and the question is not put again', async () => {
  const scene = await stage();
  const viewer = await scene.admitted();
  scene.host.answer = 'deny';
  viewer.session.requestPairing(true);
  await expect.poll(() => viewer.state.pairing, SOON).toBe('declined');
  viewer.session.requestPairing(true);
  expect(viewer.state.pairing).toBe('declined');
  expect(viewer.paired).toEqual([]);
  expect(scene.host.devices.devices).toEqual([]);
  expect(scene.host.asked).toHaveLength(2);
});
