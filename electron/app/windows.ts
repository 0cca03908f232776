// Owns the windows that people work in: home, and one per session on somebody's screen.
import { type BrowserWindow, screen } from 'electron';
import { openPage, type PageWindowParts } from './page-window.ts';
import { centred, placeWindow, type Rectangle, type WindowPlace } from './window-bounds.ts';
import type { PlacedWindow } from './window-places.ts';

const SIZES = {
  home: { usual: { width: 1040, height: 720 }, minimum: { width: 640, height: 480 } },
  session: { usual: { width: 1280, height: 800 }, minimum: { width: 480, height: 320 } },
} as const;

export interface WindowsOptions extends PageWindowParts {
  places: {
    get(name: PlacedWindow): WindowPlace | null;
    set(name: PlacedWindow, place: WindowPlace): void;
  };
  /** True when closing the home window only hides it. */
  hideHomeOnClose(): boolean;
  /** The last of these windows has closed. */
  onAllClosed(): void;
  /** A session window was closed, by its user or by `closeSession`. */
  onSessionClosed(connectionId: string): void;
  /** A session window entered or left full screen, by whatever way. */
  onFullscreenChanged(connectionId: string, fullscreen: boolean): void;
}

export interface SessionWindowOptions {
  fullscreen: boolean;
  /** No toolbar, no frame, one picture pixel to one screen pixel: for the command line. */
  bare: boolean;
  title: string;
}

export class Windows {
  readonly #options: WindowsOptions;
  readonly #sessions = new Map<string, BrowserWindow>();
  #home: BrowserWindow | null = null;
  #quitting = false;

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** From now on windows close for good. */
  prepareToQuit(): void {
    this.#quitting = true;
  }

  /** Opens the home window, or brings it to the front. */
  showHome(): void {
    if (this.#home) {
      bringToFront(this.#home);
      return;
    }
    const { bounds, maximized } = this.#place('home');
    const { width: minWidth, height: minHeight } = SIZES.home.minimum;
    const window = openPage(this.#options, { role: 'home' }, { ...bounds, minWidth, minHeight });
    this.#home = window;
    this.#remember(window, 'home');
    window.once('ready-to-show', () => {
      if (maximized) window.maximize();
      window.show();
    });
    window.on('close', (event) => {
      if (this.#quitting || !this.#options.hideHomeOnClose()) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => {
      this.#home = null;
      this.#closed();
    });
  }

  /** Opens the window of a connection, or brings it to the front. */
  openSession(connectionId: string, { fullscreen, bare, title }: SessionWindowOptions): void {
    const open = this.#sessions.get(connectionId);
    if (open) {
      bringToFront(open);
      return;
    }
    const { bounds, maximized } = this.#place('session');
    const { width: minWidth, height: minHeight } = SIZES.session.minimum;
    const query = bare ? { chrome: 'none' } : {};
    const window = openPage(
      this.#options,
      { role: 'session', connectionId, query },
      {
        ...(bare ? wholeDisplay() : bounds),
        minWidth,
        minHeight,
        title,
        fullscreen,
        frame: !bare,
        backgroundColor: '#000000',
      },
    );
    this.#sessions.set(connectionId, window);
    if (!bare) this.#remember(window, 'session');
    window.once('ready-to-show', () => {
      if (maximized && !fullscreen && !bare) window.maximize();
      window.show();
    });
    window.on('enter-full-screen', () => this.#options.onFullscreenChanged(connectionId, true));
    window.on('leave-full-screen', () => this.#options.onFullscreenChanged(connectionId, false));
    window.on('closed', () => {
      this.#sessions.delete(connectionId);
      this.#options.onSessionClosed(connectionId);
      this.#closed();
    });
  }

  /** Closes the window of a connection, if it is open. */
  closeSession(connectionId: string): void {
    this.#sessions.get(connectionId)?.close();
  }

  setFullscreen(connectionId: string, fullscreen: boolean): void {
    this.#sessions.get(connectionId)?.setFullScreen(fullscreen);
  }

  #closed(): void {
    if (!this.#home && this.#sessions.size === 0 && !this.#quitting) this.#options.onAllClosed();
  }

  #place(name: PlacedWindow): { bounds: Rectangle; maximized: boolean } {
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
    const areas = [primary, ...others].map(({ workArea }) => workArea);
    const known = this.#options.places.get(name);
    const { usual, minimum } = SIZES[name];
    const wanted = known?.bounds ?? centred(usual, primary.workArea);
    return { bounds: placeWindow(wanted, areas, minimum), maximized: known?.maximized ?? false };
  }

  #remember(window: BrowserWindow, name: PlacedWindow): void {
    const save = () => {
      if (window.isFullScreen() || window.isMinimized()) return;
      this.#options.places.set(name, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
    };
    window.on('resize', save);
    window.on('move', save);
    window.on('close', save);
  }
}

function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/**
 * Without a window manager Chromium takes a pixel off a window that is exactly as large as the display, so it is asked for
 * one more; a window manager that knows full screen does not care.
 */
function wholeDisplay(): Rectangle {
  const { x, y, width, height } = screen.getPrimaryDisplay().bounds;
  return { x, y, width: width + 1, height: height + 1 };
}
