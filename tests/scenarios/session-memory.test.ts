import { expect, it } from 'vitest';
import { MemoryRelay } from '../fakes/memory-relay.ts';
import { makeHost, makeViewer, target } from '../fakes/session-site.ts';

it('goes', async () => {
  const relay = new MemoryRelay();
  const host = makeHost({ open: relay.open });
  await host.room.open('ws://memory/');
  await expect.poll(() => host.code()).not.toBeNull();
  const viewer = makeViewer({ open: relay.open });
  viewer.session.connect(target('ws://memory/', host.code()!));
  await expect.poll(() => viewer.state.phase).toBe('active');
  expect(viewer.state.sas).toBe(host.asked[0]!.sas);
  await expect.poll(() => host.source.running).toBe(true);
  for (let n = 0; n < 20; n++) host.source.capture();
  await expect.poll(() => viewer.frames.length).toBe(20);
  expect(viewer.frames.map((d) => d.frame)).toEqual(host.source.made);
  await host.room.close();
  await expect.poll(() => viewer.state.phase).toBe('ended');
  expect(viewer.state.error?.reason).toBe('share-stopped');
});
