// Owns a host and as many viewers as a scenario wants, on real cryptography, each over a transport that can be disturbed.
import { systemClock } from '../../electron/app/system-clock.ts';
import type { PictureSource } from '../../electron/capture/picture-source.ts';
import { AccessCode } from '../../electron/pairing/access-code.ts';
import { NO_CODE } from '../../electron/pairing/access-gate.ts';
import type { Identity } from '../../electron/pairing/identity.ts';
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';
import type { OpaquePort } from '../../electron/pairing/opaque-port.ts';
import { PairedDevices } from '../../electron/pairing/paired-devices.ts';
import { PasswordGate } from '../../electron/pairing/password-gate.ts';
import { ResumptionTickets } from '../../electron/pairing/resumption-tickets.ts';
import { SecondFactor } from '../../electron/pairing/second-factor.ts';
import type { SecretStore } from '../../electron/pairing/secret-store.ts';
import type { Applicant, ConsentPort } from '../../electron/session/consent.ts';
import type { RelayStanding } from '../../electron/session/host-registrations.ts';
import { HostRoom } from '../../electron/session/host-room.ts';
import type { InputSink, RoomActivity } from '../../electron/session/room-ports.ts';
import { type ConnectionFailure, type Granted, ViewerConnection } from '../../electron/session/viewer-connection.ts';
import type { ViewerCredential } from '../../electron/session/viewer-handshake.ts';
import { ViewerSession } from '../../electron/session/viewer-session.ts';
import type { ViewerSessionState } from '../../electron/session/viewer-session-state.ts';
import type { ViewerTarget } from '../../electron/session/viewer-target.ts';
import type { Clock } from '../../shared/base/clock.ts';
import type { TarnetError } from '../../shared/base/errors.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { CursorDelivery, InputInjected, LinkStatistics, MediaDelivery } from '../../shared/ipc/media.ts';
import type { ViewerSummary } from '../../shared/ipc/state.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { type ConsentDecision, type Permissions, permissionsWith } from '../../shared/model/permissions.ts';
import type { ConnectionPhase } from '../../shared/session/connection-phase.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import { decodeMessage, type Envelope, MessageType } from '../../shared/wire/envelope.ts';
import type { GroupKey } from '../../shared/wire/messages/group-key.ts';
import type { Hello } from '../../shared/wire/messages/hello.ts';
import { sessionToViewerMessage } from '../../shared/wire/messages/session-channel.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { deferred } from './deferred.ts';
import { FakePictureSource } from './fake-picture-source.ts';
import { newIdentity } from './handshake-pair.ts';
import { type HostileControl, hostileTransport } from './hostile-transport.ts';
import { inProcessOpaque } from './in-process-opaque.ts';
import { MemorySecretStore } from './memory-secret-store.ts';

/** An input gate that only writes down what it is told. */
class RecordingSink implements InputSink {
  readonly admitted = new Map<string, Permissions>();
  readonly events: InputEvent[] = [];
  readonly calls: string[] = [];
  injectedAtMs = 0;

  admit(viewerId: string, permissions: Permissions): void {
    this.admitted.set(viewerId, permissions);
  }

  accept(_viewerId: string, event: InputEvent): boolean {
    this.events.push(event);
    return true;
  }

  whenInjected(tell: (begunAtMs: number) => void): void {
    this.calls.push('injected');
    tell(this.injectedAtMs);
  }

  release(): void {
    this.calls.push('release');
  }

  dismiss(viewerId: string): void {
    this.admitted.delete(viewerId);
    this.calls.push('dismiss');
  }
}

export interface HostSite {
  room: HostRoom;
  hostId: string;
  source: FakePictureSource;
  sink: RecordingSink;
  /** Who was asked about, in order; answered by `answer`. */
  asked: Applicant[];
  answer: ConsentDecision | 'timeout' | 'disturbed' | 'never';
  /** Questions that were taken back. */
  withdrawn: number;
  /** Everybody, at first. */
  admitsFrom(address: string): boolean;
  /** The header of every message that the host sent. */
  sent: Envelope[];
  viewers: ViewerSummary[];
  activity: RoomActivity[];
  online: (string | null)[];
  password: PasswordGate;
  secondFactor: SecondFactor;
  /** How the relays in other networks stand. */
  standings: RelayStanding[];
  devices: PairedDevices;
  code(): string | null;
  /** As its user asks for another one. */
  renewCode(): void;
  /** Whether the secret can be guessed at: its record is made. */
  ready(): boolean;
  control: HostileControl;
}

