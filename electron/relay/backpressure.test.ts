import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKPRESSURE, type OfferedMedia, ViewerFlow } from './backpressure.ts';

const KIB = 1024;
const STREAM = 1;

const delta = (sizeBytes: number, stream = STREAM): OfferedMedia => ({
  stream,
  key: false,
  discardable: false,
  sizeBytes,
});
const key = (sizeBytes: number, stream = STREAM): OfferedMedia => ({ ...delta(sizeBytes, stream), key: true });
const upper = (sizeBytes: number): OfferedMedia => ({ ...delta(sizeBytes), discardable: true });

/** A link of a fixed rate in front of a viewer that acknowledges whole messages every 30 ms. */
class Link {
  readonly flow = new ViewerFlow(0);
  nowMs = 0;
  readonly ages: number[] = [];
  keyframesAsked = 0;
  maxUnackedBytes = 0;
  readonly #bytesPerMs: number;
  readonly #delayMs: number;
  readonly #queue: { sizeBytes: number; leftBytes: number; sentAtMs: number }[] = [];
  readonly #acks: { atMs: number; totalBytes: number }[] = [];
  #received = 0;
  #ackedAtMs = 0;
  #keyframeInMs: number | null = null;

  constructor(bytesPerSecond: number, delayMs = 0) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#delayMs = delayMs;
  }

  reliable(sizeBytes: number): void {
    this.flow.sendReliable(sizeBytes, this.nowMs);
    this.#queue.push({ sizeBytes, leftBytes: sizeBytes, sentAtMs: this.nowMs });
  }

  media(frame: OfferedMedia): boolean {
    const sent = this.flow.offerMedia(frame, this.nowMs);
    if (sent) this.#queue.push({ sizeBytes: frame.sizeBytes, leftBytes: frame.sizeBytes, sentAtMs: this.nowMs });
    return sent;
  }

  /** True when the host is to send a key frame now. */
  tick(): boolean {
    this.nowMs += 1;
    let budget = this.#bytesPerMs;
    while (budget > 0) {
      const first = this.#queue[0];
      if (!first) break;
      const part = Math.min(budget, first.leftBytes);
      first.leftBytes -= part;
      budget -= part;
      if (first.leftBytes > 0) break;
      this.#queue.shift();
      this.#received += first.sizeBytes;
      this.ages.push(this.nowMs + this.#delayMs - first.sentAtMs);
    }
    if (this.nowMs - this.#ackedAtMs >= BACKPRESSURE.ackEveryMs) {
      this.#ackedAtMs = this.nowMs;
      this.#acks.push({ atMs: this.nowMs + 2 * this.#delayMs, totalBytes: this.#received });
    }
    while (this.#acks[0] && this.#acks[0].atMs <= this.nowMs)
      this.flow.acknowledge(this.#acks.shift()!.totalBytes, this.nowMs);
    this.maxUnackedBytes = Math.max(this.maxUnackedBytes, this.flow.unackedBytes);
    if (this.flow.keyframeDueInMs(this.nowMs) === 0) {
      this.flow.keyframeAsked(this.nowMs);
      this.keyframesAsked += 1;
      this.#keyframeInMs = this.nowMs + 2 * this.#delayMs + 20;
    }
    if (this.#keyframeInMs === null || this.#keyframeInMs > this.nowMs) return false;
    this.#keyframeInMs = null;
    return true;
  }
}

/** Runs frames of a size at a rate; returns which were sent. */
function play(link: Link, seconds: number, frame: (index: number) => OfferedMedia, perSecond = 30): boolean[] {
  const sent: boolean[] = [];
  let wantsKey = false;
  let nextMs = link.nowMs;
  const untilMs = link.nowMs + seconds * 1000;
  while (link.nowMs < untilMs) {
    if (link.nowMs >= nextMs) {
      const offered = frame(sent.length);
      sent.push(link.media(wantsKey || sent.length === 0 ? { ...offered, key: true, discardable: false } : offered));
      wantsKey = false;
      nextMs += 1000 / perSecond;
    }
    wantsKey = link.tick() || wantsKey;
  }
  return sent;
}

const percentile = (values: number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;

describe('a viewer that is a little too slow', () => {
  /** 720 kB/s, of which nothing builds on the half. */
  const layered = (index: number) => (index % 2 === 1 ? upper(12 * KIB) : delta(12 * KIB));

  it('does without frames that nothing builds on, and needs no key frame', () => {
    const link = new Link(500e3, 20);
    const sent = play(link, 10, layered, 60);
    const lower = sent.filter((_, index) => index % 2 === 0);
    expect(lower.every(Boolean)).toBe(true);
    expect(link.keyframesAsked).toBe(0);
    const kept = sent.length - lower.length - sent.filter((wasSent) => !wasSent).length;
    // what the line has left beside the lower layer is used, and no more
    expect(kept).toBeGreaterThan(0.1 * lower.length);
    expect(kept).toBeLessThan(0.6 * lower.length);
    expect(percentile(link.ages, 0.95)).toBeLessThan(500);
  });

  it('loses all and needs key frames where it has no such frames', () => {
    const link = new Link(500e3, 20);
    play(link, 10, () => delta(12 * KIB), 60);
    expect(link.keyframesAsked).toBeGreaterThan(0);
  });

  it('gets all of them as soon as its line carries them', () => {
    const link = new Link(1.2e6, 20);
    expect(play(link, 10, layered, 60).every(Boolean)).toBe(true);
  });
});

describe('a viewer that keeps up', () => {
  it('gets every frame', () => {
    const link = new Link(20e6, 10);
    expect(play(link, 5, () => delta(60 * KIB)).every(Boolean)).toBe(true);
    expect(link.keyframesAsked).toBe(0);
  });

  it('gets every frame over a long way, too', () => {
    const link = new Link(6e6, 75);
    expect(play(link, 5, () => delta(60 * KIB)).every(Boolean)).toBe(true);
  });

  it('gets every frame over a way that holds as much as the link takes in its window', () => {
    // 10 Mbit/s with 400 ms of round trip, nearly full all the time, after a start that shows nothing of its rate.
    const link = new Link(1.25e6, 200);
    play(link, 1, () => delta(4 * KIB));
    expect(play(link, 8, () => delta(19 * KIB), 60).every(Boolean)).toBe(true);
  });

  it('is not given up for one large picture after a quiet time', () => {
    const link = new Link(10e6, 5);
    expect(play(link, 5, (index) => delta(index % 45 === 44 ? 600 * KIB : 2 * KIB)).every(Boolean)).toBe(true);
  });

  it('is not asked for another key frame because the first one was large', () => {
    const link = new Link(300e3);
    const sent = play(link, 8, (index) => delta(index === 0 ? 400 * KIB : 2 * KIB));
    expect(sent.every(Boolean)).toBe(true);
  });

  it('is soon believed again after a pause', () => {
    const link = new Link(20e6, 2);
    play(link, 2, () => delta(60 * KIB));
    // nothing is acknowledged for half a second
    const stalled = link.nowMs + 500;
    while (link.nowMs < stalled) {
      link.nowMs += 33;
      link.media(delta(60 * KIB));
    }
    play(link, 1, () => delta(60 * KIB));
    expect(play(link, 3, () => delta(60 * KIB)).every(Boolean)).toBe(true);
  });
});

describe('a viewer that is too slow for the stream', () => {
  it('sees pictures of the last second, not of ten seconds ago', () => {
    const link = new Link(300e3);
    play(link, 20, () => delta(60 * KIB));
    const settled = link.ages.slice(Math.floor(link.ages.length / 4));
    expect(percentile(settled, 0.5)).toBeLessThan(1_000);
    expect(percentile(settled, 0.95)).toBeLessThan(1_500);
    expect(link.flow.droppedFrames).toBeGreaterThan(300);
    expect(settled.length).toBeGreaterThan(20);
  });

  it('does not wait for what fast links may have on their way', () => {
    // 512 kbit/s: the least window of a link that has shown nothing would take 2.5 s.
    const link = new Link(64e3);
    play(link, 30, () => delta(6 * KIB));
    const settled = link.ages.slice(Math.floor(link.ages.length / 2));
    expect(percentile(settled, 0.95)).toBeLessThan(1_000);
    expect(settled.length).toBeGreaterThan(20);
  });

  it('has key frames asked for ever less often', () => {
    const link = new Link(300e3);
    play(link, 30, () => delta(60 * KIB));
    expect(link.keyframesAsked).toBeGreaterThan(2);
    expect(link.keyframesAsked).toBeLessThan(15);
  });

  it('loses upper layers before anything else', () => {
    const link = new Link(1.2e6);
    const sent = play(link, 10, (index) => (index % 2 === 1 ? upper(30 * KIB) : delta(30 * KIB)), 60);
    const lostUpper = sent.filter((ok, index) => !ok && index % 2 === 1).length;
    const lostBase = sent.filter((ok, index) => !ok && index % 2 === 0).length;
    expect(lostUpper).toBeGreaterThan(50);
    expect(lostBase).toBeLessThan(lostUpper / 2);
  });

  it('loses none of what is reliable', () => {
    const link = new Link(300e3);
    let messages = 0;
    for (let second = 0; second < 10; second += 1) {
      link.reliable(2 * KIB);
      messages += 1;
      play(link, 1, () => delta(60 * KIB));
    }
    while (link.flow.unackedBytes > 0) link.tick();
    expect(messages).toBe(10);
    expect(link.flow.unackedReliableBytes).toBe(0);
    expect(link.maxUnackedBytes).toBeLessThan(BACKPRESSURE.maxWindowBytes);
  });
});

describe('a viewer that is stalled', () => {
  it('has a bounded amount on its way', () => {
    const flow = new ViewerFlow(0);
    for (let index = 0; index < 10_000; index += 1)
      flow.offerMedia(index % 100 ? delta(60 * KIB) : key(300 * KIB), index * 33);
    expect(flow.unackedMediaBytes).toBeLessThanOrEqual(BACKPRESSURE.maxMediaBytes);
    expect(flow.keyframeDueInMs(1e9)).toBeNull();
  });

  it('is too slow once reliable messages pile up, by bytes or by number', () => {
    const large = new ViewerFlow(0);
    expect(() => {
      for (let index = 0; index < 129; index += 1) large.sendReliable(64 * KIB, index);
    }).toThrow(expect.objectContaining({ reason: 'too-slow' }));
    const many = new ViewerFlow(0);
    expect(() => {
      for (let index = 0; index <= BACKPRESSURE.maxReliableMessages; index += 1) many.sendReliable(12, index);
    }).toThrow(expect.objectContaining({ reason: 'too-slow' }));
  });
});

describe('acknowledgements', () => {
  it('of more than was sent, or of less than before, are malformed', () => {
    const flow = new ViewerFlow(0, 40);
    flow.sendReliable(100, 0);
    expect(() => flow.acknowledge(141, 1)).toThrow(expect.objectContaining({ reason: 'malformed', field: 'ack' }));
    flow.acknowledge(140, 1);
    expect(() => flow.acknowledge(139, 2)).toThrow(expect.objectContaining({ reason: 'malformed', field: 'ack' }));
    expect(flow.unackedBytes).toBe(0);
  });
});

describe('a viewer that has just come', () => {
  it('gets nothing before a key frame, and has one asked for at once', () => {
    const flow = new ViewerFlow(0);
    expect(flow.offerMedia(delta(100), 1)).toBe(false);
    expect(flow.keyframeDueInMs(1)).toBe(0);
    flow.keyframeAsked(1);
    expect(flow.keyframeDueInMs(2)).toBe(BACKPRESSURE.firstKeyframeWaitMs - 1);
    expect(flow.offerMedia(key(100), 3)).toBe(true);
    expect(flow.keyframeDueInMs(4)).toBeNull();
    expect(flow.offerMedia(delta(100), 5)).toBe(true);
  });
});

type Step =
  | { kind: 'media'; frame: OfferedMedia }
  | { kind: 'reliable' | 'cursor'; sizeBytes: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'ack'; share: number };

const sizes = fc.oneof(fc.integer({ min: 12, max: 4 * KIB }), fc.integer({ min: 12, max: 4 * KIB * KIB }));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('media' as const),
        frame: fc.record({
          stream: fc.integer({ min: 0, max: 2 }),
          key: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
          discardable: fc.boolean(),
          sizeBytes: sizes,
        }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('reliable' as const, 'cursor' as const),
        sizeBytes: fc.integer({ min: 12, max: 64 * KIB }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('ack' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
  ),
  { maxLength: 300 },
);

describe('whatever the host sends and the viewer acknowledges', () => {
  it('no frame is sent without those that it needs', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const flow = new ViewerFlow(0);
        let nowMs = 0;
        let sent = 0;
        let acked = 0;
        /** Streams of which every frame since a key frame that is not discardable was sent. */
        const decodable = new Set<number>();
        for (const step of all) {
          if (step.kind === 'wait') nowMs += step.ms;
          else if (step.kind === 'ack') {
            acked = Math.round(acked + (sent - acked) * step.share);
            flow.acknowledge(acked, nowMs);
          } else if (step.kind === 'reliable') {
            flow.sendReliable(step.sizeBytes, nowMs);
            sent += step.sizeBytes;
          } else if (step.kind === 'cursor') {
            if (flow.offerCursor(step.sizeBytes, nowMs)) sent += step.sizeBytes;
          } else if (step.kind === 'media') {
            const { stream, key: isKey, discardable, sizeBytes } = step.frame;
            const delivered = flow.offerMedia(step.frame, nowMs);
            if (delivered) {
              sent += sizeBytes;
              if (isKey) decodable.add(stream);
              expect(decodable.has(stream)).toBe(true);
            } else if (isKey || !discardable) decodable.delete(stream);
          }
          expect(flow.unackedBytes).toBe(sent - acked);
          expect(flow.unackedBytes).toBe(flow.unackedMediaBytes + flow.unackedReliableBytes);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('what is on its way is bounded, and so is how often key frames are asked for', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const flow = new ViewerFlow(0);
        let nowMs = 0;
        let sent = 0;
        let acked = 0;
        const asked: number[] = [];
        for (const step of all) {
          if (step.kind === 'wait') nowMs += step.ms;
          else if (step.kind === 'ack') {
            acked = Math.round(acked + (sent - acked) * step.share);
            flow.acknowledge(acked, nowMs);
          } else if (step.kind === 'media' && flow.offerMedia(step.frame, nowMs)) sent += step.frame.sizeBytes;
          else if (step.kind === 'cursor' && flow.offerCursor(step.sizeBytes, nowMs)) sent += step.sizeBytes;
          if (flow.keyframeDueInMs(nowMs) === 0) {
            flow.keyframeAsked(nowMs);
            asked.push(nowMs);
            expect(flow.unackedMediaBytes).toBeLessThanOrEqual(BACKPRESSURE.drainedBytes);
          }
          expect(flow.unackedMediaBytes).toBeLessThanOrEqual(BACKPRESSURE.maxMediaBytes);
          expect(flow.windowBytes).toBeGreaterThanOrEqual(BACKPRESSURE.minWindowBytes);
          expect(flow.windowBytes).toBeLessThanOrEqual(BACKPRESSURE.maxWindowBytes);
        }
        for (let index = 1; index < asked.length; index += 1)
          expect(asked[index]! - asked[index - 1]!).toBeGreaterThanOrEqual(BACKPRESSURE.firstKeyframeWaitMs);
      }),
      { numRuns: 300 },
    );
  });
});
