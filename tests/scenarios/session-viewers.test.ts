// Several viewers at once, and what each may do: the same pictures for all, nothing for who is gone.
import { describe, expect, it, onTestFinished } from 'vitest';
import { VIEW_AND_CONTROL, VIEW_ONLY } from '../../shared/model/permissions.ts';
import type { MediaFrame } from '../../shared/model/video.ts';
import { EnvelopeFlag, MessageType } from '../../shared/wire/envelope.ts';
import { encodeInput } from '../../shared/wire/messages/input.ts';
import { keyframeRequestMessage } from '../../shared/wire/messages/keyframe-request.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { makeRawViewer } from '../fakes/session-site.ts';
import { startTcpProxy } from '../fakes/tcp-proxy.ts';
import { caughtUp, digests, SOON, seenBy, seesPictures, stage } from './session-stage.ts';

describe('two viewers', () => {
  it('see the same pictures, each sent once and signed', async () => {
    const { host, admitted } = await stage();
    const first = await admitted();
    const second = await admitted();
    await caughtUp(host, first);
    await caughtUp(host, second);
    const counts = [first.frames.length, second.frames.length, host.source.made.length, host.sent.length];
    for (let count = 0; count < 30; count++) host.source.capture();
    await caughtUp(host, first);
    await caughtUp(host, second);
    const made = digests(host.source.made.slice(counts[2]));
    expect(digests(seenBy(first).slice(counts[0]))).toEqual(made);
    expect(digests(seenBy(second).slice(counts[1]))).toEqual(made);
    expect(host.sent.slice(counts[3]).filter(({ type }) => type === MessageType.media)).toHaveLength(30);
  });

  it('get a key frame for the one that joins, and none when one leaves', async () => {
    const { host, admitted } = await stage();
    const first = await admitted();
    const second = await admitted();
    expect(second.frames[0]!.frame.key).toBe(true);
    second.session.close();
    await expect.poll(() => host.viewers.length, SOON).toBe(1);
    const keys = host.source.calls.filter((call) => call === 'key frame').length;
    const from = first.frames.length;
    for (let count = 0; count < 5; count++) host.source.capture();
    await expect.poll(() => first.frames.length, SOON).toBe(from + 5);
    expect(first.frames.slice(from).some(({ frame }) => frame.key)).toBe(false);
    expect(host.source.calls.filter((call) => call === 'key frame')).toHaveLength(keys);
  });

  it('have one input each: what one holds is let go when it leaves, and the other goes on', async () => {
    const { host, admitted } = await stage();
    const first = await admitted();
    const second = await admitted();
    first.session.close();
    await expect.poll(() => host.sink.calls, SOON).toEqual(['dismiss']);
    second.session.sendInput([{ kind: 'text', codePoint: 65 }]);
    await expect.poll(() => host.sink.events, SOON).toEqual([{ kind: 'text', codePoint: 65 }]);
  });
});

describe('a viewer that is stalled', () => {
  it('costs the other nothing, and sees the newest picture when it is back', async () => {
    const { relay, host, admitted } = await stage();
    const proxy = await startTcpProxy(relay.port);
    onTestFinished(() => proxy.close());
    const fast = await admitted();
    const slow = await admitted({ port: proxy.port });
    await caughtUp(host, slow);
    proxy.stall();
    const [before, seenBefore] = [host.source.made.length, fast.frames.length];
    for (let count = 0; count < 200; count++) {
      // 60 KB each, 12 MB in all: more than all buffers on the way to the stalled one.
      await expect.poll(() => host.source.capture(60_000), SOON).toBe(true);
      await caughtUp(host, fast);
    }
    expect(digests(seenBy(fast).slice(seenBefore))).toEqual(digests(host.source.made.slice(before)));
    expect(fast.session.state.phase).toBe('active');
    proxy.resume();
    await expect
      .poll(() => {
        host.source.capture(1_000);
        return slow.frames.at(-1)?.frame.captureTimeUs ?? 0;
      }, SOON)
      .toBeGreaterThan(host.source.made[before + 200]?.captureTimeUs ?? 0);
    expect(slow.phases).not.toContain('reconnecting');
    const seen = digests(seenBy(slow));
    expect(seen.length).toBeLessThan(host.source.made.length);
    expectUnbrokenChain(host.source.made, seenBy(slow));
  });
});

