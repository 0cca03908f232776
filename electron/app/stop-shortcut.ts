// Owns the global shortcut that stops sharing: held only while something is shared.

/** What is needed of Electron's `globalShortcut`. */
export interface GlobalShortcuts {
  register(accelerator: string, callback: () => void): boolean;
  unregister(accelerator: string): void;
}

export interface StopShortcutOptions {
  shortcuts: GlobalShortcuts;
  onPressed(): void;
  /** The system or another program has this shortcut, or it is none at all. */
  onTaken(accelerator: string): void;
}

export class StopShortcut {
  readonly #options: StopShortcutOptions;
  #held: string | null = null;
  #refused: string | null = null;

  constructor(options: StopShortcutOptions) {
    this.#options = options;
  }

  /** Takes, changes or gives back the shortcut. A shortcut that was refused is not tried again while sharing lasts. */
  update(accelerator: string, sharing: boolean): void {
    const wanted = sharing && accelerator !== '' ? accelerator : null;
    if (!sharing) this.#refused = null;
    if (this.#held !== null && this.#held !== wanted) {
      this.#options.shortcuts.unregister(this.#held);
      this.#held = null;
    }
    if (wanted === null || wanted === this.#held || wanted === this.#refused) return;
    if (this.#take(wanted)) this.#held = wanted;
    else {
      this.#refused = wanted;
      this.#options.onTaken(wanted);
    }
  }

  // Electron throws for text that is no accelerator.
  #take(accelerator: string): boolean {
    try {
      return this.#options.shortcuts.register(accelerator, () => this.#options.onPressed());
    } catch {
      return false;
    }
  }
}
