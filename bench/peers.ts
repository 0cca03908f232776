// Owns how each program that is measured is started: its host side on one display, its viewer on another.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type SessionStatistics, sessionStatisticsSchema } from '../shared/ipc/statistics.ts';
import type { Command } from './processes.ts';

export interface PeerPlace {
  hostDisplay: string;
  viewerDisplay: string;
  /** Where the host side must listen, on 127.0.0.1. */
  hostPort: number;
  /** Another free one, for a peer whose host side is two programs. */
  innerPort: number;
  /** Folder of this peer alone, empty at first. */
  folder: string;
}

export interface Peer {
  name: string;
  /** Debian packages that it comes in; none for TARNet. */
  packages: readonly string[];
  programs: readonly string[];
  version(): string;
  host(place: PeerPlace): Command;
  viewer(place: PeerPlace, port: number): Command;
  /** What its viewer has measured itself in the last ten seconds, in its folder; null where it has not. */
  inside?(folder: string): SessionStatistics | null;
}

const debianVersion = (name: string): string =>
  execFileSync('dpkg-query', ['-W', name], { encoding: 'utf8' }).trim().split('\t')[1] ?? '';

export const tigerVnc: Peer = {
  name: 'TigerVNC',
  packages: ['tigervnc-scraping-server', 'tigervnc-viewer'],
  programs: ['X0tigervnc', 'xtigervncviewer'],
  version: () => `TigerVNC ${debianVersion('tigervnc-scraping-server')}, its defaults, not encrypted`,
  host: ({ hostDisplay, hostPort, folder }) => ({
    program: 'X0tigervnc',
    args: ['-display', hostDisplay, '-rfbport', String(hostPort), '-localhost', '-SecurityTypes', 'None'],
    env: { HOME: folder, DISPLAY: hostDisplay },
  }),
  viewer: ({ viewerDisplay, folder }, port) => ({
    program: 'xtigervncviewer',
    args: [
      '-FullScreen',
      '-RemoteResize=0',
      '-SecurityTypes=None',
      '-ReconnectOnError=0',
      '-AlertOnFatalError=0',
      `127.0.0.1::${port}`,
    ],
    env: { HOME: folder, DISPLAY: viewerDisplay },
  }),
};

export const x11Vnc: Peer = {
  name: 'x11vnc',
  packages: ['x11vnc', 'tigervnc-viewer'],
  programs: ['x11vnc', 'xtigervncviewer'],
  version: () => `x11vnc ${debianVersion('x11vnc')}, its defaults, not encrypted; shown by TigerVNC's viewer`,
  host: ({ hostDisplay, hostPort, folder }) => ({
    program: 'x11vnc',
    args: ['-display', hostDisplay, '-rfbport', String(hostPort), '-localhost', '-nopw', '-forever', '-shared', '-q'],
    env: { HOME: folder, DISPLAY: hostDisplay },
  }),
  viewer: tigerVnc.viewer,
};

const NOVNC_FOLDER = '/usr/share/novnc';

/** noVNC in a full-screen page of the given Electron, on TigerVNC's server behind websockify. */
export function noVnc(electron: string): Peer {
  return {
    name: 'noVNC',
    packages: ['novnc', 'websockify', 'tigervnc-scraping-server'],
    programs: ['websockify', 'X0tigervnc'],
    version: () => `noVNC ${debianVersion('novnc')} in Electron, on TigerVNC's server, its defaults, not encrypted`,
    host: ({ hostDisplay, hostPort, innerPort, folder }) => ({
      program: 'sh',
      args: [
        '-c',
        'X0tigervnc -display "$1" -rfbport "$2" -localhost -SecurityTypes None & exec websockify --web "$3" "127.0.0.1:$4" "127.0.0.1:$2"',
        'sh',
        hostDisplay,
        String(innerPort),
        NOVNC_FOLDER,
        String(hostPort),
      ],
      env: { HOME: folder, DISPLAY: hostDisplay },
    }),
    viewer: ({ viewerDisplay, folder }, port) => ({
      program: electron,
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), pageApp(folder, port)],
      env: { HOME: folder, DISPLAY: viewerDisplay },
    }),
  };
}

