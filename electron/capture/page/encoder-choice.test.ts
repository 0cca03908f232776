import { describe, expect, it } from 'vitest';
import type { EncoderTiming } from '../../../shared/ipc/capture.ts';
import { UNBOUNDED_PICTURE_BUDGET } from '../../../shared/model/picture-budget.ts';
import { encoderCandidates, sizeClassOf, untriedCandidates } from './encoder-choice.ts';

const ALL = ['av1', 'vp9', 'vp8', 'h264'] as const;
const [WIDTH, HEIGHT] = [1920, 1080];
const slow = (bitsPerSecond: number) => ({ ...UNBOUNDED_PICTURE_BUDGET, bitsPerSecond });
const timing = (patch: Partial<EncoderTiming>): EncoderTiming => ({
  codec: 'h264',
  hardware: false,
  sizeClass: sizeClassOf(WIDTH, HEIGHT),
  keyMs: 50,
  deltaMs: 14,
  keyBytes: 300_000,
  failed: false,
  ...patch,
});
const order = (known: readonly EncoderTiming[], budget = UNBOUNDED_PICTURE_BUDGET) =>
  encoderCandidates(ALL, WIDTH, HEIGHT, budget, known).map(({ codec, hardware }) => (hardware ? `${codec}-hw` : codec));

describe('the choice of an encoder', () => {
  it('begins with H.264 on a fast link, because its key frame is there first', () => {
    expect(order([])[0]).toBe('h264');
  });

  it('begins with AV1 on a slow one, because its key frame is the smallest', () => {
    expect(order([], slow(512_000))[0]).toBe('av1');
    expect(order([], slow(50_000_000))[0]).toBe('h264');
  });

  it('weighs the bytes of all frames on a slow link, whatever a key frame was measured to take', () => {
    const known = [timing({ keyBytes: 20_000 }), timing({ codec: 'av1', keyMs: 200, keyBytes: 20_000 })];
    expect(order(known)[0]).toBe('h264');
    expect(order(known, slow(512_000))[0]).toBe('av1');
  });

  it('follows what was measured on this machine', () => {
    expect(order([timing({ codec: 'av1', keyMs: 30, deltaMs: 5 })])[0]).toBe('av1');
    expect(order([timing({ keyMs: 900, deltaMs: 80 })])[0]).not.toBe('h264');
  });

  it('does not take a measurement of another size for this one', () => {
    expect(order([timing({ keyMs: 900, deltaMs: 80, sizeClass: sizeClassOf(640, 360) })])[0]).toBe('h264');
  });

  it('keeps what has failed for the end, and does not leave it out', () => {
    const known = [timing({ failed: true, keyMs: 0, deltaMs: 0, keyBytes: 0 })];
    expect(order(known).at(-1)).toBe('h264');
    expect(order(known)).toHaveLength(4);
  });

  it('takes hardware only where it is really faster', () => {
    expect(order([timing({}), timing({ hardware: true, keyMs: 20, deltaMs: 5 })])[0]).toBe('h264-hw');
    expect(order([timing({}), timing({ hardware: true, keyMs: 20, deltaMs: 12 })])).not.toContain('h264-hw');
    expect(order([timing({ hardware: true, failed: true, deltaMs: 0 })])).not.toContain('h264-hw');
  });

  it('tries what is not known yet, hardware first, and each once', () => {
    const untried = untriedCandidates(['h264', 'av1'], WIDTH, HEIGHT, UNBOUNDED_PICTURE_BUDGET, [timing({})]);
    expect(untried.map(({ codec, hardware }) => [codec, hardware])).toEqual([
      ['h264', true],
      ['av1', true],
      ['av1', false],
    ]);
  });

  it('asks for two layers only where somebody needs them', () => {
    const modes = (budget = UNBOUNDED_PICTURE_BUDGET) =>
      new Set(encoderCandidates(ALL, WIDTH, HEIGHT, budget, []).map(({ config }) => config.scalabilityMode));
    expect(modes()).toEqual(new Set([undefined]));
    expect(modes({ ...UNBOUNDED_PICTURE_BUDGET, layered: true })).toEqual(new Set(['L1T2']));
  });
});
