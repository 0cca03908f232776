// Owns how a character is found on an X keyboard: keysyms, levels of the mapping, and spare keycodes. Pure.
import { KEY_CODES } from '../../../shared/model/key-codes.ts';
import { xKeycode } from '../key-map.ts';

export const SPARE_KEY_LIMITS = {
  /** A keycode is not given another character before every program had time to type the last one. */
  minReuseMs: 400,
} as const;

/** Keysym of AltGr, which makes the third and fourth level. */
export const ISO_LEVEL3_SHIFT = 0xfe03;

const UNICODE_KEYSYM = 0x0100_0000;

/** Control characters that keys make. */
const CONTROL_KEYSYMS: ReadonlyMap<number, number> = new Map([
  [0x08, 0xff08],
  [0x09, 0xff09],
  [0x0a, 0xff0d],
  [0x0d, 0xff0d],
  [0x1b, 0xff1b],
  [0x7f, 0xffff],
]);

/** Old keysyms of characters that layouts have outside of Latin-1. */
const OLD_KEYSYMS: ReadonlyMap<number, number> = new Map([[0x20ac, 0x20ac]]);

/** The keysym of a character, or null for control characters that no key makes. See keysymdef.h and X11 appendix A. */
export function keysymOf(codePoint: number): number | null {
  const control = CONTROL_KEYSYMS.get(codePoint);
  if (control !== undefined) return control;
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return null;
  return codePoint <= 0xff ? codePoint : UNICODE_KEYSYM | codePoint;
}

export interface KeyPlace {
  keycode: number;
  shift: boolean;
  level3: boolean;
}

export class X11Keymap {
  readonly #firstKeycode: number;
  readonly #rows: readonly (readonly number[])[];

  /** The rows of GetKeyboardMapping, from this keycode on. */
  constructor(firstKeycode: number, rows: readonly (readonly number[])[]) {
    this.#firstKeycode = firstKeycode;
    this.#rows = rows;
  }

  /** Keysyms of a keycode. */
  row(keycode: number): readonly number[] {
    return this.#rows[keycode - this.#firstKeycode] ?? [];
  }

  /** The key that types this character in a layout (0 to 3) with the fewest modifiers; undefined when none does. */
  find(codePoint: number, group: number): KeyPlace | undefined {
    const keysym = keysymOf(codePoint);
    if (keysym === null) return undefined;
    const wanted = [keysym, OLD_KEYSYMS.get(codePoint) ?? keysym];
    for (const { column, shift, level3 } of columns(group)) {
      const at = this.#rows.findIndex((row) => wanted.includes(row[column] ?? 0));
      if (at >= 0) return { keycode: this.#firstKeycode + at, shift, level3 };
    }
    return undefined;
  }

  /** A key with this keysym at its first level. */
  keycodeOf(keysym: number): number | undefined {
    const at = this.#rows.findIndex((row) => row[0] === keysym);
    return at < 0 ? undefined : this.#firstKeycode + at;
  }

  /** Keycodes without any meaning that no physical key of ours has either. */
  spareKeycodes(): number[] {
    const physical = new Set(KEY_CODES.map(xKeycode));
    const spare: number[] = [];
    this.#rows.forEach((row, index) => {
      const keycode = this.#firstKeycode + index;
      // 8 is the lowest legal keycode, and some programs take it for none.
      if (keycode > 8 && !physical.has(keycode) && row.every((keysym) => keysym === 0)) spare.push(keycode);
    });
    return spare;
  }
}

/** A row that types the character whatever modifiers are held and whatever layout is in use. */
export function rowOfCharacter(codePoint: number, width: number): number[] | null {
  const keysym = keysymOf(codePoint);
  return keysym === null ? null : new Array<number>(Math.max(2, width)).fill(keysym);
}

/**
 * Core columns of a group's levels (XKB protocol 17.1.3): the first two levels of groups one and two come first, the
 * first group's third and fourth level after them; where the others are depends on each key, so we do not look there.
 */
function columns(group: number): { column: number; shift: boolean; level3: boolean }[] {
  if (group > 1) return [];
  const lower = [
    { column: 2 * group, shift: false, level3: false },
    { column: 2 * group + 1, shift: true, level3: false },
  ];
  if (group === 1) return lower;
  return [...lower, { column: 4, shift: false, level3: true }, { column: 5, shift: true, level3: true }];
}

interface SpareKey {
  keycode: number;
  codePoint: number | null;
  usedAtMs: number;
}

/** Lends spare keycodes to characters, the one that was used longest ago first. */
export class SpareKeys {
  readonly #keys: SpareKey[];

  constructor(keycodes: readonly number[]) {
    this.#keys = keycodes.map((keycode) => ({ keycode, codePoint: null, usedAtMs: Number.NEGATIVE_INFINITY }));
  }

  /**
   * The keycode for a character: `remap` says whether it has to be given to it first, `waitMs` how long to wait before
   * that because its last character may still be on its way. Null when there is no spare keycode at all.
   */
  lend(codePoint: number, nowMs: number): { keycode: number; remap: boolean; waitMs: number } | null {
    const known = this.#keys.find((key) => key.codePoint === codePoint);
    if (known) {
      known.usedAtMs = nowMs;
      return { keycode: known.keycode, remap: false, waitMs: 0 };
    }
    const oldest = this.#keys.reduce<SpareKey | null>(
      (best, key) => (best === null || key.usedAtMs < best.usedAtMs ? key : best),
      null,
    );
    if (!oldest) return null;
    const waitMs = Math.max(0, oldest.usedAtMs + SPARE_KEY_LIMITS.minReuseMs - nowMs);
    oldest.codePoint = codePoint;
    oldest.usedAtMs = nowMs + waitMs;
    return { keycode: oldest.keycode, remap: true, waitMs };
  }

  /** Whether a keycode can be lent without waiting. */
  hasFree(nowMs: number): boolean {
    return this.#keys.some((key) => key.usedAtMs + SPARE_KEY_LIMITS.minReuseMs <= nowMs);
  }

  /** The keycodes that are lent, which are free from now on. */
  giveBack(): number[] {
    const lent = this.#keys.filter((key) => key.codePoint !== null);
    for (const key of lent) key.codePoint = null;
    return lent.map((key) => key.keycode);
  }

  has(keycode: number): boolean {
    return this.#keys.some((key) => key.keycode === keycode);
  }
}
