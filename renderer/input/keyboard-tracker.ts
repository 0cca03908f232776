// Owns what key presses of the browser mean: physical keys for the host, or text that only this machine can compose.
import { type InputEvent, isTypableCodePoint } from '../../shared/model/input-event.ts';
import { KEY_CODES, type KeyCode } from '../../shared/model/key-codes.ts';

export type KeyboardPlatform = 'windows' | 'mac' | 'other';

export const KEYBOARD_LIMITS = {
  /** How long a ControlLeft of Windows waits for the AltRight that would make it AltGr. */
  altGrHoldMs: 50,
} as const;

/** The parts of a KeyboardEvent that matter. */
export interface KeyPress {
  code: string;
  key: string;
  repeat: boolean;
  isComposing: boolean;
  keyCode: number;
}

export interface KeyOutcome {
  events: InputEvent[];
  /** True when the browser must not act on the key; false when it has to compose text with it. */
  handled: boolean;
}

/** `keyCode` while an input method works on the key (https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode). */
const COMPOSING_KEY_CODE = 229;
const MODIFIER = /^(Control|Shift|Alt|Meta)(Left|Right)$/;
const LETTERLESS: readonly string[] = ['Process', 'Unidentified', ''];

const CODES: ReadonlySet<string> = new Set(KEY_CODES);

/** Remembers which keys the host believes to be down. Pure. */
export class KeyboardTracker {
  readonly #platform: KeyboardPlatform;
  readonly #down = new Set<KeyCode>();
  /** A dead key was pressed: the next character is composed here. */
  #deadKey: boolean;
  #heldControl: boolean;

  constructor(platform: KeyboardPlatform) {
    this.#platform = platform;
    this.#deadKey = false;
    this.#heldControl = false;
  }

  /** Whether a ControlLeft waits; `flushHeld` has to be called after `altGrHoldMs`. */
  get holdsControl(): boolean {
    return this.#heldControl;
  }

  keyDown(press: KeyPress): KeyOutcome {
    const held = this.#takeHeldControl(press);
    const outcome = this.#press(press);
    return { events: [...held, ...outcome.events], handled: outcome.handled };
  }

  keyUp(press: Pick<KeyPress, 'code'>): KeyOutcome {
    const { code } = press;
    const held = code === 'ControlLeft' && this.#heldControl ? this.flushHeld() : [];
    if (!isKeyCode(code)) return { events: held, handled: false };
    if (this.#platform === 'mac' && code === 'CapsLock') return { events: [...held, ...tap(code)], handled: true };
    if (this.#down.delete(code)) {
      const events: InputEvent[] = [...held, { kind: 'key', code, down: false }];
      // While a Meta key is down, macOS tells of no other key's release.
      if (this.#platform === 'mac' && code.startsWith('Meta')) events.push(...this.#releaseLetters());
      return { events, handled: true };
    }
    // Windows tells only of the release of this key.
    if (code === 'PrintScreen') return { events: [...held, ...tap(code)], handled: true };
    return { events: held, handled: false };
  }

  /** No AltRight came: the ControlLeft that waited was meant. */
  flushHeld(): InputEvent[] {
    if (!this.#heldControl) return [];
    this.#heldControl = false;
    this.#down.add('ControlLeft');
    return [{ kind: 'key', code: 'ControlLeft', down: true }];
  }

  /** The text that the dead key was for has come. */
  composed(): void {
    this.#deadKey = false;
  }

  /** Forgets everything; returns whether the host may believe that something is down. */
  clear(): boolean {
    const any = this.#down.size > 0;
    this.#down.clear();
    this.#deadKey = false;
    this.#heldControl = false;
    return any;
  }

  #press(press: KeyPress): KeyOutcome {
    const { code, key } = press;
    const modifier = MODIFIER.test(code);
    if (press.isComposing || (press.keyCode === COMPOSING_KEY_CODE && !modifier)) return { events: [], handled: false };
    if (key === 'Dead') {
      this.#deadKey = true;
      return { events: [], handled: false };
    }
    const character = isOneCharacter(key);
    if (this.#deadKey && !modifier) {
      this.#deadKey = false;
      if (character) return { events: [], handled: false };
    }
    if (!isKeyCode(code)) {
      const codePoint = key.codePointAt(0) ?? 0;
      if (!character || !isTypableCodePoint(codePoint)) return { events: [], handled: LETTERLESS.includes(key) };
      return { events: [{ kind: 'text', codePoint }], handled: true };
    }
    if (this.#platform === 'mac' && code === 'CapsLock') return { events: tap(code), handled: true };
    if (this.#platform === 'windows' && code === 'ControlLeft' && !this.#down.has(code)) {
      this.#heldControl = true;
      return { events: [], handled: true };
    }
    // A repeat of a key that the host does not hold, after a release-all, is no press.
    if (press.repeat && !this.#down.has(code)) return { events: [], handled: true };
    this.#down.add(code);
    return { events: [{ kind: 'key', code, down: true }], handled: true };
  }

  /** Windows makes AltGr of a ControlLeft that nobody pressed and an AltRight. */
  #takeHeldControl(press: KeyPress): InputEvent[] {
    if (!this.#heldControl || press.code === 'ControlLeft') return [];
    if (press.code === 'AltRight' && press.key === 'AltGraph') {
      this.#heldControl = false;
      return [];
    }
    return this.flushHeld();
  }

  #releaseLetters(): InputEvent[] {
    const events: InputEvent[] = [];
    for (const code of this.#down) {
      if (MODIFIER.test(code)) continue;
      this.#down.delete(code);
      events.push({ kind: 'key', code, down: false });
    }
    return events;
  }
}

function tap(code: KeyCode): InputEvent[] {
  return [
    { kind: 'key', code, down: true },
    { kind: 'key', code, down: false },
  ];
}

function isKeyCode(code: string): code is KeyCode {
  return CODES.has(code);
}

/** Named keys ("Enter") are longer than one character; an emoji is one character of two units. */
function isOneCharacter(key: string): boolean {
  return [...key].length === 1;
}
