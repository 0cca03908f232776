import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TarnetError } from '../../shared/base/errors.ts';
import type { CursorDelivery, MediaDelivery } from '../../shared/ipc/media.ts';
import type { MediaFrame } from '../../shared/model/video.ts';
import { envelope, MessageType } from '../../shared/wire/envelope.ts';
import { encodeCursor } from '../../shared/wire/messages/cursor.ts';
import { encodeMedia } from '../../shared/wire/messages/media.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { PICTURE_RECEIVER_LIMITS, PictureReceiver } from './picture-receiver.ts';

/** A receiver whose keys do not encrypt: a body starts with its epoch, or the opener refuses it. */
function makeReceiver() {
  const clock = new FakeClock();
  const frames: MediaDelivery[] = [];
  const cursors: CursorDelivery[] = [];
  const asked: (number | null)[] = [];
  const arrived: [number, number][] = [];
  const receiver = new PictureReceiver({
    clock,
    onFrame: (delivery) => frames.push(delivery),
    onCursor: (delivery) => cursors.push(delivery),
    onArrived: (seq, sizeBytes) => arrived.push([seq, sizeBytes]),
    requestKeyFrame: (lastSeq) => asked.push(lastSeq),
  });
  const start = () => {
    const epochs = new Set<number>();
    receiver.start({
      add: ({ epoch }) => epochs.add(epoch),
      open: ({ epoch }, body) => {
        if (!epochs.has(epoch)) return null;
        if (body[0] !== epoch) throw new TarnetError('tampered', 'wrong key');
        return body.subarray(1);
      },
    });
  };
  start();
  const key = (epoch: number, firstFrame = 0) =>
    receiver.setKey({ op: 'group-key', epoch, key: new Uint8Array(32), signed: false, firstFrame });
  const send = (seq: number, isKey: boolean, epoch = 1, discardableBefore = 0) => {
    const frame: MediaFrame = {
      codec: 'av1',
      key: isKey,
      discardable: false,
      configuration: isKey ? { codecString: 'av01' } : null,
      captureTimeUs: seq,
      durationUs: 0,
      widthPx: 4,
      heightPx: 4,
      layer: 0,
      exact: false,
      ...(discardableBefore > 0 && { discardableBefore }),
      data: new Uint8Array([seq]),
    };
    const { flags, body } = encodeMedia(frame);
    receiver.receive(envelope(MessageType.media, { flags, seq, epoch }), new Uint8Array([epoch, ...body]));
  };
  const alive = (newestSeq: number | null) => receiver.alive({ op: 'alive', newestSeq });
  const seen = () => frames.map((delivery) => delivery.seq);
  return { clock, receiver, start, frames, cursors, asked, arrived, key, send, alive, seen };
}