export interface SiteOptions {
  open: OpenTransport;
  /** In place of the one-time code. */
  secret?: string;
  clock?: Clock;
  /** In place of the site's own source. */
  pictures?: PictureSource;
  /** What the host has on disk. */
  secrets?: SecretStore;
  /** By which codes of authenticator apps come and go. */
  factorClock?: Clock;
  /** Wraps the host's OPAQUE. */
  wrapOpaque?(opaque: OpaquePort): OpaquePort;
}

/** A host that is not in any room yet. `identity` and `tickets` survive when a host is made again. */
export function makeHost(
  {
    open,
    secret,
    clock = systemClock,
    pictures,
    wrapOpaque = (port) => port,
    secrets = new MemorySecretStore(),
    factorClock = clock,
  }: SiteOptions,
  identity = newIdentity(),
  tickets = makeTickets(clock),
): HostSite & { identity: typeof identity; tickets: ResumptionTickets } {
  const { open: hostile, control } = hostileTransport(open);
  const sent: Envelope[] = [];
  control.outgoing = (message) => {
    sent.push(decodeMessage(message).header);
    return [message];
  };
  const opaque = wrapOpaque(inProcessOpaque());
  const source = new FakePictureSource();
  const sink = new RecordingSink();
  const shared = { opaque, clock, log: silentLog, onChange: () => undefined };
  const code = secret === undefined ? new AccessCode({ ...shared, hostId: identity.hostId }) : NO_CODE;
  const password = new PasswordGate({ ...shared, store: secrets, isOn: () => true, fileSecret: secret ?? null });
  const secondFactor = new SecondFactor({
    ...shared,
    clock: factorClock,
    store: secrets,
    onSwitchedOn: () => room.endPasswordSessions(),
  });
  void secondFactor.load();
  const devices = new PairedDevices({
    ...shared,
    store: secrets,
    onPermissions: ({ identity: allowed, permissions }) => {
      if (permissions) room.allowDevice(allowed, permissions);
    },
    onGone: ({ identity: gone }) => room.endDevice(gone),
  });
  void devices.load();
  const asked: Applicant[] = [];
  const consent: ConsentPort = {
    request: (applicant, signal) => {
      asked.push(applicant);
      const { answer } = site;
      if (answer === 'control' || answer === 'view') return Promise.resolve(permissionsWith(answer, []));
      if (answer !== 'never') return Promise.resolve(answer);
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          site.withdrawn += 1;
          resolve('deny');
        }),
      );
    },
  };
  const room = new HostRoom({
    primitives: nodePrimitives,
    opaque,
    identity,
    hostId: identity.hostId,
    gates: { code, password, secondFactor },
    devices,
    desk: consent,
    discoveryKey: identity.discoveryKey,
    tickets,
    consent,
    admitsFrom: (address) => site.admitsFrom(address),
    input: sink,
    pictures: pictures ?? source,
    open: hostile,
    clock,
    log: silentLog,
    name: () => 'Desk',
    system: 'Linux',
    events: {
      onViewers: (viewers) => {
        site.viewers = viewers;
      },
      onSource: () => undefined,
      onSourceSelected: () => undefined,
      onPictureProblem: () => undefined,
      onOnline: (problem: TarnetError | null) => site.online.push(problem?.reason ?? null),
      onStandings: (standings) => {
        site.standings = standings;
      },
      onActivity: (activity) => site.activity.push(activity),
    },
  });
  code.start();
  if (secret !== undefined) password.start();
  room.setSources([
    { id: 'screen:0', name: 'Screen 1' },
    { id: 'screen:1', name: 'Screen 2' },
  ]);
  room.selectSource('screen:0');
  const site: HostSite = {
    room,
    hostId: identity.hostId,
    source,
    sink,
    asked,
    answer: 'control',
    withdrawn: 0,
    admitsFrom: () => true,
    sent,
    viewers: [],
    activity: [],
    online: [],
    standings: [],
    password,
    secondFactor,
    devices,
    code: () => code.state.code,
    renewCode: () => code instanceof AccessCode && code.renew(),
    ready: () => (secret === undefined ? !code.state.pending : password.isReady),
    control,
  };
  return Object.assign(site, { identity, tickets });
}

