import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentSamples, SecondHistory, STATISTICS_LIMITS } from './latency-statistics.ts';

describe('RecentSamples', () => {
  it('gives nearest-rank percentiles of the window', () => {
    const samples = new RecentSamples();
    expect(samples.percentile(0.5, 0)).toBeNull();
    for (let i = 1; i <= 100; i++) samples.add(i, i);
    expect([0, 0.5, 0.95, 1].map((fraction) => samples.percentile(fraction, 100))).toEqual([1, 50, 95, 100]);
  });

  it('forgets what is older than the window', () => {
    const samples = new RecentSamples(1000);
    samples.add(1, 0);
    samples.add(2, 500);
    expect(samples.count(999)).toBe(2);
    expect(samples.count(1000)).toBe(1);
    expect(samples.percentile(0, 1200)).toBe(2);
    expect(samples.count(5000)).toBe(0);
  });

  it('ignores what is no number', () => {
    const samples = new RecentSamples();
    samples.add(Number.NaN, 1);
    samples.add(Number.POSITIVE_INFINITY, 1);
    expect(samples.count(1)).toBe(0);
  });

  it('is bounded, and every percentile is one of its values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, fraction) => {
          const samples = new RecentSamples(10_000, 100);
          values.forEach((value, index) => {
            samples.add(value, index);
          });
          const kept = values.slice(-100);
          expect(samples.count(values.length)).toBe(kept.length);
          const percentile = samples.percentile(fraction, values.length)!;
          expect(kept).toContain(percentile);
          expect(kept.filter((value) => value <= percentile).length / kept.length).toBeGreaterThanOrEqual(fraction);
        },
      ),
    );
  });
});

describe('SecondHistory', () => {
  it('counts whole seconds, empty ones included, and leaves out the present one', () => {
    const history = new SecondHistory();
    history.painted(10, 1000);
    history.painted(20, 1500);
    history.painted(null, 1900);
    history.received(100, 1900);
    history.painted(40, 3100);
    expect(history.series(3500)).toEqual({ framesPerSecond: [3, 0], ageMs: [15, null], bitsPerSecond: [800, 0] });
    expect(history.series(4000).framesPerSecond).toEqual([3, 0, 1]);
  });

  it('keeps a minute', () => {
    const history = new SecondHistory();
    for (let second = 0; second < 200; second++) history.painted(second, second * 1000);
    const series = history.series(200_000);
    expect(series.ageMs).toHaveLength(STATISTICS_LIMITS.historySeconds);
    expect(series.ageMs.at(-1)).toBe(199);
    expect(new SecondHistory().series(0).framesPerSecond).toEqual([]);
  });
});
