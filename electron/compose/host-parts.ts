// Owns how the host half is put together: pictures out, input in, the room between them, and whoever may come in.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { desktopCapturer, powerMonitor, screen, utilityProcess } from 'electron';
import { TarnetError } from '../../shared/base/errors.ts';
import { errorView } from '../../shared/ipc/error-view.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import { formatHostAddress } from '../../shared/model/host-address.ts';
import { isInNetworks, parseNetwork } from '../../shared/model/network.ts';
import type { Settings } from '../../shared/model/settings.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { HostActivity } from '../activity/host-activity.ts';
import { ConsentDesk } from '../app/consent-desk.ts';
import { EmbeddedRelay } from '../app/embedded-relay.ts';
import { EndLock } from '../app/end-lock.ts';
import { JsonFile } from '../app/json-file.ts';
import { localAddresses, systemName } from '../app/machine.ts';
import { addNotice } from '../app/notices.ts';
import { runProgram, screenLock } from '../app/screen-lock.ts';
import { Sharing } from '../app/sharing.ts';
import { CaptureSources } from '../capture/capture-source.ts';
import { CaptureWindow } from '../capture/capture-window.ts';
import { DesktopPictureSource, x11DisplayName } from '../capture/desktop-picture-source.ts';
import { EncoderMemory, encoderMemorySchema } from '../capture/encoder-memory.ts';
import { desktopSnapshots, snapshotsAreAsked } from '../capture/exact/desktop-snapshot.ts';
import { forkInjector } from '../input/fork-injector.ts';
import { InjectorClient } from '../input/injector-client.ts';
import { InputGate } from '../input/input-gate.ts';
import { LocalInputWatch } from '../input/local-input.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import type { PairedDevices } from '../pairing/paired-devices.ts';
import type { PasswordGate } from '../pairing/password-gate.ts';
import type { SecondFactor } from '../pairing/second-factor.ts';
import { undisturbed } from '../session/consent.ts';
import { HostRoom } from '../session/host-room.ts';
import type { ClosingKind } from '../session/room-ports.ts';
import { openWebSocket } from '../transport/ws-transport.ts';
import { type AccessPolicy, composeAccess } from './access-parts.ts';
import type { Ground } from './ground.ts';
import { composePlain, type PlainParts } from './plain-parts.ts';

export interface HostParts {
  sharing: Sharing;
  /** For viewers without encryption. */
  plain: PlainParts;
  consent: ConsentDesk;
  password: PasswordGate;
  secondFactor: SecondFactor;
  devices: PairedDevices;
  listSources(): Promise<CaptureSource[]>;
  /** Ends sharing and every process of the host half. */
  close(how: ClosingKind): Promise<void>;
}

/** What tells the LAN that this machine shares. */
export interface Announcement {
  start(port: number): void;
  stop(): void;
}

const CAPTURE_URL = 'app://tarnet/capture/index.html';

