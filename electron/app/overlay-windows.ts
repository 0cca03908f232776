// Owns the windows that come by themselves: the question whether somebody may come in, and the sign that somebody is
// watching. Both stay above everything else.
import { type BrowserWindow, type BrowserWindowConstructorOptions, screen } from 'electron';
import { openPage, type PageWindowParts } from './page-window.ts';
import { centred, topCentre } from './window-bounds.ts';

const CONSENT_SIZE = { width: 460, height: 480 } as const;
const SIGN_SIZE = { width: 480, height: 44 } as const;

const ABOVE_ALL: BrowserWindowConstructorOptions = {
  alwaysOnTop: true,
  resizable: false,
  minimizable: false,
  maximizable: false,
  fullscreenable: false,
};

export class OverlayWindows {
  readonly #parts: PageWindowParts;
  #consent: BrowserWindow | null = null;
  #sign: BrowserWindow | null = null;
  #signWanted = false;
  #quitting = false;

  constructor(parts: PageWindowParts) {
    this.#parts = parts;
    screen.on('display-metrics-changed', () => this.#sign?.setBounds(signBounds()));
    screen.on('display-removed', () => this.#sign?.setBounds(signBounds()));
  }

  /** From now on windows close for good. */
  prepareToQuit(): void {
    this.#quitting = true;
  }

  /** The question takes the focus: its user has 30 seconds. Closing the window answers nothing. */
  setConsentVisible(visible: boolean): void {
    if (!visible || this.#consent) {
      if (!visible) this.#consent?.destroy();
      return;
    }
    const bounds = centred(CONSENT_SIZE, screen.getPrimaryDisplay().workArea);
    const window = openPage(this.#parts, { role: 'consent' }, { ...ABOVE_ALL, ...bounds });
    this.#consent = window;
    stayAbove(window);
    window.once('ready-to-show', () => {
      window.show();
      window.focus();
    });
    window.on('closed', () => {
      if (this.#consent === window) this.#consent = null;
    });
  }

  /** The sign takes no focus, and cannot be closed while somebody is watching. */
  setSignVisible(visible: boolean): void {
    this.#signWanted = visible;
    if (!visible || this.#sign) {
      if (!visible) this.#sign?.destroy();
      return;
    }
    const window = openPage(
      this.#parts,
      { role: 'sign' },
      { ...ABOVE_ALL, ...signBounds(), frame: false, skipTaskbar: true, hasShadow: true },
    );
    this.#sign = window;
    stayAbove(window);
    window.once('ready-to-show', () => window.showInactive());
    window.on('close', (event) => {
      if (this.#signWanted && !this.#quitting) event.preventDefault();
    });
    window.on('closed', () => {
      if (this.#sign === window) this.#sign = null;
    });
  }
}

function signBounds() {
  return topCentre(SIGN_SIZE, screen.getPrimaryDisplay().workArea);
}

function stayAbove(window: BrowserWindow): void {
  window.setAlwaysOnTop(true, 'screen-saver');
  window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
}
