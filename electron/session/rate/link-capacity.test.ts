import { describe, expect, it } from 'vitest';
import { LINK_CAPACITY, LinkCapacity } from './link-capacity.ts';

const BYTES_PER_MS = 250;
const SIZE_BYTES = 3_000;
const OWN_MS = SIZE_BYTES / BYTES_PER_MS;

/** Delays of a busy machine: none, a little, much, in turn. */
const LATE_MS = [0, 25, 9, 40, 3, 31];

/** Small pictures 25 times a second: the link idles in between. */
function useLightly(capacity: LinkCapacity, fromMs: number, forMs: number): void {
  for (let at = 0; at * 40 < forMs; at++)
    capacity.add(fromMs + at * 40, SIZE_BYTES, OWN_MS + (LATE_MS[at % LATE_MS.length] ?? 0), false);
}

/** One picture after another, without a pause. */
function fill(capacity: LinkCapacity, fromMs: number, forMs: number, bytesPerMs: number): void {
  for (let atMs = 0; atMs < forMs; atMs += 50) capacity.add(fromMs + atMs, 50 * bytesPerMs, 50, true);
}

describe('what a link carries', () => {
  it('is not known before anything large enough came', () => {
    const capacity = new LinkCapacity();
    capacity.add(0, LINK_CAPACITY.minBytes - 1, 100, false);
    expect(capacity.bytesPerMs).toBeNull();
  });

  it('is not forgotten while the link is used lightly, however late a busy machine makes what comes', () => {
    const capacity = new LinkCapacity();
    fill(capacity, 0, 1_000, BYTES_PER_MS);
    useLightly(capacity, 1_000, 2_000);
    expect(capacity.bytesPerMs).toBeGreaterThan(BYTES_PER_MS * 0.8);
  });

  it('falls at once when a link that is full has become slower', () => {
    const capacity = new LinkCapacity();
    fill(capacity, 0, 1_000, BYTES_PER_MS);
    fill(capacity, 1_000, 2 * LINK_CAPACITY.slowerMs, BYTES_PER_MS / 2);
    expect(capacity.bytesPerMs).toBeLessThan(BYTES_PER_MS * 0.75);
    fill(capacity, 1_000 + 2 * LINK_CAPACITY.slowerMs, 1_000, BYTES_PER_MS / 2);
    expect(capacity.bytesPerMs).toBeCloseTo(BYTES_PER_MS / 2);
  });

  it('rises with the next pictures when the link has become faster', () => {
    const capacity = new LinkCapacity();
    fill(capacity, 0, 1_000, BYTES_PER_MS);
    fill(capacity, 1_000, 150, 3 * BYTES_PER_MS);
    expect(capacity.bytesPerMs).toBeCloseTo(3 * BYTES_PER_MS);
  });

  it('is believed for a while only, however little the link is used', () => {
    const capacity = new LinkCapacity();
    fill(capacity, 0, 200, 4 * BYTES_PER_MS);
    useLightly(capacity, 200, LINK_CAPACITY.maxAgeMs + 1_000);
    expect(capacity.bytesPerMs).toBeLessThan(BYTES_PER_MS * 1.1);
  });
});
