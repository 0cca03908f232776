// Owns turning a viewer's input into v1 commands: a click that is one is sent as one, and everything held is let go.
import type { Clock } from '../../../shared/base/clock.ts';
import { type InputEvent, type MouseButton, WHEEL_NOTCH } from '../../../shared/model/input-event.ts';
import { v1KeyName } from './v1-keys.ts';
import type { V1Button, V1Command } from './v1-wire.ts';

export const V1_COMMANDER_LIMITS = {
  /** A button that is let go within this time and this distance has clicked: old hosts know nothing else. */
  clickMs: 250,
  clickPx: 3,
  /** Characters of one `type_text`. */
  maxTextLength: 1_000,
} as const;

interface Press {
  button: V1Button;
  x: number;
  y: number;
}

export class V1Commander {
  readonly #clock: Clock;
  readonly #send: (command: V1Command) => void;
  readonly #keys = new Set<string>();
  readonly #buttons = new Set<V1Button>();
  #press: Press | null = null;
  #cancelPress: (() => void) | null = null;
  #x = 0;
  #y = 0;
  #restX = 0;
  #restY = 0;

  constructor(clock: Clock, send: (command: V1Command) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  input(events: readonly InputEvent[]): void {
    let text = '';
    const sendText = () => {
      if (text !== '') this.#send({ type: 'type_text', text });
      text = '';
    };
    for (const [index, event] of events.entries()) {
      if (event.kind !== 'text') sendText();
      switch (event.kind) {
        case 'move':
          // Of moves that follow each other only the last one counts.
          if (events[index + 1]?.kind !== 'move') this.#move(event.xPx, event.yPx);
          break;
        case 'button':
          this.#button(event.button, event.down, event.xPx, event.yPx);
          break;
        case 'wheel':
          this.#wheel(event.dx, event.dy, event.xPx, event.yPx);
          break;
        case 'key': {
          const key = v1KeyName(event.code);
          if (key !== null) this.#key(key, event.down);
          break;
        }
        case 'text':
          this.#settlePress();
          text += String.fromCodePoint(event.codePoint);
          if (text.length >= V1_COMMANDER_LIMITS.maxTextLength) sendText();
          break;
        case 'release-all':
          this.releaseAll();
          break;
      }
    }
    sendText();
  }

  /** Nothing stays pressed on the host. */
  releaseAll(): void {
    this.#settlePress();
    for (const button of this.#buttons) this.#send({ type: 'mouse_up', x: this.#x, y: this.#y, button });
    this.#buttons.clear();
    for (const key of this.#keys) this.#send({ type: 'key_up', key });
    this.#keys.clear();
  }

  /** The host is gone: there is nothing to let go of. */
  forget(): void {
    this.#cancelPress?.();
    this.#cancelPress = null;
    this.#press = null;
    this.#buttons.clear();
    this.#keys.clear();
  }

  #move(x: number, y: number): void {
    const press = this.#press;
    this.#x = x;
    this.#y = y;
    const { clickPx } = V1_COMMANDER_LIMITS;
    if (press && Math.abs(press.x - x) <= clickPx && Math.abs(press.y - y) <= clickPx) return;
    this.#settlePress();
    this.#send({ type: 'mouse_move', x, y });
  }

  #button(name: MouseButton, down: boolean, x: number, y: number): void {
    // v1 knows three buttons.
    if (name === 'back' || name === 'forward') return;
    this.#x = x;
    this.#y = y;
    if (down) {
      this.#settlePress();
      if (this.#buttons.has(name)) return;
      this.#press = { button: name, x, y };
      this.#cancelPress = this.#clock.after(V1_COMMANDER_LIMITS.clickMs, () => this.#settlePress());
      return;
    }
    if (this.#press?.button === name) {
      this.#cancelPress?.();
      this.#cancelPress = null;
      this.#press = null;
      this.#send({ type: 'mouse_click', x, y, button: name });
      return;
    }
    this.#settlePress();
    if (this.#buttons.delete(name)) this.#send({ type: 'mouse_up', x, y, button: name });
  }

  /** What has been pressed is more than a click. */
  #settlePress(): void {
    const press = this.#press;
    this.#cancelPress?.();
    this.#cancelPress = null;
    this.#press = null;
    if (!press) return;
    this.#buttons.add(press.button);
    this.#send({ type: 'mouse_down', x: press.x, y: press.y, button: press.button });
  }

  #wheel(dx: number, dy: number, x: number, y: number): void {
    this.#settlePress();
    this.#restX += dx / WHEEL_NOTCH;
    this.#restY += dy / WHEEL_NOTCH;
    const notchesX = Math.trunc(this.#restX);
    const notchesY = Math.trunc(this.#restY);
    this.#restX -= notchesX;
    this.#restY -= notchesY;
    if (notchesX !== 0 || notchesY !== 0) this.#send({ type: 'mouse_scroll', x, y, dx: notchesX, dy: notchesY });
  }

  #key(key: string, down: boolean): void {
    this.#settlePress();
    if (down) this.#keys.add(key);
    else if (!this.#keys.delete(key)) return;
    this.#send({ type: down ? 'key_down' : 'key_up', key });
  }
}
