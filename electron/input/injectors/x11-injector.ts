// Owns injection on X11: mouse and keys through XTEST on one connection, so that their order is the order of the acts.
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { MouseButton } from '../../../shared/model/input-event.ts';
import type { KeyCode } from '../../../shared/model/key-codes.ts';
import type { WorkingInjector } from '../injector-worker.ts';
import { xKeycode } from '../key-map.ts';
import { MODIFIER, X11Display } from './x11-display.ts';
import { ISO_LEVEL3_SHIFT, type KeyPlace, keysymOf, rowOfCharacter, SpareKeys, X11Keymap } from './x11-keyboard.ts';

export const X11_INJECTOR_LIMITS = {
  /** Acts that wait while a character is being typed. */
  maxQueuedActs: 2048,
  maxNotchesAtOnce: 30,
  /**
   * Between giving a keycode a character and pressing it, for programs that read the mapping late: Chromium loses
   * characters at 8 ms and none at 20.
   */
  remapSettleMs: 40,
  /** Spare keycodes are put back when no character was typed for so long. */
  giveBackAfterMs: 60_000,
} as const;

const X_BUTTONS: Readonly<Record<MouseButton, number>> = { left: 1, middle: 2, right: 3, back: 8, forward: 9 };
const WHEEL_BUTTONS = { up: 4, down: 5, left: 6, right: 7 } as const;

/** A character to type, or anything else, which is done at once. */
type Act = { codePoint: number } | { perform: () => void };

export class X11Injector implements WorkingInjector {
  onProblem: ((message: string | null) => void) | null = null;
  onNotice: ((message: string) => void) | null = null;

  readonly #display: X11Display;
  readonly #clock: Clock;
  readonly #keysDown = new Set<number>();
  readonly #queue: Act[] = [];
  #keymap: X11Keymap | null = null;
  #spare: SpareKeys | null = null;
  #draining = Promise.resolve();
  #busy: boolean;
  #cancelGiveBack: (() => void) | null = null;

  private constructor(display: X11Display, clock: Clock) {
    this.#display = display;
    this.#clock = clock;
    this.#busy = false;
    display.onClosed = (reason) => this.onProblem?.(reason);
    display.onMappingChanged = (firstKeycode, count) => {
      // Our own remapping of one spare key tells us nothing new.
      if (count !== 1 || !this.#spare?.has(firstKeycode)) this.#keymap = null;
    };
  }

  /** Connects to the display, as in $DISPLAY. Throws `injector-failed`. */
  static async open(display: string, clock: Clock): Promise<X11Injector> {
    return new X11Injector(await X11Display.open(display), clock);
  }

  /** See X11Display.watchDevices. */
  watchLocalInput(onLocalInput: () => void): Promise<() => void> {
    return this.#display.watchDevices(onLocalInput);
  }

  /** Resolves when everything so far has been carried out by the X server. */
  async settled(): Promise<void> {
    do await this.#draining;
    while (this.#busy);
    await this.#display.sync();
  }

  move(xPx: number, yPx: number): void {
    this.#act({ perform: () => this.#display.move(xPx, yPx) });
  }

  button(button: MouseButton, down: boolean): void {
    this.#act({ perform: () => this.#display.button(X_BUTTONS[button], down) });
  }

  scroll(notchesX: number, notchesY: number): void {
    this.#act({
      perform: () => {
        this.#turn(notchesY, WHEEL_BUTTONS.up, WHEEL_BUTTONS.down);
        this.#turn(notchesX, WHEEL_BUTTONS.left, WHEEL_BUTTONS.right);
      },
    });
  }

