import { describe, expect, it } from 'vitest';
import type { PictureFeedback } from '../../../shared/wire/messages/picture-feedback.ts';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import { SentPictures } from './sent-pictures.ts';
import { VIEWER_RATE_LIMITS, ViewerRate } from './viewer-rate.ts';

const { firstWindowBytes, minWindowBytes, targetWaitMs, stallMs, probeEveryMs, behindFrames, behindPauseMs } =
  VIEWER_RATE_LIMITS;

function makeRate() {
  const clock = new FakeClock();
  const sent = new SentPictures();
  const rate = new ViewerRate(clock, sent);
  let seq = -1;
  let receivedBytes = 0;
  const send = (sizeBytes: number) => {
    seq += 1;
    sent.add(seq, sizeBytes, clock.monotonicMs());
    rate.pictureSent();
    return seq;
  };
  const say = (change: Partial<PictureFeedback>) => {
    const arrivedMs = clock.monotonicMs();
    rate.feedback({ seq, waitingFrames: 0, arrivedMs, heldMs: 0, roundTripMs: null, receivedBytes, ...change });
  };
  /** The newest has come just now, and the viewer says so. */
  const come = (sizeBytes: number, change: Partial<PictureFeedback> = {}) => {
    receivedBytes += sizeBytes;
    say(change);
  };
  /** Over a link of so many bytes a millisecond, one after the other. */
  const pass = (count: number, sizeBytes: number, bytesPerMs: number) => {
    for (let index = 0; index < count; index++) {
      send(sizeBytes);
      clock.advance(sizeBytes / bytesPerMs);
      come(sizeBytes);
    }
  };
  return { clock, rate, send, say, come, pass };
}

describe('a viewer’s rate', () => {
  it('lets the first picture go, however large, and then waits for it to come', () => {
    const { rate, send, clock, come } = makeRate();
    expect(rate.hasRoom).toBe(true);
    send(firstWindowBytes + 1);
    expect(rate.hasRoom).toBe(false);
    clock.advance(2);
    come(firstWindowBytes + 1);
    expect(rate.hasRoom).toBe(true);
    expect(rate.bitsPerSecond).toBeNull();
    // slow start: as much more as has come
    expect(rate.windowBytes).toBe(2 * firstWindowBytes + 1);
  });

  it('sends nothing after the first picture before that is answered, small as it may be', () => {
    const { rate, send, come, clock } = makeRate();
    send(minWindowBytes + 1);
    clock.advance(100);
    expect(rate.hasRoom).toBe(false);
    come(minWindowBytes + 1);
    expect(rate.hasRoom).toBe(true);
  });

  it('knows of a link of 2 Mbit/s by a first picture of 34 kB', () => {
    const { rate, send, come, clock } = makeRate();
    rate.roundTrip(40);
    send(34_000);
    clock.advance(20 + 136);
    come(34_000);
    clock.advance(20);
    expect(rate.bitsPerSecond).toBeGreaterThan(1_400_000);
    expect(rate.bitsPerSecond).toBeLessThan(2_500_000);
  });

  it('knows of a slow link by one picture that took long', () => {
    const { rate, send, come, clock } = makeRate();
    rate.roundTrip(40);
    send(60_000);
    clock.advance(1_040);
    come(60_000);
    // 60 kB in a second, and a tenth left for others
    expect(rate.bitsPerSecond).toBeCloseTo(480_000 * 0.9, -3);
    expect(rate.windowBytes).toBeLessThan(60 * (40 + 30 + targetWaitMs) + 1);
  });

  it('is lower while pictures wait for each other', () => {
    const { rate, send, come, clock, pass } = makeRate();
    rate.roundTrip(1);
    pass(1, 60_000, 60);
    pass(8, 6_000, 60);
    const free = rate.bitsPerSecond ?? 0;
    // Three at once: the second waits for 100 ms, the third for 200; and so on.
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 3; index++) send(6_000);
      clock.advance(300);
      come(18_000);
    }
    expect(rate.bitsPerSecond).toBeLessThan(0.7 * free);
  });

  it('is not limited by pictures that came late for no reason of the link', () => {
    const { rate, send, come, clock } = makeRate();
    rate.roundTrip(1);
    for (let index = 0; index < 40; index++) {
      send(20_000);
      clock.advance(index % 4 === 0 ? 4 : 120);
      come(20_000);
    }
    expect(rate.bitsPerSecond).toBeNull();
    expect(rate.windowBytes).toBeGreaterThan(firstWindowBytes);
  });

  it('sends one picture now and then when nothing is heard any more, and goes on when it is', () => {
    const { rate, send, come, clock } = makeRate();
    send(minWindowBytes);
    clock.advance(stallMs + 1);
    expect([rate.stalled, rate.hasRoom]).toEqual([true, false]);
    clock.advance(probeEveryMs);
    expect(rate.hasRoom).toBe(true);
    send(minWindowBytes);
    expect(rate.hasRoom).toBe(false);
    come(2 * minWindowBytes);
    expect([rate.stalled, rate.hasRoom]).toEqual([false, true]);
  });

  it('holds nothing against a viewer whose pictures the relay dropped', () => {
    const { rate, send } = makeRate();
    send(firstWindowBytes);
    rate.drained();
    expect(rate.inFlightBytes).toBe(0);
    expect(rate.hasRoom).toBe(true);
  });

  it('leaves a machine that is behind with painting some time for itself', () => {
    const { rate, send, come, clock } = makeRate();
    send(5_000);
    clock.advance(1);
    come(5_000, { waitingFrames: behindFrames });
    expect(rate.hasRoom).toBe(false);
    clock.advance(behindPauseMs);
    expect(rate.hasRoom).toBe(true);
  });

  it.each([
    ['feedback.seq', { seq: 5 }],
    ['feedback.seq', { seq: 0 }],
    ['feedback.receivedBytes', { receivedBytes: 1 }],
  ])('refuses what cannot be: %s', (field, change) => {
    const { send, come, say } = makeRate();
    send(100);
    send(100);
    come(200);
    expect(() => say(change)).toThrow(expect.objectContaining({ reason: 'malformed', field }));
  });

  it('does not believe that more came than was sent, or came before it was sent', () => {
    const { rate, send, say, clock, pass } = makeRate();
    rate.roundTrip(10);
    pass(1, 60_000, 60);
    const before = rate.bitsPerSecond ?? 0;
    for (let index = 0; index < 3; index++) {
      send(3_000);
      clock.advance(60);
      say({ receivedBytes: 1e12 * (index + 1), arrivedMs: 0, heldMs: 1e6 });
    }
    expect(rate.inFlightBytes).toBe(0);
    expect(Number.isFinite(rate.windowBytes)).toBe(true);
    expect(before).toBeGreaterThan(0);
    expect(rate.bitsPerSecond ?? 0).toBeLessThan(40_000_000);
  });
});