export function composeHost(
  ground: Ground,
  policy: AccessPolicy,
  announcement: Announcement,
  activity: Pick<ActivityLog, 'add'>,
): HostParts {
  const { clock, log, state, settings, builtFolder } = ground;
  const built = (name: string) => path.join(builtFolder, name);

  const sources = new CaptureSources(desktopCapturer, screen, log.scope('capture'));
  const x11Display = x11DisplayName(process.platform, process.env);
  const { version, chrome } = state.get('info');
  const encoders = new EncoderMemory({
    storage: new JsonFile({ file: path.join(ground.userData, 'encoders.json'), schema: encoderMemorySchema, clock }),
    version: `${version} ${chrome}`,
    clock,
    log: log.scope('encoders'),
  });
  void encoders.load();
  const asked = snapshotsAreAsked(process.platform, process.env);
  const captureWindow = () =>
    new CaptureWindow({
      preload: built('capture-preload.cjs'),
      url: CAPTURE_URL,
      encoders,
      clock,
      log: log.scope('capture'),
    });
  const pictures = new DesktopPictureSource({
    sources,
    window: captureWindow(),
    x11: x11Display
      ? {
          display: x11Display,
          fork: () =>
            utilityProcess.fork(built('x11-process.js'), [], { serviceName: 'TARNet pictures', stdio: 'ignore' }),
        }
      : null,
    page: {
      exact: asked
        ? null
        : { fork: () => new Worker(built('exact-worker.js')), take: desktopSnapshots(desktopCapturer) },
      pointerPoint: asked ? null : () => screen.getCursorScreenPoint(),
    },
    clock,
    log: log.scope('pictures'),
  });

  const injector = new InjectorClient({
    fork: (events) => forkInjector(built('injector-process.js'), events),
    clock,
    log: log.scope('input'),
  });
  const gate = new InputGate({ injector, clock, localInputFirst: settings.value.localInputFirst });
  const localInput = new LocalInputWatch({ gate, injector, clock, cursorPoint: () => screen.getCursorScreenPoint() });
  settings.onChange((value) => gate.setLocalInputFirst(value.localInputFirst));

  const consent = new ConsentDesk(clock, (requests) => {
    // The question is for whoever sits here: a viewer who controls the screen must not answer it for a friend.
    gate.setPaused(requests.length > 0);
    state.set('consentRequests', requests);
  });
  const access = composeAccess(ground, policy, consent, {
    onCode: () => sharing.accessChanged(access.codeState()),
    onPasswordReplaced: () => room.endPasswordSessions(),
    onDeviceGone: (identity) => room.endDevice(identity),
    onDeviceAllowed: (identity, permissions) => room.allowDevice(identity, permissions),
  });

  let networks = settings.value.allowedNetworks.map(parseNetwork);
  settings.onChange(({ allowedNetworks }) => {
    networks = allowedNetworks.map(parseNetwork);
    for (const { id, address } of room.viewers)
      if (networks.length > 0 && !isInNetworks(address, networks)) room.disconnectViewer(id);
  });
  const endLock = new EndLock({
    lock: screenLock({ platform: process.platform, run: runProgram }),
    clock,
    isWanted: () => settings.value.lockOnEnd,
    afterLossMs: () => settings.value.lockAfterLossS * 1000,
    presence: () => {
      const connected = room.viewers.filter((viewer) => viewer.connected).length;
      return { connected: connected + plain.host.watching, lost: room.viewers.length - connected };
    },
    onFailed: () => addNotice(state, 'lock-failed', ''),
  });
  const followInput = (watched: boolean) => {
    // the first input must not wait for a process to start
    if (watched) injector.start();
    if (gate.anyoneControls) localInput.start();
    else localInput.stop();
  };
  const hostActivity = new HostActivity(clock, (facts) => activity.add(facts));
  const room = new HostRoom({
    primitives: nodePrimitives,
    opaque: ground.opaque,
    identity: ground.identity,
    hostId: ground.identity.hostId,
    gates: access.gates,
    tickets: ground.tickets,
    consent: access.consent,
    admitsFrom: (address) => networks.length === 0 || isInNetworks(address, networks),
    devices: access.devices,
    desk: consent,
    discoveryKey: ground.identity.discoveryKey,
    input: gate,
    pictures,
    open: openWebSocket,
    clock,
    log: log.scope('room'),
    name: () => state.get('info').displayName,
    system: systemName(),
    events: {
      onViewers: (viewers) => {
        sharing.viewersChanged(viewers);
        followInput(viewers.length > 0);
      },
      onSource: (source) => {
        gate.setSource(source);
        sharing.sourceChanged(source);
      },
      onSourceSelected: (sourceId) => void sharing.selectSource(sourceId).catch(() => undefined),
      onPictureProblem: (problem) => sharing.problemChanged(problem),
      onOnline: (problem) => sharing.problemChanged(problem),
      onStandings: (standings) =>
        sharing.relaysChanged(
          standings.map(({ url, online, problem }) => ({ url, online, error: problem && errorView(problem) })),
        ),
      onActivity: (event) => {
        const { kind, address, viewer, reason } = event;
        log.scope('room').info(`viewer ${kind}`, { address, viewer: viewer?.id, reason });
        if (kind === 'admitted' || kind === 'resumed') endLock.viewerCame();
        if (kind === 'dropped') endLock.viewerLost();
        if (kind === 'left') endLock.viewerLeft(reason);
        hostActivity.note(event, kind === 'resumed' ? 'ticket' : (viewer?.how ?? null));
      },
    },
  });
  const setRelays = ({ relays, reachableById }: Settings) => room.setRelays(reachableById ? relays : []);
  settings.onChange(setRelays);
  setRelays(settings.value);
  injector.onProblem = (message) =>
    sharing.problemChanged(message === null ? null : new TarnetError('injector-failed', message));

  const plain = composePlain(ground, {
    sources,
    window: captureWindow(),
    desk: undisturbed(consent, () => settings.value.doNotDisturb),
    input: gate,
    activity,
    onSource: (source) => {
      gate.setSource(source);
      sharing.sourceChanged(source);
    },
    onChanged: () => {
      if (plain.host.watching > 0) endLock.viewerCame();
      followInput(room.viewers.length + plain.host.watching > 0);
    },
    onLeft: () => endLock.viewerLeft(null),
  });

  const relay = new EmbeddedRelay({ clock, log: log.scope('relay'), onLost: (error) => void sharing.relayLost(error) });
  const sharing: Sharing = new Sharing({
    store: state,
    log: log.scope('sharing'),
    relay,
    room,
    access: access.sharing,
    announcement: {
      start: (port) => {
        hostActivity.sharingStarted();
        announcement.start(port);
      },
      stop: () => announcement.stop(),
    },
    plain: plain.sharing,
    listSources: () => sources.list(false),
    addresses: (port) => localAddresses().map((host) => formatHostAddress({ host, port })),
    onStopped: () => {
      hostActivity.sharingStopped();
      consent.denyAll();
      localInput.stop();
      gate.setSource(null);
    },
  });

  const wake = () => {
    pictures.wake();
    plain.host.wake();
  };
  powerMonitor.on('resume', wake);
  powerMonitor.on('unlock-screen', wake);
  sources.onChanged(() => void sharing.refreshSources().catch(() => undefined));

  return {
    sharing,
    plain,
    consent,
    password: access.password,
    secondFactor: access.secondFactor,
    devices: access.devices,
    listSources: () => sources.list(true),
    close: async (how) => {
      powerMonitor.off('resume', wake);
      powerMonitor.off('unlock-screen', wake);
      await sharing.stop(how);
      localInput.stop();
      injector.close();
      await encoders.flush();
      await ground.tickets.saved();
      ground.opaque.close();
    },
  };
}
