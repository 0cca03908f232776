import { describe, expect, it } from 'vitest';
import { FRAME_FLOW_LIMITS, FrameFlow } from './frame-flow.ts';

const KIB = 1024;

describe('the frames on their way to a v1 client', () => {
  it('are two at first, and more once each is taken quickly', () => {
    const flow = new FrameFlow();
    flow.sent(KIB, 0);
    expect(flow.maySend(KIB)).toBe(true);
    const second = flow.sent(KIB, 0);
    expect(flow.maySend(KIB)).toBe(false);
    expect(flow.answered(second, 5)).toBe(true);
    for (let count = 0; count < 3; count += 1) {
      expect(flow.maySend(KIB)).toBe(true);
      flow.sent(KIB, 10);
    }
    expect(flow.maySend(KIB)).toBe(false);
  });

  it('never are more than the limit', () => {
    const flow = new FrameFlow();
    for (let round = 0; round < 50; round += 1) {
      let last: Buffer | null = null;
      for (let count = 0; flow.maySend(KIB); count += 1) {
        expect(count).toBeLessThan(FRAME_FLOW_LIMITS.maxFrames);
        last = flow.sent(KIB, round);
      }
      flow.answered(last!, round);
    }
    for (let count = 0; count < FRAME_FLOW_LIMITS.maxFrames; count += 1) flow.sent(KIB, 100);
    expect(flow.maySend(KIB)).toBe(false);
  });

  it('become one when they are queueing on the way, however quick the line once was', () => {
    const flow = new FrameFlow();
    flow.answered(flow.sent(KIB, 0), 5);
    for (let atMs = 10; atMs < 5_000; atMs += 1_000) flow.answered(flow.sent(KIB, atMs), atMs + 900);
    flow.sent(KIB, 6_000);
    expect(flow.maySend(KIB)).toBe(false);
  });

  it('are few bytes, but the largest frame goes alone', () => {
    const flow = new FrameFlow();
    expect(flow.maySend(FRAME_FLOW_LIMITS.maxBytes * 2)).toBe(true);
    flow.sent(FRAME_FLOW_LIMITS.maxBytes - KIB, 0);
    expect(flow.maySend(KIB + 1)).toBe(false);
    expect(flow.maySend(KIB)).toBe(true);
  });

  it('have arrived when a later one has, and no other answer means anything', () => {
    const flow = new FrameFlow();
    const first = flow.sent(KIB, 0);
    const second = flow.sent(KIB, 0);
    expect(flow.answered(Buffer.alloc(0), 1)).toBe(false);
    expect(flow.answered(Buffer.from([9, 9, 9, 9]), 1)).toBe(false);
    expect(flow.answered(second, 1)).toBe(true);
    expect(flow.answered(first, 1)).toBe(false);
    expect(flow.maySend(FRAME_FLOW_LIMITS.maxBytes * 2)).toBe(true);
  });
});
