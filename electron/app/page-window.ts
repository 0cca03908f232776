// Owns what every window of ours has in common: the closed sandbox, its role, its page, and coming back after a crash.
import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron';
import type { Log } from '../../shared/base/log.ts';
import type { WindowRole } from '../../shared/ipc/kit.ts';
import { APP_ORIGIN } from './security.ts';
import type { WindowRegistry } from './window-registry.ts';

export const PAGE_WINDOW_LIMITS = {
  /** A page that keeps dying is left alone after so many reloads. */
  reloads: 3,
} as const;

export interface PageWindowParts {
  registry: WindowRegistry;
  /** Absolute path of the built preload. */
  preload: string;
  /** Absolute path of the window icon. */
  icon: string;
  log: Log;
}

export interface Page {
  role: WindowRole;
  /** The connection that a session window shows. */
  connectionId?: string;
  /** More for the page's address, beside its view. */
  query?: Readonly<Record<string, string>>;
}

/** Opens a window, hidden until its page can be shown. One bundle serves all pages; the address says which view. */
export function openPage(parts: PageWindowParts, page: Page, options: BrowserWindowConstructorOptions): BrowserWindow {
  const { role, connectionId = null, query = {} } = page;
  const window = new BrowserWindow({
    show: false,
    autoHideMenuBar: true,
    icon: parts.icon,
    title: 'TARNet',
    ...options,
    webPreferences: {
      preload: parts.preload,
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
  parts.registry.add(window.webContents, role, connectionId);
  // the title is set here, not by the page
  window.on('page-title-updated', (event) => event.preventDefault());
  let reloads: number = PAGE_WINDOW_LIMITS.reloads;
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    parts.log.error('a page died', { role, reason, exitCode });
    if (reason === 'clean-exit' || reloads <= 0) return;
    reloads -= 1;
    window.webContents.reload();
  });
  const url = `${APP_ORIGIN}/index.html?${new URLSearchParams({ view: role, ...query })}`;
  window.loadURL(url).catch((error: unknown) => parts.log.error('a page did not load', { role, error: String(error) }));
  return window;
}
