// The composition root: reads the command line, builds the parts and wires them. No logic lives here.
import path from 'node:path';
import { app, clipboard, globalShortcut, ipcMain, session, shell } from 'electron';
import { TarnetError } from '../shared/base/errors.ts';
import { type Log, silentLog } from '../shared/base/log.ts';
import {
  HELP,
  ownArguments,
  parseCommandLine,
  type StartRequest,
  USAGE_EXIT_CODE,
  usageError,
} from './app/command-line.ts';
import { placeInLink, promptFor, registerLinks } from './app/deep-links.ts';
import { askWhereToSave, askWhichFile } from './app/file-dialogs.ts';
import { openLogFile } from './app/log-file.ts';
import { setMenu } from './app/menu.ts';
import { addNotice } from './app/notices.ts';
import { OverlayWindows } from './app/overlay-windows.ts';
import type { PageWindowParts } from './app/page-window.ts';
import { QUIT_LIMITS, QuitSequence } from './app/quit-sequence.ts';
import { isAccessCode, readSecretFile } from './app/secret-file.ts';
import { APP_ORIGIN, guardContents, guardSession, registerAppScheme, serveApp } from './app/security.ts';
import { shellTexts } from './app/shell-texts.ts';
import { takeProfile } from './app/single-instance.ts';
import { StopShortcut } from './app/stop-shortcut.ts';
import { systemClock } from './app/system-clock.ts';
import { AppTray } from './app/tray.ts';
import { WindowPlaces } from './app/window-places.ts';
import { WindowRegistry } from './app/window-registry.ts';
import { Windows } from './app/windows.ts';
import { composeActivity, verifyForCommandLine } from './compose/activity-parts.ts';
import { composeBackup } from './compose/backup-parts.ts';
import { CommandLineRun } from './compose/command-line-run.ts';
import { composeDiscovery, printHosts } from './compose/discovery-parts.ts';
import { layGround } from './compose/ground.ts';
import { invokeHandlers, sendHandlers } from './compose/handlers.ts';
import { composeHost } from './compose/host-parts.ts';
import { composeViewer } from './compose/viewer-parts.ts';
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
if (request.command === 'verify-activity-log') {
  const { code, text } = await verifyForCommandLine(request.activityLog, app.getPath('userData'));
  endWith(code, text);
}
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
  if (error instanceof TarnetError && error.field?.startsWith('--')) {
    process.stderr.write(usageError(error));
    app.exit(USAGE_EXIT_CODE);
    return;
  }
  log.error('the app did not start', { error: String(error) });
  process.stderr.write(`tarnet: the app did not start: ${String(error)}\n`);
  app.exit(1);
}

