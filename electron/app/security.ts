// Owns the shell's walls: where pages come from, what a page may load, and what it may ask of the system. Everything
// is refused unless it is opened here, and each opening says why.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { app, net, protocol, type Session, shell } from 'electron';
import { contentSecurityPolicy, fileInside, isExternalLink } from './shell-policy.ts';

const APP_HOST = 'tarnet';
export const APP_ORIGIN = `app://${APP_HOST}`;

/** Permissions that our own pages have; every other permission and every other origin is refused. */
const PERMISSIONS: ReadonlySet<string> = new Set([
  'media', // the capture page opens the desktop as a media stream
  'display-capture', // the same, through getDisplayMedia
  'fullscreen', // the session window
  'pointerLock', // programs on the host that turn the pointer into movement
  'keyboardLock', // Escape and system keys go to the host in full screen
]);

const MIME: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Before the app is ready: makes app:// a standard, secure origin, which WebCodecs and media devices need. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

/** Where pages come from: files under `root`, or in development Vite's server for what it serves. */
export interface PageSources {
  /** The folder of the built pages. */
  root: string;
  /** In development only: the URL of Vite's server. Pages in `builtPaths` still come from `root`. */
  devServer: string | undefined;
}

/** After the app is ready: answers app:// with the built pages, and with nothing outside of them. */
export function serveApp(session: Session, { root, devServer }: PageSources): void {
  const headers = {
    'content-security-policy': contentSecurityPolicy(devServer),
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'referrer-policy': 'no-referrer',
  };
  session.protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.host !== APP_HOST) return new Response('not found', { status: 404 });
    if (devServer && !url.pathname.startsWith('/capture/')) {
      const answer = await net.fetch(new URL(url.pathname + url.search, devServer).href);
      const type = answer.headers.get('content-type') ?? 'application/octet-stream';
      return new Response(answer.body, { status: answer.status, headers: { ...headers, 'content-type': type } });
    }
    const file = fileInside(root, url.pathname);
    if (!file) return new Response('not found', { status: 404 });
    try {
      const type = MIME[path.extname(file)] ?? 'application/octet-stream';
      return new Response(new Uint8Array(await readFile(file)), { headers: { ...headers, 'content-type': type } });
    } catch {
      return new Response('not found', { status: 404 });
    }
  });
}

/** Permissions: what our own pages need; everything else is refused. Downloads are refused altogether. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(PERMISSIONS.has(permission) && isOurs(details.requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => PERMISSIONS.has(permission) && isOurs(`${origin.replace(/\/$/, '')}/`),
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}

/** Navigation, new windows and webviews, in every page that will ever exist: a window stays on the page it was opened with. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-frame-navigate', (event) => {
      // a page may load itself again, as Vite's client does
      if (!event.isMainFrame || event.url !== contents.getURL()) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // the one opening: a link in our own pages, such as the licence, goes to the user's browser
      if (isExternalLink(url)) void shell.openExternal(url).catch(() => undefined);
      return { action: 'deny' };
    });
  });
}

function isOurs(url: string): boolean {
  return URL.canParse(url) && new URL(url).href.startsWith(`${APP_ORIGIN}/`);
}
