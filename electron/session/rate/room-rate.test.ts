import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import { ROOM_RATE_LIMITS, RoomRate } from './room-rate.ts';
import { VIEWER_RATE_LIMITS } from './viewer-rate.ts';

const { firstWindowBytes, stallMs } = VIEWER_RATE_LIMITS;

function makeRoom(...ids: string[]) {
  const clock = new FakeClock();
  const room = new RoomRate(clock);
  room.setViewers(ids);
  let seq = -1;
  const send = (sizeBytes: number) => {
    seq += 1;
    room.pictureSent(seq, sizeBytes);
  };
  const come = (id: string, receivedBytes: number) =>
    room.feedback(id, {
      seq,
      waitingFrames: 0,
      arrivedMs: clock.monotonicMs(),
      heldMs: 0,
      roundTripMs: 1,
      receivedBytes,
    });
  return { clock, room, send, come };
}

describe('the pace of a room', () => {
  it('is held by a viewer whose pictures are still on their way', () => {
    const { room, send, come } = makeRoom('a');
    send(firstWindowBytes);
    expect(room.hasRoom).toBe(false);
    come('a', firstWindowBytes);
    expect(room.hasRoom).toBe(true);
  });

  it('is not held by one that has said nothing yet, where others have', () => {
    const { room, send, come } = makeRoom('a', 'silent');
    send(firstWindowBytes);
    come('a', firstWindowBytes);
    expect(room.hasRoom).toBe(true);
  });

  it('is not held for longer by one that says nothing any more', () => {
    const { room, send, come, clock } = makeRoom('a', 'b');
    send(1_000);
    for (const id of ['a', 'b']) come(id, 1_000);
    send(10 * firstWindowBytes);
    clock.advance(5);
    come('a', 1_000 + 10 * firstWindowBytes);
    expect(room.hasRoom).toBe(false);
    clock.advance(stallMs + 10);
    expect(room.hasRoom).toBe(true);
  });

  it('is held no longer by one that has left', () => {
    const { room, send, come } = makeRoom('a', 'b');
    send(1_000);
    for (const id of ['a', 'b']) come(id, 1_000);
    send(10 * firstWindowBytes);
    come('a', 1_000 + 10 * firstWindowBytes);
    room.setViewers(['a']);
    expect(room.hasRoom).toBe(true);
  });

  it('keeps to a wished rate, however fast the link, and makes no large picture cost more than a second', () => {
    const { room, send, come, clock } = makeRoom('a');
    room.setWishedBitsPerSecond(400_000);
    let total = 0;
    const untilMs = clock.monotonicMs() + 10_000;
    while (clock.monotonicMs() < untilMs) {
      if (room.hasRoom) {
        send(5_000);
        total += 5_000;
        come('a', total);
      }
      clock.advance(10);
    }
    expect((total * 8) / 10).toBeGreaterThan(350_000);
    expect((total * 8) / 10).toBeLessThan(450_000);
    send(1_000_000);
    come('a', total + 1_000_000);
    expect(room.hasRoom).toBe(false);
    clock.advance(ROOM_RATE_LIMITS.maxAheadMs - ROOM_RATE_LIMITS.aheadMs);
    expect(room.hasRoom).toBe(true);
  });

  it('knows who cannot follow it, and nobody like that among one, or among equals', () => {
    const { room, send, come, clock } = makeRoom('fast', 'slow');
    send(1_000);
    for (const id of ['fast', 'slow']) come(id, 1_000);
    expect(room.hasFollowers).toBe(false);
    send(100_000);
    clock.advance(5);
    come('fast', 101_000);
    expect(room.hasFollowers).toBe(false);
    clock.advance(500);
    come('slow', 101_000);
    expect(room.hasFollowers).toBe(true);
    expect(room.bitsPerSecond).toBeNull();
    room.setViewers(['slow']);
    expect(room.hasFollowers).toBe(false);
    expect(room.bitsPerSecond).not.toBeNull();
  });
});