async function readSecret(file: string): Promise<string> {
  const { secret, readableByOthers } = await readSecretFile(file);
  if (readableByOthers) {
    log.warn('other users can read the secret file');
    process.stderr.write('tarnet: warning: --secret-file: other users of this machine can read it\n');
  }
  return secret;
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

  const ground = await layGround({
    clock: systemClock,
    log,
    builtFolder: here,
    userData,
    appVersion: app.getVersion(),
    preferredLanguages: app.getPreferredSystemLanguages(),
  });
  const { state, settings } = ground;
  const texts = () => shellTexts(state.get('info').language);
  const places = new WindowPlaces(userData, systemClock, log);
  await places.load();

  const registry = new WindowRegistry();
  const parts: PageWindowParts = {
    registry,
    preload: path.join(here, 'window-preload.cjs'),
    icon: path.join(icons, '256x256.png'),
    log: log.scope('window'),
  };
  const windows = new Windows({
    ...parts,
    places,
    hideHomeOnClose: () => settings.value.closeToTray || host.sharing.isOn,
    onAllClosed: () => {
      if (!host.sharing.isOn && !request.hidden) app.quit();
    },
    onSessionClosed: (connectionId) => connections.windowClosed(connectionId),
    onFullscreenChanged: (connectionId, fullscreen) =>
      emit(registry, 'session.fullscreen-changed', { fullscreen }, connectionId),
  });
  const overlays = new OverlayWindows(parts);

  const secretFile = request.share?.secretFile ?? request.connect?.secretFile ?? null;
  const secret = secretFile === null ? null : await readSecret(secretFile);
  if (secret !== null && request.share && isAccessCode(secret))
    throw TarnetError.malformed('--secret-file', 'nine digits are an access code, and easily guessed');
  const hosts = composeDiscovery(ground, {
    enabled: request.discovery,
    reach: process.env.TARNET_DISCOVERY_REACH === 'loopback' ? 'loopback' : 'lan',
    access: secret === null ? 'code' : 'secret',
  });
  const activity = await composeActivity(ground, {
    onWritten: (seq) => emit(registry, 'activity.written', { seq }),
    askWhere: askWhereToSave,
  });
  const host = composeHost(ground, { secret, accept: request.share?.accept ?? null }, hosts.announcement, activity.log);
  const connections = composeViewer(ground, {
    window: {
      open: (connectionId, options) => windows.openSession(connectionId, options),
      close: (connectionId) => windows.closeSession(connectionId),
      emitFrame: (connectionId, delivery) => emit(registry, 'session.frame', delivery, connectionId),
      emitPlainPicture: (connectionId, delivery) => emit(registry, 'session.plain-picture', delivery, connectionId),
      emitCursor: (connectionId, delivery) => emit(registry, 'session.cursor', delivery, connectionId),
      emitLink: (connectionId, statistics) => emit(registry, 'session.link', statistics, connectionId),
      emitInjected: (connectionId, injected) => emit(registry, 'session.input-injected', injected, connectionId),
    },
    activity: activity.log,
    onActive: (connection) => hosts.noteConnected(connection),
    onEnded: (connection) => commandLineRun.connectionEnded(connection),
  });
  const relayPort = () => request.relayPort ?? settings.value.relayPort;
  const say = (message: string) => process.stderr.write(`tarnet: ${message}\n`);
  const commandLineRun = new CommandLineRun({
    host,
    connections,
    relayPort,
    showHome: () => windows.showHome(),
    fail: (message) => {
      say(message);
      app.exit(1);
    },
    say,
  });

  const stopSharing = () => void host.sharing.stop();
  const tray = new AppTray(path.join(icons, '32x32.png'), {
    open: () => windows.showHome(),
    setSharing: (on) => {
      if (on) host.sharing.start(relayPort()).catch(() => windows.showHome());
      else stopSharing();
    },
    quit: () => app.quit(),
  });
  const shortcut = new StopShortcut({
    shortcuts: globalShortcut,
    onPressed: stopSharing,
    onTaken: (accelerator) => addNotice(state, 'shortcut-taken', accelerator),
  });

  const follow = () => {
    const { phase, viewers } = state.get('share');
    const plain = state.get('plainShare');
    const watched = viewers.some(({ connected }) => connected) || plain.phase === 'showing';
    tray.show({ phase, watched, unencrypted: plain.wanted && phase === 'on' }, texts());
    shortcut.update(settings.value.stopSharingShortcut, phase === 'on');
    overlays.setSignVisible(watched);
    overlays.setConsentVisible(state.get('consentRequests').length > 0);
  };
  state.onDelta((delta) => {
    emit(registry, 'app.delta', delta);
    if (
      delta.slice === 'share' ||
      delta.slice === 'plainShare' ||
      delta.slice === 'consentRequests' ||
      delta.slice === 'settings'
    )
      follow();
  });
  const showMenu = () => setMenu(process.platform, devServer !== undefined, texts());
  settings.onChange(showMenu);
  showMenu();
  follow();

  const handlerParts = {
    shell: {
      snapshot: (connectionId: string | null) => state.snapshot(connectionId),
      dismissNotice: (id: string) => state.update('notices', (notices) => notices.filter((notice) => notice.id !== id)),
      dismissConnectPrompt: () => state.set('connectPrompt', null),
      writeClipboard: (text: string) => clipboard.writeText(text),
      openLogFolder: async () => {
        await shell.openPath(path.join(userData, 'logs'));
      },
      quit: () => app.quit(),
      updateSettings: (patch: unknown) => settings.update(patch),
      setFullscreen: (connectionId: string, fullscreen: boolean) => windows.setFullscreen(connectionId, fullscreen),
    },
    host,
    connections,
    hosts,
    activity,
    clock: systemClock,
    backup: composeBackup(ground, {
      activity: activity.log,
      devices: () => host.devices.file,
      askWhere: (name) => askWhereToSave(name, 'tarnet'),
      askWhich: () => askWhichFile('tarnet'),
      restart: () => {
        app.relaunch();
        app.quit();
      },
    }),
    relayPort,
    askWhereToSave,
  };
  registerContract({
    ipc: ipcMain,
    windows: registry,
    origin: APP_ORIGIN,
    log: log.scope('ipc'),
    invokes: invokeHandlers(handlerParts),
    sends: sendHandlers(handlerParts),
  });

  let closing: 'stopped' | 'restarting' = 'stopped';
  const quit = new QuitSequence(systemClock, log);
  quit.add('window places', () => places.flush());
  quit.add('connections', () => connections.closeAll());
  quit.add('host', () => host.close(closing));
  quit.add('discovery', () => hosts.close());
  quit.add('activity', () => activity.log.settled());
  app.on('before-quit', (event) => {
    windows.prepareToQuit();
    overlays.prepareToQuit();
    if (quit.ended) return;
    event.preventDefault();
    void quit.run().then(() => {
      app.quit();
      systemClock.after(QUIT_LIMITS.closeTimeoutMs, () => app.exit());
    });
  });
  // Electron by itself would end at once, and leave keys held down and viewers waiting
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      // by the system, not by somebody here: viewers may come back to the next start of the app
      if (signal !== 'SIGINT') closing = 'restarting';
      app.quit();
    });
  app.on('window-all-closed', () => undefined); // quitting is decided above: the app may live on in the tray
  app.on('activate', () => windows.showHome());

  onLink = (link) => {
    const place = placeInLink(link);
    if (!place) return;
    state.set('connectPrompt', promptFor(place));
    windows.showHome();
  };
  onRequest = (later) => {
    const [place] = later.links;
    if (place) state.set('connectPrompt', promptFor(place));
    if (!later.hidden && !later.connect) windows.showHome();
    if (later !== request) obeyLater(later).catch(() => windows.showHome());
  };
  // a later start shares with what this one has, its secret or its code; to connect it brings its own
  const obeyLater = async ({ share, connect }: StartRequest) => {
    if (share) await host.sharing.start(relayPort());
    if (connect) commandLineRun.connectLater(connect, await readSecret(connect.secretFile));
  };
  // where no package has done it; a package for Linux does it by its desktop entry
  if (app.isPackaged && process.platform !== 'linux') registerLinks(app);
  if (request.command === 'list') {
    await printHosts(hosts, ground, systemClock);
    app.quit();
    return;
  }
  await hosts.start();
  onRequest(request);
  for (const link of links) onLink(link);
  await commandLineRun.run(request, secret);
}
