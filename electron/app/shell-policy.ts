// Owns the shell's rules as plain functions: what pages may load, which files are theirs, which links leave the app.
import path from 'node:path';

export const SHELL_LIMITS = { externalUrlLength: 2048 } as const;

const POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  // data: thumbnails and cursor shapes come as PNG data URLs
  'img-src': ["'self'", 'data:', 'blob:'],
  // mediastream: the capture page plays the screen it captures
  'media-src': ["'self'", 'blob:', 'mediastream:'],
  'font-src': ["'self'"],
  'worker-src': ["'self'"],
  // no ws: and no http: the main process owns all sockets
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
  'frame-src': ["'none'"],
  'object-src': ["'none'"],
} as const;

/** What pages may load. In development Vite's client needs inline code and a socket to its own server. */
export function contentSecurityPolicy(devServer: string | undefined): string {
  const policy: Record<string, readonly string[]> = { ...POLICY };
  if (devServer) {
    const { host } = new URL(devServer);
    policy['script-src'] = ["'self'", "'unsafe-inline'"];
    policy['style-src'] = ["'self'", "'unsafe-inline'"];
    policy['connect-src'] = ["'self'", `ws://${host}`, `http://${host}`];
  }
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** The file that a URL's path names inside the folder, or null for whatever lies outside or does not decode. */
export function fileInside(root: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const file = path.join(root, decoded === '/' ? 'index.html' : decoded);
  const inside = path.relative(root, file);
  return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? null : file;
}

/** Only https links of a sane length leave the app: no other scheme can start a program. */
export function isExternalLink(url: string): boolean {
  return url.length <= SHELL_LIMITS.externalUrlLength && URL.canParse(url) && new URL(url).protocol === 'https:';
}