export function makeTickets(clock: Clock = systemClock): ResumptionTickets {
  const store = {
    load: () => Promise.resolve(null),
    save: () => Promise.resolve(),
    setAside: () => Promise.resolve(''),
    isProtected: false,
  };
  return new ResumptionTickets({ store, clock, log: silentLog });
}

export interface ViewerSite {
  session: ViewerSession;
  frames: MediaDelivery[];
  cursors: CursorDelivery[];
  links: LinkStatistics[];
  injected: InputInjected[];
  /** Every phase that it went through. */
  phases: ConnectionPhase[];
  /** Hosts that it was paired with. */
  paired: PublicIdentity[];
  identity: Identity;
  readonly state: ViewerSessionState;
  control: HostileControl;
}

export interface ViewerSiteOptions {
  open: OpenTransport;
  viewOnly?: boolean;
  clock?: Clock;
  acceptHost?: (host: PublicIdentity) => void;
  /** That of another viewer: the same device. */
  identity?: Identity;
}

export function makeViewer({
  open,
  viewOnly = false,
  clock = systemClock,
  acceptHost = () => undefined,
  identity = newIdentity(),
}: ViewerSiteOptions): ViewerSite {
  const { open: hostile, control } = hostileTransport(open);
  const frames: MediaDelivery[] = [];
  const cursors: CursorDelivery[] = [];
  const links: LinkStatistics[] = [];
  const injected: InputInjected[] = [];
  const phases: ConnectionPhase[] = [];
  const paired: PublicIdentity[] = [];
  const session = new ViewerSession({
    primitives: nodePrimitives,
    opaque: inProcessOpaque(),
    identity,
    acceptHost,
    open: hostile,
    clock,
    log: silentLog,
    name: 'Ana',
    system: 'Linux',
    decoders: ['av1', 'h264'],
    viewOnly,
    onState: ({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
    },
    onFrame: (delivery) => frames.push(delivery),
    onCursor: (delivery) => cursors.push(delivery),
    onLink: (statistics) => links.push(statistics),
    onPaired: (host) => paired.push(host),
    onInputInjected: (one) => injected.push(one),
  });
  return {
    session,
    frames,
    cursors,
    links,
    injected,
    phases,
    paired,
    identity,
    get state() {
      return session.state;
    },
    control,
  };
}

/** A viewer that holds to nothing: it sends what it likes, and keeps every key that it was ever given. */
export interface RawViewer {
  granted: Granted;
  keys: GroupKey[];
  failure: ConnectionFailure | null;
  leave(): void;
}

export async function makeRawViewer(
  open: OpenTransport,
  url: string,
  by: string | ViewerCredential,
  identity = newIdentity(),
): Promise<RawViewer> {
  const credential = typeof by === 'string' ? ({ kind: 'code', secret: by } as const) : by;
  const keys: GroupKey[] = [];
  const admitted = deferred<Granted>();
  const viewer: Omit<RawViewer, 'granted' | 'leave'> = { keys, failure: null };
  const parts = {
    primitives: nodePrimitives,
    opaque: inProcessOpaque(),
    identity,
    acceptHost: () => undefined,
  };
  const hello: Hello = { protocolVersion: 2, name: 'Eve', system: 'Linux', decoders: ['av1'], viewOnly: false };
  const connection = new ViewerConnection({ url, hostId: '*', open, clock: systemClock }, parts, credential, hello, {
    onJoined: () => undefined,
    onProved: () => undefined,
    onChallenged: () => undefined,
    onGranted: (granted) => admitted.resolve(granted),
    onRecord: async (header, body) => {
      if (header.type !== MessageType.reliable) return;
      const message = (await admitted.promise).records.open(header, body);
      if (message.channel !== Channel.session) return;
      const said = sessionToViewerMessage.decode(message.body);
      if (said.op === 'group-key') keys.push(said);
    },
    onFailed: (failure) => {
      viewer.failure = failure;
    },
  });
  return Object.assign(viewer, { granted: await admitted.promise, leave: () => connection.close() });
}

/** Where viewers of a scenario go. */
export function target(url: string, secret: string, kind: 'code' | 'password' = 'code'): ViewerTarget {
  return { url, hostId: '*', proof: { kind, secret } };
}