/** An Electron app that shows noVNC's bare page over the whole display. */
function pageApp(folder: string, port: number): string {
  const app = path.join(folder, 'page');
  mkdirSync(app, { recursive: true });
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'page', main: 'main.cjs' }));
  const url = `http://127.0.0.1:${port}/vnc_lite.html?host=127.0.0.1&port=${port}&path=websockify`;
  const style = '#top_bar { display: none } * { margin: 0; overflow: hidden }';
  writeFileSync(
    path.join(app, 'main.cjs'),
    `const { app, BrowserWindow } = require('electron');
app.setPath('userData', ${JSON.stringify(path.join(folder, 'data'))});
app.whenReady().then(async () => {
  const window = new BrowserWindow({ x: 0, y: 0, width: 1920, height: 1080, frame: false, fullscreen: true });
  await window.loadURL(${JSON.stringify(url)});
  await window.webContents.insertCSS(${JSON.stringify(style)});
  setInterval(() => window.webContents.executeJavaScript("document.querySelector('canvas')?.focus()"), 500);
});
`,
  );
  return app;
}

/** Shown only where it is no window over the picture. */
const FLOATBAR = '/floatbar:sticky:off,default:hidden,show:window';

export const freeRdp: Peer = {
  name: 'FreeRDP',
  packages: ['freerdp2-shadow-x11', 'freerdp2-x11'],
  programs: ['freerdp-shadow-cli', 'xfreerdp'],
  version: () =>
    `FreeRDP shadow ${debianVersion('freerdp2-shadow-x11')}, RemoteFX (left to choose, it takes an H.264 that is slower and blurred), TLS`,
  host: ({ hostDisplay, hostPort, folder }) => ({
    program: 'freerdp-shadow-cli',
    args: [`/port:${hostPort}`, '/bind-address:127.0.0.1', '-auth', '-sec-nla'],
    env: { HOME: folder, XDG_CONFIG_HOME: folder, DISPLAY: hostDisplay },
  }),
  viewer: ({ viewerDisplay, folder }, port) => ({
    program: 'xfreerdp',
    args: [`/v:127.0.0.1:${port}`, '/u:bench', '/p:', '/f', '/rfx', '/bpp:32', FLOATBAR, '/cert:ignore', '/sec:tls'],
    env: { HOME: folder, XDG_CONFIG_HOME: folder, DISPLAY: viewerDisplay },
  }),
};

/** Our own app, started from the checkout with the Electron that the launcher found. */
export function tarnet(electron: string, inside: boolean): Peer {
  const version = (): string => {
    const { version: ours }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    return `TARNet ${ours}, end-to-end encrypted`;
  };
  const command = (display: string, folder: string, args: readonly string[]): Command => ({
    program: electron,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '.', `--user-data-dir=${folder}`, ...args],
    env: { DISPLAY: display },
  });
  return {
    name: 'TARNet',
    packages: [],
    programs: [],
    version,
    host: ({ hostDisplay, hostPort, folder }) =>
      command(hostDisplay, path.join(folder, 'host'), [
        '--share',
        '--accept=control',
        `--secret-file=${secretFile(folder)}`,
        `--relay-port=${hostPort}`,
        '--no-discovery',
        '--hidden',
      ]),
    viewer: ({ viewerDisplay, folder }, port) =>
      command(viewerDisplay, path.join(folder, 'viewer'), [
        `--connect=127.0.0.1:${port}`,
        `--secret-file=${secretFile(folder)}`,
        '--fullscreen',
        '--no-discovery',
        ...(inside ? [`--statistics-json=${insideFile(folder)}`] : []),
      ]),
    inside: (folder) => {
      try {
        return v.parse(sessionStatisticsSchema, JSON.parse(readFileSync(insideFile(folder), 'utf8')));
      } catch {
        return null;
      }
    },
  };
}

/** What our viewer says of itself, renewed each second. */
function insideFile(folder: string): string {
  return path.join(folder, 'inside.json');
}

function secretFile(folder: string): string {
  const file = path.join(folder, 'secret');
  if (!existsSync(file)) {
    writeFileSync(file, 'a secret of the bench\n');
    chmodSync(file, 0o600);
  }
  return file;
}

/** Why a peer cannot be measured, or null. Installs its packages when it may. */
export function missingPrograms(peer: Peer): string | null {
  const missing = (): string[] => peer.programs.filter((program) => !isProgram(program));
  if (missing().length === 0) return null;
  if (process.getuid?.() !== 0) return `not installed: apt-get install ${peer.packages.join(' ')}`;
  console.error(`installing ${peer.packages.join(' ')} ...`);
  const options = {
    stdio: 'ignore',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  } as const;
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...peer.packages], options);
  } catch (error) {
    return `cannot be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
  return missing().length === 0 ? null : `installed, but without ${missing().join(' ')}`;
}

function isProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(path.join(folder, name)));
}
