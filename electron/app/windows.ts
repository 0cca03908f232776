// Owns the app's windows: home, one per session, the consent dialog and the sign that somebody is watching.
import { BrowserWindow, type BrowserWindowConstructorOptions, screen } from 'electron';
import type { WindowRole } from '../../shared/ipc/kit.ts';
import { APP_ORIGIN } from './security.ts';
import { centred, placeWindow, type Rectangle, topCentre, type WindowPlace } from './window-bounds.ts';
import type { WindowRegistry } from './window-registry.ts';

/** Pages: one bundle, told by its address what to show. */
const pageUrl = (role: WindowRole, more: Record<string, string> = {}) =>
  `${APP_ORIGIN}/index.html?${new URLSearchParams({ view: role, ...more })}`;

const SIZES = {
  home: { width: 1040, height: 720 },
  homeMinimum: { width: 640, height: 480 },
  session: { width: 1280, height: 800 },
  sessionMinimum: { width: 480, height: 320 },
  consent: { width: 460, height: 440 },
  sign: { width: 420, height: 44 },
} as const;

/** Places of windows that are remembered from one start to the next. */
export interface WindowPlaces {
  get(name: 'home' | 'session'): WindowPlace | null;
  set(name: 'home' | 'session', place: WindowPlace): void;
}

export interface WindowsOptions {
  registry: WindowRegistry;
  places: WindowPlaces;
  /** Absolute path of the built preload. */
  preload: string;
  /** Absolute path of the window icon. */
  icon: string;
  /** True when closing the home window should only hide it: the tray, or a running share, keeps the app alive. */
  keepWhenHomeCloses: () => boolean;
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
  #consent: BrowserWindow | null = null;
  #sign: BrowserWindow | null = null;
  #signWanted = false;
  #quitting = false;

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** Called when a session window was closed by its user or by `closeSession`. */
  onSessionClosed: ((connectionId: string) => void) | null = null;
  /** Called when a session window entered or left full screen, by whatever way. */
  onFullscreenChanged: ((connectionId: string, fullscreen: boolean) => void) | null = null;

  /** From now on windows close for good. */
  prepareToQuit(): void {
    this.#quitting = true;
  }

  /** Opens the home window, or brings it to the front. */
  showHome(): void {
    if (this.#home) {
      if (this.#home.isMinimized()) this.#home.restore();
      this.#home.show();
      this.#home.focus();
      return;
    }
    const { bounds, maximized } = this.#place('home', SIZES.home, SIZES.homeMinimum);
    const window = this.#open('home', pageUrl('home'), null, {
      ...bounds,
      minWidth: SIZES.homeMinimum.width,
      minHeight: SIZES.homeMinimum.height,
      title: 'TARNet',
    });
    this.#home = window;
    this.#remember(window, 'home');
    window.once('ready-to-show', () => {
      if (maximized) window.maximize();
      window.show();
    });
    window.on('close', (event) => {
      if (this.#quitting || !this.#options.keepWhenHomeCloses()) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => {
      this.#home = null;
    });
  }

  /** Opens the window of a connection, or brings it to the front. */
  openSession(connectionId: string, { fullscreen, bare, title }: SessionWindowOptions): void {
    const open = this.#sessions.get(connectionId);
    if (open) {
      open.show();
      open.focus();
      return;
    }
    const place = this.#place('session', SIZES.session, SIZES.sessionMinimum);
    const window = this.#open('session', pageUrl('session', bare ? { chrome: 'none' } : {}), connectionId, {
      ...(bare ? screen.getPrimaryDisplay().bounds : place.bounds),
      minWidth: SIZES.sessionMinimum.width,
      minHeight: SIZES.sessionMinimum.height,
      title,
      fullscreen,
      frame: !bare,
      backgroundColor: '#000000',
    });
    this.#sessions.set(connectionId, window);
    if (!bare) this.#remember(window, 'session');
    window.once('ready-to-show', () => {
      if (place.maximized && !fullscreen && !bare) window.maximize();
      window.show();
    });
    window.on('enter-full-screen', () => this.onFullscreenChanged?.(connectionId, true));
    window.on('leave-full-screen', () => this.onFullscreenChanged?.(connectionId, false));
    window.on('closed', () => {
      this.#sessions.delete(connectionId);
      this.onSessionClosed?.(connectionId);
    });
  }

  /** Closes the window of a connection, if it is open. */
  closeSession(connectionId: string): void {
    this.#sessions.get(connectionId)?.close();
  }

  setFullscreen(connectionId: string, fullscreen: boolean): void {
    this.#sessions.get(connectionId)?.setFullScreen(fullscreen);
  }

  /** Shows or hides the question whether somebody may come in: on top, in front of whatever the user does. */
  setConsentVisible(visible: boolean): void {
    if (!visible) {
      this.#consent?.close();
      return;
    }
    if (this.#consent) return;
    const window = this.#open('consent', pageUrl('consent'), null, {
      ...centred(SIZES.consent, screen.getPrimaryDisplay().workArea),
      title: 'TARNet',
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      alwaysOnTop: true,
    });
    this.#consent = window;
    window.setAlwaysOnTop(true, 'screen-saver');
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
    window.once('ready-to-show', () => {
      window.show();
      window.focus();
    });
    window.on('closed', () => {
      this.#consent = null;
    });
  }

  /** Shows or hides the sign that somebody is watching: it takes no focus, and its user cannot lose it behind anything. */
  setSignVisible(visible: boolean): void {
    this.#signWanted = visible;
    if (!visible) {
      this.#sign?.close();
      return;
    }
    if (this.#sign) return;
    const window = this.#open('sign', pageUrl('sign'), null, {
      ...topCentre(SIZES.sign, screen.getPrimaryDisplay().workArea),
      title: 'TARNet',
      frame: false,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
    });
    this.#sign = window;
    window.setAlwaysOnTop(true, 'screen-saver');
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
    window.once('ready-to-show', () => window.showInactive());
    // closing it must not hide that somebody is watching
    window.on('close', (event) => {
      if (this.#signWanted && !this.#quitting) event.preventDefault();
    });
    window.on('closed', () => {
      this.#sign = null;
    });
  }

  #open(
    role: WindowRole,
    url: string,
    connectionId: string | null,
    options: BrowserWindowConstructorOptions,
  ): BrowserWindow {
    const window = new BrowserWindow({
      show: false,
      autoHideMenuBar: true,
      icon: this.#options.icon,
      ...options,
      webPreferences: {
        preload: this.#options.preload,
        additionalArguments: [`--tarnet-role=${role}`],
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        // a session must not stop painting because something covers its window
        backgroundThrottling: role !== 'session',
      },
    });
    this.#options.registry.add(window.webContents, role, connectionId);
    void window.loadURL(url).catch(() => undefined);
    return window;
  }

  #place(
    name: 'home' | 'session',
    size: { width: number; height: number },
    minimum: { width: number; height: number },
  ) {
    const primary = screen.getPrimaryDisplay();
    const areas = [primary, ...screen.getAllDisplays().filter((display) => display.id !== primary.id)].map(
      (display) => display.workArea,
    );
    const known = this.#options.places.get(name);
    const wanted: Rectangle = known?.bounds ?? centred(size, primary.workArea);
    return { bounds: placeWindow(wanted, areas, minimum), maximized: known?.maximized ?? false };
  }

  #remember(window: BrowserWindow, name: 'home' | 'session'): void {
    const save = () =>
      this.#options.places.set(name, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
    window.on('resize', save);
    window.on('move', save);
    window.on('close', save);
  }
}
