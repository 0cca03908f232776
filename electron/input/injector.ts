// Owns the injector port: what the input gate needs of whatever moves the mouse and presses the keys.

import type { MouseButton } from '../../shared/model/input-event.ts';
import type { KeyCode } from '../../shared/model/key-codes.ts';

/** Acts on this machine, in the order of the calls. Coordinates are pixels of the whole desktop. */
export interface Injector {
  move(xPx: number, yPx: number): void;
  button(button: MouseButton, down: boolean): void;
  /** Whole wheel notches; positive is right and down. */
  scroll(notchesX: number, notchesY: number): void;
  /** A physical key. Keys that the platform cannot press are reported once and ignored. */
  key(code: KeyCode, down: boolean): void;
  /** One character, by whatever means the platform has. */
  text(codePoint: number): void;
  /**
   * Tells, once, when carrying out what has been asked for so far began (milliseconds since the Unix epoch): as soon as
   * it is done. Not at all where that cannot be known.
   */
  whenInjected?(tell: (begunAtMs: number) => void): void;
  /** Called when injection stops working, and with null when it works again. */
  onProblem: ((message: string | null) => void) | null;
  close(): void;
}
