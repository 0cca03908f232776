import { describe, expect, it } from 'vitest';
import type { PictureFeedback } from '../../../shared/wire/messages/picture-feedback.ts';
import { FakeClock } from '../../../tests/fakes/fake-clock.ts';
import { FEEDBACK_LIMITS, FeedbackSender } from './feedback-sender.ts';

function makeSender() {
  const clock = new FakeClock();
  const said: PictureFeedback[] = [];
  const link = { inputWaits: false };
  const sender = new FeedbackSender({
    clock,
    mustWait: () => link.inputWaits,
    roundTripMs: () => 25,
    send: (feedback) => said.push(feedback),
  });
  sender.start();
  return { clock, said, link, sender };
}

const { soonBytes, soonEveryMs, someBytes, everyMs, quietMs } = FEEDBACK_LIMITS;

describe('a viewer’s feedback', () => {
  it('says nothing while nothing comes', () => {
    const { clock, said, sender } = makeSender();
    sender.arrived(0, soonBytes);
    clock.advance(60_000);
    expect(said).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('says at once that much has come, but not for each piece of it', () => {
    const { clock, said, sender } = makeSender();
    for (let seq = 0; seq < 100; seq++) {
      sender.arrived(seq, soonBytes);
      clock.advance(1);
    }
    expect(said[0]).toMatchObject({ seq: 0, heldMs: 0, receivedBytes: soonBytes, roundTripMs: 25 });
    expect(said.length).toBeLessThanOrEqual(100 / soonEveryMs + 1);
    clock.advance(soonEveryMs);
    expect(said.at(-1)).toMatchObject({ seq: 99, receivedBytes: 100 * soonBytes });
  });

  it('comes some thirty times a second while pictures flow', () => {
    const { clock, said, sender } = makeSender();
    for (let seq = 0; seq < 1_000; seq++) {
      sender.arrived(seq, someBytes / 2);
      clock.advance(1);
    }
    expect(said.length).toBeGreaterThan(1_000 / everyMs - 5);
    expect(said.length).toBeLessThanOrEqual(1_000 / everyMs + 1);
  });

  it('costs typing next to nothing', () => {
    const { clock, said, sender } = makeSender();
    for (let seq = 0; seq < 100; seq++) {
      sender.arrived(seq, 120);
      clock.advance(100);
    }
    expect(said.length).toBeLessThanOrEqual(10_000 / quietMs + 1);
    expect(said.length).toBeGreaterThan(0);
  });

  it('says how long the newest picture has been here', () => {
    const { clock, said, sender } = makeSender();
    sender.arrived(3, 100);
    clock.advance(200);
    const arrivedMs = clock.monotonicMs();
    sender.arrived(4, 100);
    sender.painted(2);
    clock.advance(quietMs);
    expect(said).toEqual([
      { seq: 4, waitingFrames: 2, arrivedMs, heldMs: quietMs - 200, roundTripMs: 25, receivedBytes: 200 },
    ]);
  });

  it('lets input go first', () => {
    const { clock, said, link, sender } = makeSender();
    link.inputWaits = true;
    sender.arrived(0, soonBytes);
    clock.advance(1_000);
    expect(said).toEqual([]);
    link.inputWaits = false;
    clock.advance(FEEDBACK_LIMITS.againMs);
    expect(said).toHaveLength(1);
  });

  it('starts anew with a connection, and is silent after one', () => {
    const { clock, said, sender } = makeSender();
    sender.arrived(8, 100);
    sender.stop();
    clock.advance(10_000);
    expect(said).toEqual([]);
    sender.start();
    sender.arrived(0, soonBytes);
    expect(said[0]).toMatchObject({ seq: 0, receivedBytes: soonBytes });
  });
});
