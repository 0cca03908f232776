import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEY_CODES } from '../../../shared/model/key-codes.ts';
import { xKeycode } from '../key-map.ts';
import { keysymOf, rowOfCharacter, SPARE_KEY_LIMITS, SpareKeys, X11Keymap } from './x11-keyboard.ts';

const FIRST = 8;
function keymap(rows: Record<number, number[]>): X11Keymap {
  return new X11Keymap(
    FIRST,
    Array.from({ length: 248 }, (_, i) => rows[i + FIRST] ?? [0, 0, 0, 0, 0, 0, 0]),
  );
}
// KeyE of a German layout with a Greek second group, and Digit1.
const german = keymap({
  26: [0x65, 0x45, 0x7e5, 0x7c5, 0x20ac, 0x20ac],
  10: [0x31, 0x21, 0x31, 0x21, 0xb9, 0xa1],
  108: [0xfe03, 0],
});

describe('X11 keyboard', () => {
  it('knows the keysyms of characters', () => {
    expect([0x41, 0xe7, 0x20ac, 0x1f600].map(keysymOf)).toEqual([0x41, 0xe7, 0x0100_20ac, 0x0101_f600]);
    expect([0x0a, 0x0d, 0x09, 0x08].map(keysymOf)).toEqual([0xff0d, 0xff0d, 0xff09, 0xff08]);
    expect([0x01, 0x80, 0x9f].map(keysymOf)).toEqual([null, null, null]);
  });

  it('finds characters with the fewest modifiers, and old keysyms too', () => {
    expect(german.find(0x65, 0)).toEqual({ keycode: 26, shift: false, level3: false });
    expect(german.find(0x21, 0)).toEqual({ keycode: 10, shift: true, level3: false });
    expect(german.find(0x20ac, 0)).toEqual({ keycode: 26, shift: false, level3: true });
    expect(german.find(0xa1, 0)).toEqual({ keycode: 10, shift: true, level3: true });
    expect(german.find(0xe3, 0)).toBeUndefined();
  });

  it('looks only into the layout that is in use', () => {
    expect(german.find(0x65, 1)).toBeUndefined();
    expect(german.find(0x21, 1)).toEqual({ keycode: 10, shift: true, level3: false });
    expect(german.find(0x21, 2)).toBeUndefined();
    expect(german.keycodeOf(0xfe03)).toBe(108);
  });

  it('counts no physical key as spare', () => {
    const spare = german.spareKeycodes();
    const physical = KEY_CODES.map(xKeycode);
    expect(spare.length).toBeGreaterThan(0);
    expect(spare.filter((keycode) => physical.includes(keycode) || keycode <= 8)).toEqual([]);
  });

  it('maps a character at every level', () => {
    expect(rowOfCharacter(0xe3, 7)).toEqual(new Array(7).fill(0xe3));
    expect(rowOfCharacter(0x01, 7)).toBeNull();
  });
});

describe('SpareKeys', () => {
  it('lends a keycode for a character again and again, without remapping it', () => {
    const keys = new SpareKeys([93, 120]);
    expect(keys.lend(0xe3, 0)).toEqual({ keycode: 93, remap: true, waitMs: 0 });
    expect(keys.lend(0xe3, 1)).toEqual({ keycode: 93, remap: false, waitMs: 0 });
    expect(keys.lend(0xe7, 2)).toEqual({ keycode: 120, remap: true, waitMs: 0 });
    expect(keys.giveBack()).toEqual([93, 120]);
    expect(keys.giveBack()).toEqual([]);
  });

  it('has none to lend where there is none', () => {
    expect(new SpareKeys([]).lend(65, 0)).toBeNull();
  });

  it('never gives a keycode another character before the last one had its time', () => {
    const use = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 300 }));
    fc.assert(
      fc.property(fc.array(use, { maxLength: 100 }), (uses) => {
        const keys = new SpareKeys([1, 2, 3, 4]);
        const last = new Map<number, { codePoint: number; atMs: number }>();
        let nowMs = 0;
        for (const [codePoint, laterMs] of uses) {
          nowMs += laterMs;
          const lent = keys.lend(codePoint, nowMs)!;
          nowMs += lent.waitMs;
          const before = last.get(lent.keycode);
          if (lent.remap && before) expect(nowMs - before.atMs).toBeGreaterThanOrEqual(SPARE_KEY_LIMITS.minReuseMs);
          if (!lent.remap) expect(before?.codePoint).toBe(codePoint);
          last.set(lent.keycode, { codePoint, atMs: nowMs });
        }
      }),
    );
  });
});
