// Owns turning the commands of one v1 client into input, and what that client holds down.
import {
  type InputEvent,
  isTypableCodePoint,
  type MouseButton,
  WHEEL_NOTCH,
} from '../../../shared/model/input-event.ts';
import type { KeyCode } from '../../../shared/model/key-codes.ts';
import type { V1HeardCommand } from './v1-host-wire.ts';
import { keyOfV1Name } from './v1-keys.ts';

/** Characters that are keys, wherever they stand in a text. */
const KEYS_IN_TEXT: Readonly<Record<string, KeyCode>> = { '\n': 'Enter', '\r': 'Enter', '\t': 'Tab' };

export class V1Hand {
  readonly #keys = new Set<KeyCode>();
  readonly #buttons = new Set<MouseButton>();
  /** Where it was last; null before it has said so. */
  #place: { xPx: number; yPx: number } | null = null;

  get holdsAny(): boolean {
    return this.#keys.size > 0 || this.#buttons.size > 0;
  }

  /** The input that a command is; none for a key that nobody knows. */
  inputOf(command: V1HeardCommand): InputEvent[] {
    switch (command.type) {
      case 'mouse_move':
        return [{ kind: 'move', ...this.#at(command) }];
      case 'mouse_click':
        return [...this.#button(command.button, true, command), ...this.#button(command.button, false, command)];
      case 'mouse_down':
        return this.#button(command.button, true, command);
      case 'mouse_up':
        return this.#button(command.button, false, command);
      case 'mouse_scroll':
        return this.#scroll(command);
      case 'key_down':
      case 'key_up':
        return this.#named(command.key, command.type === 'key_down');
      case 'key_press':
        return this.#press(command.key);
      case 'type_text':
        return this.#text(command.text);
    }
  }

  /** Everything was let go. */
  forget(): void {
    this.#keys.clear();
    this.#buttons.clear();
  }

  #at({ x, y }: { x: number; y: number }): { xPx: number; yPx: number } {
    this.#place = { xPx: x, yPx: y };
    return this.#place;
  }

  #button(button: MouseButton, down: boolean, at: { x: number; y: number }): InputEvent[] {
    if (down) this.#buttons.add(button);
    else this.#buttons.delete(button);
    return [{ kind: 'button', button, down, ...this.#at(at) }];
  }

  #scroll({ x, y, dx, dy }: Extract<V1HeardCommand, { type: 'mouse_scroll' }>): InputEvent[] {
    const place = x === undefined || y === undefined ? this.#place : this.#at({ x, y });
    // scrolling moves the pointer there first, and nobody has said where
    if (!place) return [];
    return [{ kind: 'wheel', dx: Math.round(dx * WHEEL_NOTCH), dy: Math.round(dy * WHEEL_NOTCH), ...place }];
  }

  #named(name: string, down: boolean): InputEvent[] {
    const code = keyOfV1Name(name);
    return code === null ? [] : [this.#key(code, down)];
  }

  #key(code: KeyCode, down: boolean): InputEvent {
    if (down) this.#keys.add(code);
    else this.#keys.delete(code);
    return { kind: 'key', code, down };
  }

  /** A character that is pressed by itself is meant as it is written; with a key held it is part of a shortcut. */
  #press(name: string): InputEvent[] {
    const isCharacter = [...name].length === 1 && name !== ' ';
    if (isCharacter && this.#keys.size === 0) return this.#text(name);
    return [...this.#named(name, true), ...this.#named(name, false)];
  }

  #text(text: string): InputEvent[] {
    return [...text].flatMap((character): InputEvent[] => {
      const code = KEYS_IN_TEXT[character];
      if (code) return [this.#key(code, true), this.#key(code, false)];
      const codePoint = character.codePointAt(0) ?? 0;
      return isTypableCodePoint(codePoint) ? [{ kind: 'text', codePoint }] : [];
    });
  }
}
