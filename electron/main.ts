// The composition root: builds the parts and wires them. No logic lives here.
import path from 'node:path';
import { app, clipboard, ipcMain, session, shell } from 'electron';
import { TarnetError } from '../shared/base/errors.ts';
import { silentLog } from '../shared/base/log.ts';
import { AppStateStore } from './app/app-state.ts';
import { initialState, resolveLanguage } from './app/initial-state.ts';
import { machineName } from './app/machine.ts';
import { APP_ORIGIN, guardContents, guardSession, registerAppScheme, serveApp } from './app/security.ts';
import { SettingsFile } from './app/settings-file.ts';
import { shellHandlers } from './app/shell-handlers.ts';
import { systemClock } from './app/system-clock.ts';
import { WindowRegistry } from './app/window-registry.ts';
import { Windows } from './app/windows.ts';
import { emit, registerContract } from './ipc/ipc-main.ts';

const here = import.meta.dirname;

registerAppScheme();
// Every renderer, whatever its webPreferences say. Root (a container, CI) must start with --no-sandbox, and there this
// call would put the sandbox back and make every child process die in a loop.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
guardContents();

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();

async function start(): Promise<void> {
  serveApp(session.defaultSession, {
    root: path.join(here, '../renderer'),
    devServer: app.isPackaged ? undefined : process.env.VITE_DEV_SERVER_URL,
  });
  guardSession(session.defaultSession);

  const settings = new SettingsFile(app.getPath('userData'), systemClock);
  await settings.load();
  const store = new AppStateStore(
    initialState(
      {
        version: app.getVersion(),
        electron: process.versions.electron,
        chrome: process.versions.chrome,
        node: process.versions.node,
        platform: process.platform,
        language: resolveLanguage(settings.value.language, app.getPreferredSystemLanguages()),
        machineName: machineName(),
        displayName: settings.value.displayName || machineName(),
        fingerprint: [],
        keyStore: false,
        testRuntime: !process.versions.electron.startsWith('45.'),
      },
      settings.value,
      '000000000',
    ),
  );
  settings.onChange((value) => store.set('settings', value));

  const registry = new WindowRegistry();
  const windows = new Windows({
    registry,
    places: { get: () => null, set: () => undefined },
    preload: path.join(here, 'window-preload.cjs'),
    icon: path.join(here, '../../resources/icons/256x256.png'),
    keepWhenHomeCloses: () => false,
  });
  store.onDelta((delta) => emit(registry, 'app.delta', delta));

  const later = () => {
    throw new TarnetError('not-supported', 'not there yet');
  };
  registerContract({
    ipc: ipcMain,
    windows: registry,
    origin: APP_ORIGIN,
    log: silentLog,
    invokes: {
      ...shellHandlers({
        snapshot: (connectionId) => store.snapshot(connectionId),
        dismissNotice: (id) => store.update('notices', (notices) => notices.filter((notice) => notice.id !== id)),
        writeClipboard: (text) => clipboard.writeText(text),
        openLogFolder: async () => void (await shell.openPath(app.getPath('logs'))),
        quit: () => app.quit(),
        updateSettings: (patch) => settings.update(patch),
        setFullscreen: (connectionId, fullscreen) => windows.setFullscreen(connectionId, fullscreen),
      }),
      'share.start': later,
      'share.stop': later,
      'share.sources': later,
      'share.select-source': later,
      'share.renew-code': later,
      'share.disconnect-viewer': later,
      'share.set-permissions': later,
      'consent.answer': later,
      'hosts.save': later,
      'hosts.forget': later,
      'hosts.rescan': later,
      'connection.open': later,
      'connection.retry': later,
      'connection.close': later,
      'connection.dismiss': later,
      'session.set-view-only': later,
      'session.select-source': later,
    },
    sends: {
      'session.ready': () => undefined,
      'session.input': () => undefined,
      'session.paint-report': () => undefined,
      'session.picture-trouble': () => undefined,
    },
  });

  app.on('second-instance', () => windows.showHome());
  windows.showHome();
}

app.on('window-all-closed', () => app.quit());
