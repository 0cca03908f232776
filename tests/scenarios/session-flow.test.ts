// A code, a yes, pictures one way and input the other, and the end of it: two real peers, real cryptography.
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { caughtUp, digests, SOON, seenBy, seesPictures, stage } from './session-stage.ts';

const at = (xPx: number): InputEvent => ({ kind: 'move', xPx, yPx: 1 });
const key = (down: boolean): InputEvent => ({ kind: 'key', code: 'KeyA', down });

describe('a session', () => {
  it('goes through its phases, shows both sides the same words, and brings every picture as it was', async () => {
    const { host, connect } = await stage();
    const viewer = await connect();
    await expect.poll(() => viewer.state.phase, SOON).toBe('active');
    expect(viewer.phases).toEqual(['connecting', 'handshaking', 'awaiting-consent', 'active']);
    expect(host.asked).toEqual([expect.objectContaining({ name: 'Ana', system: 'Linux', sas: viewer.state.sas })]);
    expect(viewer.state).toMatchObject({ name: 'Desk', system: 'Linux', sourceId: 'screen:0', error: null });
    expect(host.viewers).toMatchObject([{ name: 'Ana', connected: true, permissions: ['view', 'control'] }]);

    await expect.poll(() => host.source.running, SOON).toBe(true);
    // after the first large one the link has to answer before anything follows
    for (const sizeBytes of [1, 100, 60_000, 7, 65_536])
      await expect.poll(() => host.source.capture(sizeBytes), SOON).toBe(true);
    await expect.poll(() => viewer.frames.length, SOON).toBe(5);
    expect(viewer.frames.map(({ frame }) => frame)).toEqual(host.source.made);
    expect(viewer.frames.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
  });

  it('brings input to the host in order', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    const sent: InputEvent[] = [at(5), key(true), key(false), { kind: 'text', codePoint: 0x1f600 }, at(9)];
    viewer.session.sendInput(sent.slice(0, 2));
    viewer.session.sendInput(sent.slice(2));
    await expect.poll(() => host.sink.events, SOON).toEqual(sent);
    expect(host.source.calls).toContain('viewer acted');
  });

  it('tells the viewer the host’s clock and the round trip', async () => {
    const { admitted } = await stage();
    const viewer = await admitted();
    await expect.poll(() => viewer.links.at(-1)?.clockOffsetMs ?? null, SOON).not.toBeNull();
    const link = viewer.links.at(-1)!;
    expect(Math.abs(link.clockOffsetMs!)).toBeLessThan(100);
    expect(link.roundTripMs).toBeGreaterThanOrEqual(0);
    expect(link.receivedBytes).toBeGreaterThan(0);
  });

  it('says how long pictures took and when input was carried out, while the viewer measures', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    const stages = { captureMs: 1, compareMs: 2, encodeMs: 3, queueMs: 0 };
    const input = [at(5), key(true)];
    viewer.session.sendInput(input);
    await expect.poll(() => host.sink.events, SOON).toHaveLength(2);
    const told = async () => {
      host.source.capture(10, stages);
      await caughtUp(host, viewer);
      return viewer.frames.at(-1)?.frame.stages;
    };
    expect(await told()).toBeUndefined();
    expect(host.sink.calls).not.toContain('injected');

    viewer.session.setMeasuring(true);
    host.sink.injectedAtMs = 1_700_000_000_000.5;
    viewer.session.sendInput(input, 1_234.5);
    await expect
      .poll(() => viewer.injected, SOON)
      .toEqual([{ inputAtMs: 1_234.5, injectedAtMs: host.sink.injectedAtMs }]);
    expect(await told()).toMatchObject({ captureMs: 1, compareMs: 2, encodeMs: 3 });
  });

  it('keeps a still picture alive', async () => {
    const { admitted } = await stage();
    const viewer = await admitted();
    await expect.poll(() => viewer.links.length, SOON).toBeGreaterThanOrEqual(3);
    expect(viewer.links.at(-1)!.silentMs).toBeLessThan(2_000);
  });

  it('shows another source when a viewer with control chooses one that it was offered', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    viewer.session.selectSource('screen:7');
    viewer.session.selectSource('screen:1');
    await expect.poll(() => viewer.state.sourceId, SOON).toBe('screen:1');
    expect(host.source.calls).toContain('start screen:1');
    expect(host.source.calls).not.toContain('start screen:7');
    await seesPictures(host, viewer);
  });

  it('works only while somebody watches', async () => {
    const { host, admitted } = await stage();
    expect(host.source.calls).toEqual([]);
    const viewer = await admitted();
    expect(host.source.running).toBe(true);
    viewer.session.close();
    await expect.poll(() => host.source.running, SOON).toBe(false);
    expect(host.viewers).toEqual([]);
    expect(host.sink.calls).toEqual(['dismiss']);
    expect(viewer.state).toMatchObject({ phase: 'ended', error: null });
  });

  it('ends for the viewer with the reason when the host disconnects it, or stops sharing', async () => {
    const { host, admitted } = await stage();
    const first = await admitted();
    host.room.disconnectViewer(host.viewers[0]!.id);
    await expect.poll(() => first.state.phase, SOON).toBe('ended');
    expect(first.state.error?.reason).toBe('ended-by-host');
    const second = await admitted();
    await host.room.close();
    await expect.poll(() => second.state.phase, SOON).toBe('ended');
    expect(second.state.error?.reason).toBe('share-stopped');
  });

  it('says why there is no picture, and when there is one again', async () => {
    const { host, connect } = await stage();
    host.source.startError = new TarnetError('capture-failed', 'no such display');
    const viewer = await connect();
    await expect.poll(() => viewer.state.error?.reason, SOON).toBe('capture-failed');
    expect(viewer.state.phase).toBe('active');
    host.source.startError = null;
    host.room.selectSource('screen:1');
    await expect.poll(() => viewer.state.error, SOON).toBeNull();
    await seesPictures(host, viewer);
  });

  it('keeps pictures equal over many frames with a picture lost to nobody', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    for (let count = 0; count < 200; count++) host.source.capture(1_000);
    await caughtUp(host, viewer);
    expect(digests(seenBy(viewer))).toEqual(digests(host.source.made));
  });
});
