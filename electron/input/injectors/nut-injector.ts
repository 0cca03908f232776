// Owns injection by nut-js: Windows, macOS, and X servers without XTEST's extensions. One act after another.
import { TarnetError } from '../../../shared/base/errors.ts';
import type { MouseButton } from '../../../shared/model/input-event.ts';
import type { KeyCode } from '../../../shared/model/key-codes.ts';
import type { WorkingInjector } from '../injector-worker.ts';
import { nutKeyName } from '../key-map.ts';

export const NUT_INJECTOR_LIMITS = { maxQueuedActs: 2048, maxNotchesAtOnce: 30 } as const;

/**
 * What one wheel notch is in nut-js's own unit: WHEEL_DELTA on Windows, pixels on macOS, button presses on X11
 * (libnut, src/mouse.c).
 */
const SCROLL_PER_NOTCH: Readonly<Partial<Record<NodeJS.Platform, number>>> = { win32: 120, darwin: 40 };

/** Buttons that nut-js has. */
const NUT_BUTTONS = { left: 'LEFT', middle: 'MIDDLE', right: 'RIGHT' } as const;

/** Characters that are keys. */
const KEY_CHARACTERS: ReadonlyMap<number, KeyCode> = new Map([
  [0x08, 'Backspace'],
  [0x09, 'Tab'],
  [0x0a, 'Enter'],
  [0x0d, 'Enter'],
  [0x1b, 'Escape'],
  [0x7f, 'Delete'],
]);

type Nut = Pick<typeof import('@nut-tree-fork/nut-js'), 'mouse' | 'keyboard' | 'Key' | 'Button' | 'Point'>;
type Act = () => Promise<unknown>;

export class NutInjector implements WorkingInjector {
  onProblem: ((message: string | null) => void) | null = null;
  onNotice: ((message: string) => void) | null = null;

  readonly #nut: Nut;
  readonly #platform: NodeJS.Platform;
  readonly #queue: Act[] = [];
  /** What was reported already: each missing key and button once. */
  readonly #reported = new Set<string>();
  #draining: Promise<void> | null = null;

  private constructor(nut: Nut, platform: NodeJS.Platform) {
    this.#nut = nut;
    this.#platform = platform;
    nut.mouse.config.autoDelayMs = 0;
    nut.keyboard.config.autoDelayMs = 0;
  }

  /** Loads nut-js. Throws `injector-failed` where it has no binary or no display. */
  static async open(platform: NodeJS.Platform = process.platform): Promise<NutInjector> {
    try {
      return new NutInjector(await import('@nut-tree-fork/nut-js'), platform);
    } catch (cause) {
      throw new TarnetError('injector-failed', 'nut-js cannot be loaded', { cause });
    }
  }

  async settled(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  move(xPx: number, yPx: number): void {
    this.#act(() => this.#nut.mouse.setPosition(new this.#nut.Point(xPx, yPx)));
  }

  button(button: MouseButton, down: boolean): void {
    if (button === 'back' || button === 'forward') {
      this.#reportOnce(`the mouse button ${button} cannot be pressed on this system`);
      return;
    }
    const nutButton = this.#nut.Button[NUT_BUTTONS[button]];
    const { mouse } = this.#nut;
    this.#act(() => (down ? mouse.pressButton(nutButton) : mouse.releaseButton(nutButton)));
  }

  scroll(notchesX: number, notchesY: number): void {
    const { mouse } = this.#nut;
    const amount = (notches: number) =>
      Math.min(Math.abs(notches), NUT_INJECTOR_LIMITS.maxNotchesAtOnce) * (SCROLL_PER_NOTCH[this.#platform] ?? 1);
    if (notchesY !== 0)
      this.#act(() => (notchesY > 0 ? mouse.scrollDown(amount(notchesY)) : mouse.scrollUp(amount(notchesY))));
    // On X11 nut-js has left and right mixed up.
    const right = this.#platform === 'linux' ? notchesX < 0 : notchesX > 0;
    if (notchesX !== 0)
      this.#act(() => (right ? mouse.scrollRight(amount(notchesX)) : mouse.scrollLeft(amount(notchesX))));
  }

  key(code: KeyCode, down: boolean): void {
    const name = nutKeyName(code);
    if (name === undefined) {
      this.#reportOnce(`the key ${code} cannot be pressed on this system`);
      return;
    }
    const key = this.#nut.Key[name];
    const { keyboard } = this.#nut;
    this.#act(() => (down ? keyboard.pressKey(key) : keyboard.releaseKey(key)));
  }

  /** Windows and macOS take characters as such; on X11 nut-js types wrong ones, so that only keys are pressed there. */
  text(codePoint: number): void {
    const code = KEY_CHARACTERS.get(codePoint);
    if (code) {
      this.key(code, true);
      this.key(code, false);
    } else if (this.#platform === 'linux') {
      this.#reportOnce('characters without a key cannot be typed on this system');
    } else if (codePoint >= 0x20) {
      this.#act(() => this.#nut.keyboard.type(String.fromCodePoint(codePoint)));
    }
  }

  close(): void {
    this.#queue.length = 0;
  }

  #act(act: Act): void {
    if (this.#queue.length >= NUT_INJECTOR_LIMITS.maxQueuedActs) {
      this.onNotice?.('this system does not keep up with the input');
      return;
    }
    this.#queue.push(act);
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    for (let act = this.#queue.shift(); act; act = this.#queue.shift()) {
      try {
        await act();
      } catch (error) {
        this.onNotice?.(TarnetError.from(error).message);
      }
    }
    this.#draining = null;
  }

  #reportOnce(message: string): void {
    if (this.#reported.has(message)) return;
    this.#reported.add(message);
    this.onNotice?.(message);
  }
}