describe('permissions', () => {
  it('block input on the host when the viewer cheats', async () => {
    const { relay, host } = await stage();
    host.answer = 'view';
    await expect.poll(() => host.code(), SOON).not.toBeNull();
    const cheat = await makeRawViewer(relay.open, relay.url, host.code()!);
    cheat.granted.records.send(Channel.input, encodeInput([{ kind: 'key', code: 'KeyB', down: true }]));
    const request = { op: 'keyframe-request', lastSeq: null } as const;
    cheat.granted.records.send(Channel.display, keyframeRequestMessage.encode(request));
    await expect.poll(() => host.source.calls, SOON).toContain('key frame');
    host.room.setPermissions(host.viewers[0]!.id, VIEW_AND_CONTROL);
    cheat.granted.records.send(Channel.input, encodeInput([{ kind: 'text', codePoint: 65 }]));
    await expect.poll(() => host.sink.events, SOON).toEqual([{ kind: 'text', codePoint: 65 }]);
  });

  it('are kept by the viewer too: it sends nothing that it may not', async () => {
    const { host, admitted } = await stage();
    host.answer = 'view';
    const viewer = await admitted();
    let records = 0;
    viewer.control.outgoing = (message) => {
      // Questions about the time are 80 bytes and come by themselves.
      if (message[0] === MessageType.reliable && message.length !== 80) records += 1;
      return [message];
    };
    viewer.session.sendInput([{ kind: 'key', code: 'KeyA', down: true }]);
    expect(records).toBe(0);
  });

  it('change in the middle of a session, at once and both ways', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    const id = host.viewers[0]!.id;
    const text = (codePoint: number) => viewer.session.sendInput([{ kind: 'text', codePoint }]);
    host.room.setPermissions(id, VIEW_ONLY);
    expect(host.sink.calls).toEqual(['release']);
    await expect.poll(() => [...viewer.state.permissions], SOON).toEqual(['view']);
    text(65);
    await seesPictures(host, viewer);
    host.room.setPermissions(id, VIEW_AND_CONTROL);
    await expect.poll(() => viewer.state.permissions.has('control'), SOON).toBe(true);
    text(67);
    await expect.poll(() => host.sink.events, SOON).toEqual([{ kind: 'text', codePoint: 67 }]);
    expect(host.viewers[0]!.permissions).toEqual(['view', 'control']);
  });

  it('take the pictures away with `view`', async () => {
    const { host, admitted } = await stage();
    const watches = await admitted();
    const blind = await admitted();
    await caughtUp(host, blind);
    const seen = blind.frames.length;
    host.room.setPermissions(host.viewers[1]!.id, new Set());
    await seesPictures(host, watches);
    await expect.poll(() => blind.state.permissions.size, SOON).toBe(0);
    expect(blind.frames).toHaveLength(seen);
    expect(blind.state.phase).toBe('active');
  });

  it('let a viewer choose to watch only, and let go of what it held', async () => {
    const { host, admitted } = await stage();
    const viewer = await admitted();
    viewer.session.sendInput([{ kind: 'key', code: 'KeyA', down: true }]);
    viewer.session.setViewOnly(true);
    viewer.session.sendInput([{ kind: 'text', codePoint: 65 }]);
    viewer.session.setViewOnly(false);
    viewer.session.sendInput([{ kind: 'text', codePoint: 66 }]);
    await expect.poll(() => host.sink.events.length, SOON).toBe(3);
    expect(host.sink.events).toEqual([
      { kind: 'key', code: 'KeyA', down: true },
      { kind: 'release-all' },
      { kind: 'text', codePoint: 66 },
    ]);
  });
});

/** Every frame that was shown follows the one that was made before it, or is a key frame. */
function expectUnbrokenChain(made: readonly MediaFrame[], seen: readonly MediaFrame[]): void {
  const placeOf = new Map(made.map((frame, place) => [frame.captureTimeUs, place]));
  let last = -1;
  for (const frame of seen) {
    const place = placeOf.get(frame.captureTimeUs) ?? Number.NaN;
    if (!frame.key) expect(place).toBe(last + 1);
    else expect(place).toBeGreaterThan(last);
    last = place;
  }
}

it('a dropped picture is noticed, a key frame asked for, and the chain goes on unbroken', async () => {
  const { host, admitted } = await stage();
  const viewer = await admitted();
  let dropped = 0;
  viewer.control.incoming = (message) => {
    const isDelta = message[0] === MessageType.media && ((message[1] ?? 0) & EnvelopeFlag.key) === 0;
    if (!isDelta || dropped > 0) return [message];
    dropped += 1;
    return [];
  };
  const from = viewer.frames.length;
  host.source.capture();
  host.source.capture();
  host.source.capture();
  await expect.poll(() => host.source.calls.filter((call) => call === 'key frame').length, SOON).toBe(1);
  await seesPictures(host, viewer);
  expect(dropped).toBe(1);
  expect(viewer.frames[from]!.frame.key).toBe(true);
});
