import { describe, expect, it } from 'vitest';
import type { MediaDelivery } from '../../shared/ipc/media.ts';
import { FRAME_GATE_LIMITS, FrameGate } from './frame-gate.ts';

const delivery = (seq: number, key: boolean, sizeBytes = 100): MediaDelivery => ({
  seq,
  receivedAtMs: 0,
  sizeBytes,
  frame: {
    codec: 'tiles',
    key,
    discardable: false,
    configuration: null,
    captureTimeUs: 0,
    durationUs: 0,
    widthPx: 1,
    heightPx: 1,
    layer: 0,
    exact: true,
    data: new Uint8Array(),
  },
});

function makeGate() {
  const delivered: number[] = [];
  const requests = { keyFrames: 0 };
  const gate = new FrameGate(
    ({ seq }) => delivered.push(seq),
    () => {
      requests.keyFrames += 1;
    },
  );
  return { gate, delivered, requests };
}

describe('frame gate', () => {
  it('keeps the newest key frame and what follows it until the page is ready', () => {
    const { gate, delivered, requests } = makeGate();
    for (const [seq, key] of [
      [0, false],
      [1, true],
      [2, false],
      [3, true],
      [4, false],
    ] as const)
      gate.push(delivery(seq, key));
    expect(delivered).toEqual([]);
    gate.open();
    expect(delivered).toEqual([3, 4]);
    gate.push(delivery(5, false));
    expect(delivered).toEqual([3, 4, 5]);
    expect(requests.keyFrames).toBe(0);
  });

  it('asks for a key frame when it has none to give', () => {
    const { gate, delivered, requests } = makeGate();
    gate.push(delivery(0, false));
    gate.open();
    expect(delivered).toEqual([]);
    expect(requests.keyFrames).toBe(1);
  });

  it('asks again after a reload', () => {
    const { gate, requests } = makeGate();
    gate.push(delivery(0, true));
    gate.open();
    gate.open();
    expect(requests.keyFrames).toBe(1);
  });

  it.each([
    ['frames', FRAME_GATE_LIMITS.maxFrames + 1, 1],
    ['bytes', 2, FRAME_GATE_LIMITS.maxBytes],
  ])('holds no more %s than its limit', (_what, count, sizeBytes) => {
    const { gate, delivered, requests } = makeGate();
    for (let seq = 0; seq < count; seq++) gate.push(delivery(seq, seq === 0, sizeBytes));
    gate.open();
    expect(delivered).toEqual([]);
    expect(requests.keyFrames).toBe(1);
  });
});