  /**
   * The X server repeats a held key itself, so that repeats of the viewer are dropped. Releases always go through: the
   * key may be down since before this injector was.
   */
  key(code: KeyCode, down: boolean): void {
    const keycode = xKeycode(code);
    this.#act({
      perform: () => {
        if (down && this.#keysDown.has(keycode)) return;
        if (down) this.#keysDown.add(keycode);
        else this.#keysDown.delete(keycode);
        this.#display.key(keycode, down);
      },
    });
  }

  text(codePoint: number): void {
    this.#act({ codePoint });
  }

  close(): void {
    this.#giveBackSpareKeys();
    this.#display.close();
  }

  #act(act: Act): void {
    if (this.#queue.length >= X11_INJECTOR_LIMITS.maxQueuedActs) {
      this.onNotice?.('the X server does not keep up with the input');
      return;
    }
    this.#queue.push(act);
    if (!this.#busy) this.#draining = this.#drain();
  }

  /** Runs at once, within the call, up to the first act that has to wait. */
  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      for (let act = this.#queue.shift(); act; act = this.#queue.shift()) {
        if ('perform' in act) act.perform();
        else await this.#type(act.codePoint);
      }
    } catch (error) {
      this.#queue.length = 0;
      this.onNotice?.(TarnetError.from(error).message);
    } finally {
      this.#busy = false;
    }
  }

  #turn(notches: number, backwards: number, forwards: number): void {
    const times = Math.min(Math.abs(notches), X11_INJECTOR_LIMITS.maxNotchesAtOnce);
    const button = notches < 0 ? backwards : forwards;
    for (let i = 0; i < times; i++) {
      this.#display.button(button, true);
      this.#display.button(button, false);
    }
  }

  async #type(codePoint: number): Promise<void> {
    const keymap = await this.#currentKeymap();
    const state = await this.#display.keyboardState();
    const place = keymap.find(codePoint, state.group);
    // Caps Lock would change the case of the character.
    const capsLocked = (state.locked & MODIFIER.lock) !== 0;
    if (capsLocked) this.#display.lockModifiers(MODIFIER.lock, false);
    const typed = place !== undefined && (await this.#typeWith(place, keymap, state.modifiers));
    if (!typed) await this.#typeWithSpareKey(codePoint, keymap, state.group);
    if (capsLocked) this.#display.lockModifiers(MODIFIER.lock, true);
  }

  /** Types with a key of the layout, unless that would take lifting a modifier that somebody holds. */
  async #typeWith(place: KeyPlace, keymap: X11Keymap, modifiers: number): Promise<boolean> {
    const level3Keycode = keymap.keycodeOf(ISO_LEVEL3_SHIFT);
    const shiftHeld = (modifiers & MODIFIER.shift) !== 0;
    const level3Held = level3Keycode !== undefined && (modifiers & (await this.#maskOf(level3Keycode))) !== 0;
    if ((shiftHeld && !place.shift) || (level3Held && !place.level3)) return false;
    const press: number[] = [];
    if (place.shift && !shiftHeld) press.push(xKeycode('ShiftLeft'));
    if (place.level3 && !level3Held) {
      if (level3Keycode === undefined) return false;
      press.push(level3Keycode);
    }
    if (this.#keysDown.has(place.keycode)) return false;
    for (const keycode of press) this.#display.key(keycode, true);
    this.#tap(place.keycode);
    for (const keycode of press.reverse()) this.#display.key(keycode, false);
    return true;
  }

  async #typeWithSpareKey(codePoint: number, keymap: X11Keymap, group: number): Promise<void> {
    if (keysymOf(codePoint) === null) return;
    this.#spare ??= new SpareKeys(keymap.spareKeycodes());
    const lent = this.#spare.lend(codePoint, this.#clock.monotonicMs());
    if (!lent) {
      this.onNotice?.('this keyboard layout has no spare key for characters that it lacks');
      return;
    }
    if (lent.waitMs > 0) await this.#wait(lent.waitMs);
    if (lent.remap) {
      this.#remap(lent.keycode, codePoint, keymap);
      this.#lendAhead(this.#spare, keymap, group);
      await this.#display.sync();
      await this.#wait(X11_INJECTOR_LIMITS.remapSettleMs);
    }
    this.#tap(lent.keycode);
    this.#cancelGiveBack?.();
    this.#cancelGiveBack = this.#clock.after(X11_INJECTOR_LIMITS.giveBackAfterMs, () => {
      this.#act({ perform: () => this.#giveBackSpareKeys() });
    });
  }

  /** Gives the characters that wait behind this one their keys now, so that they settle together. */
  #lendAhead(spare: SpareKeys, keymap: X11Keymap, group: number): void {
    const nowMs = this.#clock.monotonicMs();
    for (const act of this.#queue) {
      if (!('codePoint' in act) || !spare.hasFree(nowMs)) return;
      if (keysymOf(act.codePoint) === null || keymap.find(act.codePoint, group)) continue;
      const lent = spare.lend(act.codePoint, nowMs);
      if (lent?.remap) this.#remap(lent.keycode, act.codePoint, keymap);
    }
  }

  #remap(keycode: number, codePoint: number, keymap: X11Keymap): void {
    const row = rowOfCharacter(codePoint, keymap.row(xKeycode('KeyA')).length);
    if (row) this.#display.changeMapping(keycode, row);
  }

  #tap(keycode: number): void {
    this.#display.key(keycode, true);
    this.#display.key(keycode, false);
  }

  async #currentKeymap(): Promise<X11Keymap> {
    const known = this.#keymap;
    if (known) return known;
    // The layout changed: what was spare in the old one need not be spare in the new one.
    this.#giveBackSpareKeys();
    this.#spare = null;
    const keymap = new X11Keymap(this.#display.minKeycode, await this.#display.keyboardMapping());
    this.#keymap = keymap;
    return keymap;
  }

  async #maskOf(keycode: number): Promise<number> {
    const rows = await this.#display.modifierMapping();
    return rows.reduce((mask, keycodes, index) => (keycodes.includes(keycode) ? mask | (1 << index) : mask), 0);
  }

  #giveBackSpareKeys(): void {
    this.#cancelGiveBack?.();
    this.#cancelGiveBack = null;
    for (const keycode of this.#spare?.giveBack() ?? []) this.#display.changeMapping(keycode, [0, 0]);
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(delayMs, resolve);
    });
  }
}
