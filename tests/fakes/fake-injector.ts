// Owns an injector that only remembers: every call in order, and what is held right now.
import type { Injector } from '../../electron/input/injector.ts';
import type { MouseButton } from '../../shared/model/input-event.ts';
import type { KeyCode } from '../../shared/model/key-codes.ts';

export type InjectedAct =
  | { act: 'move'; xPx: number; yPx: number }
  | { act: 'button'; button: MouseButton; down: boolean }
  | { act: 'scroll'; notchesX: number; notchesY: number }
  | { act: 'key'; code: KeyCode; down: boolean }
  | { act: 'text'; codePoint: number };

export class FakeInjector implements Injector {
  onProblem: ((message: string | null) => void) | null = null;
  readonly acts: InjectedAct[] = [];
  /** Names of the keys and buttons that are down. */
  readonly held = new Set<string>();
  closed = false;

  move(xPx: number, yPx: number): void {
    this.acts.push({ act: 'move', xPx, yPx });
  }

  button(button: MouseButton, down: boolean): void {
    this.acts.push({ act: 'button', button, down });
    this.#hold(`button:${button}`, down);
  }

  scroll(notchesX: number, notchesY: number): void {
    this.acts.push({ act: 'scroll', notchesX, notchesY });
  }

  key(code: KeyCode, down: boolean): void {
    this.acts.push({ act: 'key', code, down });
    this.#hold(`key:${code}`, down);
  }

  text(codePoint: number): void {
    this.acts.push({ act: 'text', codePoint });
  }

  close(): void {
    this.closed = true;
  }

  #hold(name: string, down: boolean): void {
    if (down) this.held.add(name);
    else this.held.delete(name);
  }
}