describe('PictureReceiver', () => {
  it('starts at a key frame and then delivers everything in order', () => {
    const { key, send, seen, frames, clock, asked } = makeReceiver();
    key(1);
    send(4, false);
    send(5, true);
    send(6, false);
    expect(seen()).toEqual([5, 6]);
    expect(frames[0]).toMatchObject({ receivedAtMs: clock.nowMs(), frame: { captureTimeUs: 5 } });
    clock.advance(60_000);
    expect(asked).toEqual([]);
  });

  it('says of every update that it has come, also of what cannot be shown', () => {
    const { key, send, seen, arrived, frames } = makeReceiver();
    send(4, true);
    key(1, 100);
    send(5, false);
    send(6, true);
    expect(seen()).toEqual([106]);
    expect(arrived.map(([seq]) => seq)).toEqual([105, 106]);
    expect(arrived[1]?.[1]).toBe(frames[0]?.sizeBytes);
  });

  it('shows nothing after a gap until a key frame comes, and asks for one, less and less often', () => {
    const { key, send, seen, clock, asked, receiver } = makeReceiver();
    key(1);
    send(0, true);
    send(3, false);
    send(4, false);
    expect(seen()).toEqual([0]);
    expect(asked).toEqual([3]);
    expect(receiver.lostFrames).toBe(2);
    clock.advance(PICTURE_RECEIVER_LIMITS.firstAskAgainMs);
    expect(asked).toHaveLength(2);
    clock.advance(60_000);
    expect(asked.length).toBeLessThan(4 + 60_000 / PICTURE_RECEIVER_LIMITS.maxAskAgainMs);
    send(5, true);
    send(6, false);
    expect(seen()).toEqual([0, 5, 6]);
    const count = asked.length;
    clock.advance(60_000);
    expect(asked).toHaveLength(count);
  });

  it('misses nothing that may be left out on the way, and everything else', () => {
    const { key, send, seen, asked, alive, receiver } = makeReceiver();
    key(1);
    send(0, true);
    send(4, false, 1, 3);
    send(5, false);
    alive(5);
    alive(5);
    expect(seen()).toEqual([0, 4, 5]);
    expect(asked).toEqual([]);
    expect(receiver.lostFrames).toBe(0);
    send(9, false, 1, 2);
    expect(seen()).toEqual([0, 4, 5]);
    expect(asked).toEqual([9]);
    expect(receiver.lostFrames).toBe(3);
  });

  it('needs nobody when the gap ends in a key frame', () => {
    const { key, send, seen, asked, receiver } = makeReceiver();
    key(1);
    send(0, true);
    send(9, true);
    expect(seen()).toEqual([0, 9]);
    expect(asked).toEqual([]);
    expect(receiver.lostFrames).toBe(8);
  });

  it('asks when no key frame comes after it was let in', () => {
    const { key, clock, asked } = makeReceiver();
    key(1);
    clock.advance(PICTURE_RECEIVER_LIMITS.firstAskAgainMs);
    expect(asked).toEqual([null]);
  });

  it('goes on across epochs without a key frame, and sees a gap between them', () => {
    const { key, send, seen, asked } = makeReceiver();
    key(1);
    send(0, true, 1);
    key(2, 2);
    send(1, false, 1);
    send(0, false, 2);
    key(3, 4);
    expect(asked).toEqual([]);
    send(0, false, 3);
    expect(asked).toEqual([4]);
    expect(seen()).toEqual([0, 1, 2]);
  });

  it('takes what it has no key for as lost', () => {
    const { key, send, seen, asked } = makeReceiver();
    send(0, true, 1);
    key(1);
    send(1, true, 1);
    send(0, false, 2);
    key(2, 2);
    send(1, false, 2);
    expect(seen()).toEqual([1]);
    expect(asked).toEqual([3]);
  });

  it('passes on that a record was tampered with', () => {
    const { key, receiver } = makeReceiver();
    key(1);
    const bad = () => receiver.receive(envelope(MessageType.media, { epoch: 1 }), new Uint8Array([9, 9]));
    expect(bad).toThrow(expect.objectContaining({ reason: 'tampered' }));
  });

  it('takes the second sign of life that names the same missing update for its loss', () => {
    const { key, send, alive, asked } = makeReceiver();
    key(1);
    send(0, true);
    alive(0);
    alive(0);
    alive(2);
    expect(asked).toEqual([]);
    send(1, false);
    send(2, false);
    alive(2);
    alive(3);
    expect(asked).toEqual([]);
    alive(3);
    expect(asked).toEqual([2]);
  });

  it('counts silence from the last update or sign of life', () => {
    const { key, send, alive, receiver, clock } = makeReceiver();
    key(1);
    send(0, true);
    clock.advance(1500);
    expect(receiver.silentMs).toBe(1500);
    alive(0);
    expect(receiver.silentMs).toBe(0);
  });

  it('asks when the painter lost the thread, once at a time', () => {
    const { key, send, receiver, asked, seen } = makeReceiver();
    key(1);
    send(0, true);
    receiver.needKeyFrame();
    receiver.needKeyFrame();
    send(1, false);
    expect(asked).toEqual([0]);
    send(2, true);
    expect(seen()).toEqual([0, 2]);
  });

  it('passes cursors on whatever the pictures do', () => {
    const { key, receiver, cursors } = makeReceiver();
    key(1);
    const body = encodeCursor({ xPx: 3, yPx: 4, visible: true, shape: null });
    receiver.receive(envelope(MessageType.cursor, { epoch: 1, stream: 1 }), new Uint8Array([1, ...body]));
    expect(cursors).toEqual([{ xPx: 3, yPx: 4, visible: true, shape: null }]);
  });

  it('starts anew with a new connection', () => {
    const { key, send, receiver, start, seen, clock, asked } = makeReceiver();
    key(1);
    send(7, true);
    receiver.stop();
    send(8, true);
    start();
    key(1);
    send(0, false);
    send(1, true);
    expect(seen()).toEqual([7, 1]);
    clock.advance(60_000);
    expect(asked).toEqual([]);
  });

  it('never delivers a frame whose chain is broken, whatever is dropped', () => {
    const step = fc.record({ isKey: fc.boolean(), dropped: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { key, send, seen } = makeReceiver();
        key(1);
        for (const [seq, { isKey, dropped }] of steps.entries()) if (!dropped) send(seq, isKey);
        let intact = false;
        const decodable = steps.flatMap(({ isKey, dropped }, seq) => {
          intact = !dropped && (isKey || intact);
          return intact ? [seq] : [];
        });
        expect(seen()).toEqual(decodable);
      }),
    );
  });
});
