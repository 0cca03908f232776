// Owns the viewer's hand: what the DOM tells about pointer, wheel, keyboard and text becomes InputEvents, in order.
import type { InputEvent } from '../../shared/model/input-event.ts';
import type { KeyCode } from '../../shared/model/key-codes.ts';
import type { LocalChord } from './local-chords.ts';
import type { PictureMapping } from './picture-mapping.ts';

export interface InputCaptureDelegate {
  /** Where the picture lies right now. */
  mapping(): PictureMapping;
  /** At most INPUT_LIMITS.maxBatch events, in order. */
  send(events: InputEvent[]): void;
  /** False while nothing may be sent: view only, not connected. */
  isEnabled(): boolean;
  onLocalChord(chord: LocalChord): void;
}

/** Captures input on a surface until closed. */
export class InputCapture {
  constructor(surface: HTMLElement, delegate: InputCaptureDelegate) {
    void surface;
    void delegate;
  }

  /** Presses the keys in order and releases them in reverse. */
  pressCombination(codes: readonly KeyCode[]): void {
    void codes;
  }

  /** Releases everything that the host believes to be held. */
  releaseAll(): void {}

  /** While on, the system's own key combinations go to the host too (works in full screen). */
  setKeyboardLock(on: boolean): void {
    void on;
  }

  close(): void {}
}
