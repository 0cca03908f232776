// The composition root: reads the command line, builds the parts and wires them. No logic lives here.
import path from 'node:path';
import { app, clipboard, globalShortcut, ipcMain, session, shell } from 'electron';
import { TarnetError } from '../shared/base/errors.ts';
import { type Log, silentLog } from '../shared/base/log.ts';
import { AppStateStore } from './app/app-state.ts';
import {
  HELP,
  ownArguments,
  parseCommandLine,
  type StartRequest,
  USAGE_EXIT_CODE,
  usageError,
} from './app/command-line.ts';
import { addressInLink, promptFor, registerLinks } from './app/deep-links.ts';
import { initialState, resolveLanguage } from './app/initial-state.ts';
import { openLogFile } from './app/log-file.ts';
import { machineName } from './app/machine.ts';
import { setMenu } from './app/menu.ts';
import { addNotice } from './app/notices.ts';
import { OverlayWindows } from './app/overlay-windows.ts';
import type { PageWindowParts } from './app/page-window.ts';
import { QuitSequence } from './app/quit-sequence.ts';
import { APP_ORIGIN, guardContents, guardSession, registerAppScheme, serveApp } from './app/security.ts';
import { SettingsFile } from './app/settings-file.ts';
import { shellHandlers } from './app/shell-handlers.ts';
import { shellTexts } from './app/shell-texts.ts';
import { takeProfile } from './app/single-instance.ts';
import { StopShortcut } from './app/stop-shortcut.ts';
import { systemClock } from './app/system-clock.ts';
import { AppTray } from './app/tray.ts';
import { WindowPlaces } from './app/window-places.ts';
import { WindowRegistry } from './app/window-registry.ts';
import { Windows } from './app/windows.ts';
import { emit, registerContract } from './ipc/ipc-main.ts';

const here = import.meta.dirname;
const icons = path.join(here, '../icons');
const devServer = app.isPackaged ? undefined : process.env.VITE_DEV_SERVER_URL;

let log: Log = silentLog;
let onRequest: (request: StartRequest) => void = () => undefined;
const links: unknown[] = [];
let onLink = (link: unknown): void => void links.push(link);

const args = ownArguments(process.argv, process.defaultApp === true);
const request = readCommandLine();
registerAppScheme();
// Every renderer, whatever its webPreferences say. Root (a container, CI) must start with --no-sandbox, and there this
// call would put the sandbox back and make every child process die in a loop.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
guardContents();
app.on('open-url', (event, link) => {
  event.preventDefault();
  onLink(link);
});

const mine = { args, workingFolder: process.cwd() };
if (
  takeProfile(
    app,
    mine,
    (later) => onRequest(later),
    () => log,
  )
)
  app.whenReady().then(start).catch(failToStart);
else app.quit();

/** Help, version and usage errors need no window, and no display either: they end here. */
function readCommandLine(): StartRequest {
  try {
    const parsed = parseCommandLine(args, process.cwd());
    if (parsed.command === 'help') endWith(0, HELP);
    if (parsed.command === 'version') endWith(0, `${app.getVersion()}\n`);
    return parsed;
  } catch (error) {
    return endWith(USAGE_EXIT_CODE, usageError(TarnetError.from(error)));
  }
}

function endWith(code: number, text: string): never {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
}

function failToStart(error: unknown): void {
  log.error('the app did not start', { error: String(error) });
  process.stderr.write(`tarnet: the app did not start: ${String(error)}\n`);
  app.exit(1);
}

