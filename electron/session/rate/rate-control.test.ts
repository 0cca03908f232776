// The controller, the encoder's budget, the relay's flow and the viewer's feedback together, in virtual time.
import { describe, expect, it } from 'vitest';
import { percentile, type SimulatedSession, simulateSession } from '../../../tests/fakes/simulated-session.ts';

const MBIT = 1_000_000;
/** What encoded before there was a controller: so much, whatever the link. */
const FORMER_BITS_PER_SECOND = 4 * MBIT;

function measured({ viewers }: SimulatedSession, forMs: number) {
  const viewer = viewers[0]!;
  return {
    p95Ms: percentile(viewer.arrivalAgesMs, 0.95),
    screenP95Ms: percentile(viewer.screenAgesMs, 0.95),
    utilisation: (viewer.receivedBytes * 8_000) / forMs / viewer.link.bitsPerSecond,
    framesPerSecond: (viewer.arrivalAgesMs.length * 1_000) / forMs,
  };
}

const LINKS = [10, 2, 0.512].flatMap((mbit) => [20, 150].map((delayMs) => ({ mbit, delayMs })));

/** A picture has to cross the link once: at the rate that is left for one frame this takes 100 ms at most. */
const boundOf = (mbit: number, delayMs: number) => delayMs + (mbit < 1 ? 180 : 100);

describe.each(LINKS)('at $mbit Mbit/s with $delayMs ms of delay', ({ mbit, delayMs }) => {
  const start = () => {
    const link = { bitsPerSecond: mbit * MBIT, delayMs, jitterMs: 5 };
    const session = simulateSession({ links: [link] });
    session.run(5_000);
    return { link, session };
  };
  const boundMs = boundOf(mbit, delayMs);

  it('pictures stay new for half a minute, and the link is used', () => {
    const { session } = start();
    session.run(30_000);
    const { p95Ms, screenP95Ms, utilisation, framesPerSecond } = measured(session, 30_000);
    expect(p95Ms).toBeLessThan(boundMs);
    expect(screenP95Ms).toBeLessThan(2 * boundMs);
    expect(utilisation).toBeGreaterThan(0.6);
    expect(framesPerSecond).toBeGreaterThan(mbit < 1 ? 9 : 25);
    expect(session.viewers[0]!.droppedFrames).toBe(0);
  });

  it('they are new again soon after the rate has halved, and the rate is found again when it is back', () => {
    const { link, session } = start();
    link.bitsPerSecond /= 2;
    session.run(3_000);
    // Two round trips until the encoder knows; what it made meanwhile takes twice its time.
    expect(measured(session, 3_000).p95Ms).toBeLessThan(boundMs + 4 * delayMs + 200);
    session.run(12_000);
    expect(measured(session, 12_000).p95Ms).toBeLessThan(boundMs + (mbit < 1 ? 100 : 0));
    link.bitsPerSecond *= 2;
    session.run(3_000);
    session.run(12_000);
    const { p95Ms, utilisation } = measured(session, 12_000);
    expect(p95Ms).toBeLessThan(boundMs);
    expect(utilisation).toBeGreaterThan(0.6);
  });
});

it.each(LINKS.filter(({ mbit }) => mbit < 4))(
  'without control they would be older by far at $mbit Mbit/s with $delayMs ms of delay',
  ({ mbit, delayMs }) => {
    const link = { bitsPerSecond: mbit * MBIT, delayMs, jitterMs: 5 };
    const session = simulateSession({ links: [link], fixedBitsPerSecond: FORMER_BITS_PER_SECOND });
    session.run(5_000);
    session.run(30_000);
    const { p95Ms, screenP95Ms } = measured(session, 30_000);
    expect(p95Ms).toBeGreaterThan(2.5 * boundOf(mbit, delayMs));
    expect(screenP95Ms).toBeGreaterThan(10 * boundOf(mbit, delayMs));
  },
);

describe('a fast link', () => {
  it('is not throttled, from the first picture on', () => {
    const session = simulateSession({ links: [{ bitsPerSecond: 1_000 * MBIT, delayMs: 0.3, jitterMs: 4 }] });
    session.run(1_000);
    // 60 frames of 60 kB each: all that the encoder can make.
    expect(measured(session, 1_000).framesPerSecond).toBeGreaterThanOrEqual(58);
    expect(session.viewers[0]!.receivedBytes).toBeGreaterThan(3_000_000);
    session.run(20_000);
    expect(measured(session, 20_000).framesPerSecond).toBeGreaterThanOrEqual(59);
    expect(session.viewers[0]!.receivedBytes).toBeGreaterThan(60_000_000);
  });

  it('that stood still for a moment is free again at once', () => {
    const link = { bitsPerSecond: 1_000 * MBIT, delayMs: 1, jitterMs: 4 };
    const session = simulateSession({ links: [link] });
    session.run(2_000);
    link.delayMs = 400;
    session.run(300);
    link.delayMs = 1;
    session.run(1_000);
    session.run(2_000);
    expect(measured(session, 2_000).framesPerSecond).toBeGreaterThanOrEqual(58);
    expect(session.viewers[0]!.receivedBytes).toBeGreaterThan(6_000_000);
  });
});

describe('a busy machine', () => {
  // While the viewer's machine does something else, pictures come late and then all at once.
  const busy = { busyShare: 0.3, busyMs: 150, jitterMs: 5 };

  it('is not taken for a slow link', () => {
    const session = simulateSession({ links: [{ bitsPerSecond: 1_000 * MBIT, delayMs: 0.3, ...busy }] });
    session.run(2_000);
    session.run(20_000);
    expect(measured(session, 20_000).framesPerSecond).toBeGreaterThan(55);
    expect(session.viewers[0]!.receivedBytes).toBeGreaterThan(60_000_000);
  });

  it.each([2, 0.512])('does not make the pictures of a slow one old, at %d Mbit/s', (mbit) => {
    const session = simulateSession({ links: [{ bitsPerSecond: mbit * MBIT, delayMs: 20, ...busy }] });
    session.run(5_000);
    session.run(30_000);
    const { p95Ms, utilisation } = measured(session, 30_000);
    expect(p95Ms).toBeLessThan(500);
    expect(utilisation).toBeGreaterThan(0.6);
  });
});

describe('several viewers', () => {
  const session = (...mbits: number[]) =>
    simulateSession({ links: mbits.map((mbit) => ({ bitsPerSecond: mbit * MBIT, delayMs: 20, jitterMs: 5 })) });
  const p95 = (all: SimulatedSession) => all.viewers.map(({ arrivalAgesMs }) => percentile(arrivalAgesMs, 0.95));

  it('of which one is far slower: it costs the other nothing, and still sees new pictures', () => {
    const both = session(10, 0.512);
    const alone = session(10);
    for (const each of [both, alone]) {
      each.run(5_000);
      each.run(30_000);
    }
    const [fast, slow] = both.viewers;
    expect(p95(both)[0]).toBeLessThan(140);
    expect(fast!.droppedFrames).toBe(0);
    expect(fast!.receivedBytes).toBeGreaterThan(0.9 * alone.viewers[0]!.receivedBytes);
    expect(slow!.arrivalAgesMs.length).toBeGreaterThan(20);
  });

  it('of which one is a little slower: both see every picture while it is new', () => {
    const both = session(10, 6);
    both.run(5_000);
    const dropped = both.viewers.map(({ droppedFrames }) => droppedFrames);
    both.run(30_000);
    for (const ageMs of p95(both)) expect(ageMs).toBeLessThan(140);
    expect(both.viewers.map(({ droppedFrames }) => droppedFrames)).toEqual(dropped);
  });
});
