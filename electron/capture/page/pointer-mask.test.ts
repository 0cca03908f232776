import { describe, expect, it } from 'vitest';
import { DamageRegion } from '../damage-region.ts';
import { POINTER_MASK_LIMITS, PointerMask } from './pointer-mask.ts';

const cell = (xPx: number, yPx: number) => ({ xPx, yPx, widthPx: 32, heightPx: 32 });

function region(...cells: { xPx: number; yPx: number; widthPx: number; heightPx: number }[]): DamageRegion {
  const damage = new DamageRegion(1280, 800);
  for (const one of cells) damage.add(one);
  return damage;
}

describe('a pointer mask', () => {
  it('takes out what a moving pointer may have changed, where it came from too', () => {
    const mask = new PointerMask();
    mask.moved(1_000, 110, 110);
    mask.moved(1_016, 400, 110);
    const changed = region(cell(96, 96), cell(224, 96), cell(384, 96), cell(640, 320));
    const doubtful = mask.takeFrom(changed, 1_030);
    expect(changed.rects()).toEqual([cell(640, 320)]);
    expect(doubtful.rects()).toEqual([cell(96, 96), cell(224, 96), cell(384, 96)]);
  });

  it('leaves what changes under a pointer that rests', () => {
    const mask = new PointerMask();
    mask.moved(1_000, 110, 110);
    const changed = region(cell(96, 96));
    expect(mask.takeFrom(changed, 1_001 + POINTER_MASK_LIMITS.memoryMs).isEmpty).toBe(true);
    expect(changed.isEmpty).toBe(false);
  });

  it('masks nothing before it knows where the pointer is', () => {
    const changed = region(cell(0, 0));
    expect(new PointerMask().takeFrom(changed, 10).isEmpty).toBe(true);
    expect(changed.isEmpty).toBe(false);
  });
});
