// Owns the viewer's hand: what the DOM tells about pointer, wheel, keyboard and text becomes InputEvents, in order.
import {
  INPUT_LIMITS,
  type InputEvent,
  isTypableCodePoint,
  MOUSE_BUTTONS,
  type MouseButton,
} from '../../shared/model/input-event.ts';
import type { KeyCode } from '../../shared/model/key-codes.ts';
import { KEYBOARD_LIMITS, type KeyboardPlatform, KeyboardTracker } from './keyboard-tracker.ts';
import { type LocalChord, localChordOf } from './local-chords.ts';
import { type PictureMapping, type SourcePoint, toSourcePixel } from './picture-mapping.ts';
import { WheelUnits } from './wheel-units.ts';

export interface InputCaptureDelegate {
  /** Where the picture lies right now. */
  mapping(): PictureMapping;
  /** At most INPUT_LIMITS.maxBatch events, in order. */
  send(events: InputEvent[]): void;
  /** False while nothing may be sent: view only, not connected. */
  isEnabled(): boolean;
  onLocalChord(chord: LocalChord): void;
}

/**
 * Captures input on a surface until closed. Keys are taken while the surface's own (invisible) text field has the
 * focus: it gets it by a click on the surface or by `focus()`.
 */
export class InputCapture {
  readonly #surface: HTMLElement;
  readonly #delegate: InputCaptureDelegate;
  readonly #field: HTMLTextAreaElement;
  readonly #keyboard: KeyboardTracker;
  readonly #wheel: WheelUnits;
  readonly #buttons = new Set<MouseButton>();
  readonly #listening = new AbortController();
  #move: SourcePoint | null = null;
  #lastPoint: { xPx: number; yPx: number } = { xPx: 0, yPx: 0 };
  #moveFrame: number | null = null;
  #holdTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(surface: HTMLElement, delegate: InputCaptureDelegate) {
    this.#surface = surface;
    this.#delegate = delegate;
    const platform = platformOf(navigator.userAgent);
    this.#keyboard = new KeyboardTracker(platform);
    this.#wheel = new WheelUnits(platform !== 'mac');
    this.#field = makeField(surface);
    this.#listen();
  }

  /** Lets keys go to the host from now on. */
  focus(): void {
    this.#field.focus({ preventScroll: true });
  }

  /** Presses the keys in order and releases them in reverse. */
  pressCombination(codes: readonly KeyCode[]): void {
    if (!this.#delegate.isEnabled()) return;
    const down = codes.map((code): InputEvent => ({ kind: 'key', code, down: true }));
    const up = [...codes].reverse().map((code): InputEvent => ({ kind: 'key', code, down: false }));
    this.#send([...down, ...up]);
  }

  /** Releases everything that the host believes to be held. */
  releaseAll(): void {
    this.#keyboard.clear();
    this.#buttons.clear();
    this.#wheel.clear();
    this.#forgetMove();
    clearTimeout(this.#holdTimer);
    this.#field.value = '';
    if (this.#delegate.isEnabled()) this.#delegate.send([{ kind: 'release-all' }]);
  }

  /**
   * While on, the system's own key combinations go to the host too: as far as the browser can (in full screen). Does
   * nothing where there is no Keyboard Lock API.
   */
  setKeyboardLock(on: boolean): void {
    const keyboard: unknown = Reflect.get(navigator, 'keyboard');
    if (typeof keyboard !== 'object' || keyboard === null) return;
    const act: unknown = Reflect.get(keyboard, on ? 'lock' : 'unlock');
    if (typeof act !== 'function') return;
    // Refused outside of full screen: then the system keeps its keys, and nothing is broken.
    void Promise.resolve(Reflect.apply(act, keyboard, [])).catch(() => undefined);
  }

  close(): void {
    this.releaseAll();
    this.#listening.abort();
    this.#field.remove();
  }

  #listen(): void {
    const { signal } = this.#listening;
    const surface = this.#surface;
    const document = surface.ownerDocument;
    const swallow = (event: Event) => event.preventDefault();
    surface.addEventListener('pointerdown', (event) => surface.setPointerCapture(event.pointerId), { signal });
    surface.addEventListener('pointermove', (event) => this.#pointerMoved(event), { signal });
    surface.addEventListener('pointercancel', () => this.#releaseButtons(), { signal });
    // Mouse events tell of every button; pointer events only of the first.
    surface.addEventListener('mousedown', (event) => this.#buttonPressed(event), { signal });
    surface.addEventListener('mouseup', (event) => this.#buttonReleased(event), { signal });
    surface.addEventListener('wheel', (event) => this.#wheelTurned(event), { signal, passive: false });
    for (const name of ['contextmenu', 'auxclick', 'dragstart', 'paste', 'drop', 'selectstart'])
      surface.addEventListener(name, swallow, { signal });
    surface.addEventListener('keydown', (event) => this.#keyPressed(event), { signal });
    surface.addEventListener('keyup', (event) => this.#keyReleased(event), { signal });
    this.#field.addEventListener('input', (event) => this.#textCame(event), { signal });
    this.#field.addEventListener('compositionend', (event) => this.#composed(event.data), { signal });
    this.#field.addEventListener('blur', () => this.releaseAll(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden && this.releaseAll(), { signal });
    document.defaultView?.addEventListener('blur', () => this.releaseAll(), { signal });
    // Wherever the focus is: the way out of full screen has to work.
    document.defaultView?.addEventListener('keydown', (event) => this.#chordPressed(event), { signal, capture: true });
  }

  #chordPressed(event: KeyboardEvent): void {
    const chord = localChordOf(event);
    if (!chord) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    // The host has seen Ctrl, Alt and Shift go down; it will not see them go up.
    this.releaseAll();
    this.#delegate.onLocalChord(chord);
  }

  #keyPressed(event: KeyboardEvent): void {
    if (!this.#delegate.isEnabled()) return;
    const { events, handled } = this.#keyboard.keyDown(event);
    if (handled) event.preventDefault();
    this.#send(events);
    clearTimeout(this.#holdTimer);
    if (!this.#keyboard.holdsControl) return;
    this.#holdTimer = setTimeout(() => this.#send(this.#keyboard.flushHeld()), KEYBOARD_LIMITS.altGrHoldMs);
  }

  #keyReleased(event: KeyboardEvent): void {
    const { events, handled } = this.#keyboard.keyUp(event);
    if (handled) event.preventDefault();
    this.#send(events);
  }

  /** Text that no key press of ours stands for: dead keys, emoji panels, dictation. */
  #textCame(event: Event): void {
    if (!(event instanceof globalThis.InputEvent) || event.isComposing) return;
    // A composition's own text comes with its end.
    if (event.inputType !== 'insertCompositionText') this.#composed(event.data ?? '');
  }

  #composed(text: string): void {
    this.#keyboard.composed();
    this.#field.value = '';
    if (!this.#delegate.isEnabled()) return;
    const codePoints = Array.from(text, (character) => character.codePointAt(0) ?? 0).filter(isTypableCodePoint);
    this.#send(codePoints.map((codePoint): InputEvent => ({ kind: 'text', codePoint })));
  }

  #pointerMoved(event: PointerEvent): void {
    if (!this.#delegate.isEnabled()) return;
    this.#move = this.#pointOf(event);
    this.#moveFrame ??= requestAnimationFrame(() => {
      this.#moveFrame = null;
      this.#send([]);
    });
  }

  #buttonPressed(event: MouseEvent): void {
    event.preventDefault();
    this.focus();
    const button = buttonOf(event);
    const point = this.#pointOf(event);
    if (!button || !point.inside || !this.#delegate.isEnabled()) return;
    this.#buttons.add(button);
    this.#move = null;
    this.#sendPointer({ kind: 'button', button, down: true, xPx: point.xPx, yPx: point.yPx });
  }

  #buttonReleased(event: MouseEvent): void {
    event.preventDefault();
    const button = buttonOf(event);
    if (!button || !this.#buttons.delete(button)) return;
    const { xPx, yPx } = this.#pointOf(event);
    this.#move = null;
    this.#sendPointer({ kind: 'button', button, down: false, xPx, yPx });
  }

  #releaseButtons(): void {
    const events = [...this.#buttons].map(
      (button): InputEvent => ({ kind: 'button', button, down: false, ...this.#lastPoint }),
    );
    this.#buttons.clear();
    this.#send(events);
  }

  #wheelTurned(event: WheelEvent): void {
    event.preventDefault();
    const { xPx, yPx, inside } = this.#pointOf(event);
    if (!inside || !this.#delegate.isEnabled()) return;
    const { dx, dy } = this.#wheel.add({
      deltaX: event.deltaX,
      deltaY: event.deltaY,
      deltaMode: event.deltaMode,
      wheelDeltaX: numberOf(event, 'wheelDeltaX'),
      wheelDeltaY: numberOf(event, 'wheelDeltaY'),
      shiftKey: event.shiftKey,
    });
    if (dx === 0 && dy === 0) return;
    this.#move = null;
    this.#sendPointer({ kind: 'wheel', dx, dy, xPx, yPx });
  }

  /** Control + click is no click followed by Control. */
  #sendPointer(event: InputEvent): void {
    this.#send([...this.#keyboard.flushHeld(), event]);
  }

  /** Sends these events after the move that waits, so that nothing overtakes it. */
  #send(events: readonly InputEvent[]): void {
    const all: InputEvent[] = [];
    if (this.#move) all.push({ kind: 'move', xPx: this.#move.xPx, yPx: this.#move.yPx });
    all.push(...events);
    this.#forgetMove();
    if (!this.#delegate.isEnabled()) return;
    for (let at = 0; at < all.length; at += INPUT_LIMITS.maxBatch)
      this.#delegate.send(all.slice(at, at + INPUT_LIMITS.maxBatch));
  }

  #forgetMove(): void {
    this.#move = null;
    if (this.#moveFrame !== null) cancelAnimationFrame(this.#moveFrame);
    this.#moveFrame = null;
  }

  #pointOf(event: MouseEvent): SourcePoint {
    const point = toSourcePixel(this.#delegate.mapping(), event.clientX, event.clientY);
    this.#lastPoint = { xPx: point.xPx, yPx: point.yPx };
    return point;
  }
}

/** An invisible field: input methods and dead keys compose only where text can be typed. */
function makeField(surface: HTMLElement): HTMLTextAreaElement {
  const field = surface.ownerDocument.createElement('textarea');
  field.autocomplete = 'off';
  field.spellcheck = false;
  field.setAttribute('autocapitalize', 'off');
  field.setAttribute('autocorrect', 'off');
  field.setAttribute('aria-label', surface.getAttribute('aria-label') ?? '');
  Object.assign(field.style, {
    position: 'absolute',
    left: '0',
    top: '0',
    width: '1px',
    height: '1px',
    padding: '0',
    border: '0',
    outline: 'none',
    resize: 'none',
    overflow: 'hidden',
    opacity: '0',
    pointerEvents: 'none',
  });
  surface.append(field);
  return field;
}

/** `button` of a MouseEvent: 0 left, 1 middle, 2 right, 3 back, 4 forward, which is the order of MOUSE_BUTTONS. */
function buttonOf(event: MouseEvent): MouseButton | undefined {
  return MOUSE_BUTTONS[event.button];
}

function platformOf(userAgent: string): KeyboardPlatform {
  if (/Windows/.test(userAgent)) return 'windows';
  return /Mac OS X|Macintosh/.test(userAgent) ? 'mac' : 'other';
}

function numberOf(event: WheelEvent, name: string): number | undefined {
  const value: unknown = Reflect.get(event, name);
  return typeof value === 'number' ? value : undefined;
}