async function start(): Promise<void> {
  const userData = app.getPath('userData');
  log = openLogFile({
    folder: path.join(userData, 'logs'),
    level: app.isPackaged ? 'info' : 'debug',
    toConsole: devServer !== undefined,
  });
  log.info('start', { version: app.getVersion(), electron: process.versions.electron, platform: process.platform });
  serveApp(session.defaultSession, { root: path.join(here, '../renderer'), devServer });
  guardSession(session.defaultSession);

  const settings = new SettingsFile(userData, systemClock);
  const { setAside } = await settings.load();
  const places = new WindowPlaces(userData, systemClock, log);
  await places.load();
  const language = () => resolveLanguage(settings.value.language, app.getPreferredSystemLanguages());
  const displayName = () => settings.value.displayName || machineName();
  const store = new AppStateStore(
    initialState(
      {
        version: app.getVersion(),
        electron: process.versions.electron,
        chrome: process.versions.chrome,
        node: process.versions.node,
        platform: process.platform,
        language: language(),
        machineName: machineName(),
        displayName: displayName(),
        fingerprint: [],
        keyStore: false,
        testRuntime: !process.versions.electron.startsWith('45.'),
      },
      settings.value,
      '000000000',
    ),
  );
  if (setAside !== null) addNotice(store, 'settings-corrupt', setAside);
  if (store.get('info').testRuntime) addNotice(store, 'test-runtime', process.versions.electron);

  const registry = new WindowRegistry();
  const parts: PageWindowParts = {
    registry,
    preload: path.join(here, 'window-preload.cjs'),
    icon: path.join(icons, '256x256.png'),
    log: log.scope('window'),
  };
  const sharing = () => store.get('share').phase === 'on';
  const windows = new Windows({
    ...parts,
    places,
    hideHomeOnClose: () => settings.value.closeToTray || sharing(),
    onAllClosed: () => {
      if (!sharing() && !request.hidden) app.quit();
    },
    onSessionClosed: () => undefined,
    onFullscreenChanged: (connectionId, fullscreen) =>
      emit(registry, 'session.fullscreen-changed', { fullscreen }, connectionId),
  });
  const overlays = new OverlayWindows(parts);
  const stopSharing = () => undefined;
  const tray = new AppTray(path.join(icons, '32x32.png'), {
    open: () => windows.showHome(),
    setSharing: () => undefined,
    quit: () => app.quit(),
  });
  const shortcut = new StopShortcut({
    shortcuts: globalShortcut,
    onPressed: stopSharing,
    onTaken: (accelerator) => addNotice(store, 'shortcut-taken', accelerator),
  });

  const follow = () => {
    const { phase, viewers } = store.get('share');
    tray.show({ phase, watched: viewers.length > 0 }, shellTexts(language()));
    shortcut.update(settings.value.stopSharingShortcut, phase === 'on');
    overlays.setSignVisible(viewers.length > 0);
    overlays.setConsentVisible(store.get('consentRequests').length > 0);
  };
  store.onDelta((delta) => {
    emit(registry, 'app.delta', delta);
    if (delta.slice === 'share' || delta.slice === 'consentRequests' || delta.slice === 'settings') follow();
  });
  settings.onChange((value) => {
    store.update('info', (info) => ({ ...info, language: language(), displayName: displayName() }));
    store.set('settings', value);
    setMenu(process.platform, devServer !== undefined, shellTexts(language()));
  });
  setMenu(process.platform, devServer !== undefined, shellTexts(language()));
  follow();

  const later = () => {
    throw new TarnetError('not-supported', 'not there yet');
  };
  registerContract({
    ipc: ipcMain,
    windows: registry,
    origin: APP_ORIGIN,
    log: log.scope('ipc'),
    invokes: {
      ...shellHandlers({
        snapshot: (connectionId) => store.snapshot(connectionId),
        dismissNotice: (id) => store.update('notices', (notices) => notices.filter((notice) => notice.id !== id)),
        dismissConnectPrompt: () => store.set('connectPrompt', null),
        writeClipboard: (text) => clipboard.writeText(text),
        openLogFolder: async () => {
          await shell.openPath(path.join(userData, 'logs'));
        },
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

  const quit = new QuitSequence(systemClock, log);
  quit.add('window places', () => places.flush());
  app.on('before-quit', (event) => {
    windows.prepareToQuit();
    overlays.prepareToQuit();
    if (quit.ended) return;
    event.preventDefault();
    void quit.run().then(() => app.quit());
  });
  app.on('window-all-closed', () => undefined); // quitting is decided above: the app may live on in the tray
  app.on('activate', () => windows.showHome());

  onLink = (link) => {
    const address = addressInLink(link);
    if (!address) return;
    store.set('connectPrompt', promptFor(address));
    windows.showHome();
  };
  onRequest = (later) => {
    const [address] = later.links;
    if (address) store.set('connectPrompt', promptFor(address));
    if (!later.hidden && !later.connect) windows.showHome();
  };
  registerLinks(app);
  onRequest(request);
  for (const link of links) onLink(link);
}
