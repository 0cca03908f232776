// Owns what the windows know of the app: the snapshot's slices. Plain data, structured-cloneable.
import type { CaptureSource } from '../model/capture-source.ts';
import type { ProofKind } from '../model/password.ts';
import type { Permission } from '../model/permissions.ts';
import type { PicturePreferences } from '../model/picture-budget.ts';
import type { Settings } from '../model/settings.ts';
import type { ConnectionPhase } from '../session/connection-phase.ts';
import type { PairingPhase } from '../session/pairing-phase.ts';
import type { PlainSharePhase } from '../session/plain-share-phase.ts';
import type { ErrorView } from './kit.ts';

export interface AppInfo {
  version: string;
  electron: string;
  chrome: string;
  node: string;
  platform: string;
  /** The language to show, after the setting `system` has been resolved. */
  language: 'en' | 'pt-BR';
  machineName: string;
  /** What this machine is called on the other side: the user's choice, else the machine's name. */
  displayName: string;
  /** This installation's identity in words. */
  fingerprint: string[];
  /** The same as a text that others paste to pair; no secret. */
  identityText: string;
  /** False where the system has no key store and keys lie in a file that only the user can read. */
  keyStore: boolean;
  /** True when the app runs on a runtime that is for tests only. */
  testRuntime: boolean;
}

export type SharePhase = 'off' | 'starting' | 'on' | 'stopping' | 'failed';

export interface ViewerSummary {
  id: string;
  name: string;
  system: string;
  address: string;
  fingerprint: string[];
  /** The short authentication string that both screens show. */
  sas: string;
  /** How they got in. */
  how: ProofKind;
  pairing: PairingPhase;
  permissions: Permission[];
  sinceMs: number;
  /** False while the connection is lost and the session may still resume. */
  connected: boolean;
}

/** How this host stands with one of the relays by which it can be reached from elsewhere. */
export interface RelayStandingView {
  url: string;
  online: boolean;
  /** Why it is not there, once that is known. */
  error: ErrorView | null;
}

export interface ShareState {
  phase: SharePhase;
  error: ErrorView | null;
  /** Nine digits, public. */
  hostId: string;
  /** Nine digits, secret; null while not sharing and when a secret file replaces it. */
  code: string | null;
  codeExpiresAtMs: number | null;
  codeTriesLeft: number | null;
  /** True while the code's record is being made (it takes some 0.6 s). */
  codePending: boolean;
  /** There is none until then, because others were guessed at; its user may have one at once. Milliseconds since the epoch. */
  codeWaitUntilMs: number | null;
  /** HOST[:PORT] of every address of this machine while it listens. */
  addresses: string[];
  port: number | null;
  /** A free port that is offered when the wanted one is taken. */
  suggestedPort: number | null;
  /** Relays at which this host registers while it shares. */
  relays: RelayStandingView[];
  source: CaptureSource | null;
  viewers: ViewerSummary[];
  /** Why the picture or the input does not work right now, while sharing goes on. */
  problem: ErrorView | null;
}

export interface ConsentRequest {
  id: string;
  name: string;
  system: string;
  address: string;
  fingerprint: string[];
  sas: string;
  /** What they have proved; `none` for viewers without encryption. */
  how: ProofKind | 'none';
  /** It says that it wants to look only. */
  viewOnly: boolean;
  /** All that a paired device may do, where that is set for it; null: as the settings say. */
  permissions: Permission[] | null;
  /** To be let in; or, being in, to come in without a code from now on; or to be shown the screen without encryption. */
  asks: 'access' | 'pairing' | 'plain-access';
  /** So many viewers of protocol v1, who cannot be told apart: only with `plain-access`. */
  viewers?: number;
  requestedAtMs: number;
  expiresAtMs: number;
}

/** How this computer can be reached without encryption, by viewers of protocol v1: only while its user wants that. */
export interface PlainShareState {
  /** Its user has agreed to it; it begins when sharing does, and ends with it. */
  wanted: boolean;
  phase: PlainSharePhase;
  /** The relay as people know it. */
  relay: string;
  /** What this computer is called there: everybody who can reach the relay reads it. */
  hostId: string;
  /** Viewers in the room, as the relay counts them; they cannot be told apart. */
  viewers: number;
  /** Those who watch may control. */
  control: boolean;
  /** Since when they watch; null while nobody does. */
  sinceMs: number | null;
  /** Why the relay is not there, or why there is no picture. */
  error: ErrorView | null;
  retryAtMs: number | null;
}

/** A device that may come in by its key. */
export interface DeviceView {
  id: string;
  name: string;
  fingerprint: string[];
  pairedAtMs: number;
  usedAtMs: number | null;
  expiresAtMs: number | null;
  /** The user of this computer is asked while they are there. */
  asksUser: boolean;
  /** What it may do; null: as the settings say. */
  permissions: Permission[] | null;
}

/** The permanent password of this computer, as its own windows see it. */
export interface PasswordState {
  isSet: boolean;
  /** It is the secret of a file: it is on, and cannot be changed here. */
  fromFile: boolean;
  /** Wrong guesses since the user last confirmed them. */
  wrongGuesses: number;
  /** Until then nobody may guess; 0 = no wait. Milliseconds since the epoch. */
  waitUntilMs: number;
  /** Too many wrong guesses: nobody may guess until the user says so here. */
  isStopped: boolean;
  /** A code of an authenticator app is asked for besides. */
  secondFactor: boolean;
  recoveryCodesLeft: number;
}

/** What an authenticator app is set up with; shown once. */
export interface FactorProposal {
  /** otpauth://, for a QR code. */
  uri: string;
  /** The same secret to be typed: base32 in groups of four. */
  secretText: string;
}

/** `relay`: by its ID, through one of the user's relays. */
export type HostOrigin = 'lan' | 'relay' | 'saved' | 'recent';

export interface HostEntry {
  /** Stable while the entry is listed. */
  key: string;
  name: string;
  /** HOST[:PORT] to connect to, or nine digits for an ID. */
  address: string;
  system: string;
  origins: HostOrigin[];
  state: 'online' | 'offline' | 'unknown';
  lastSeenMs: number | null;
  /** We are paired with it: no code is needed. */
  paired: boolean;
}

export type { ConnectionPhase };

/** A session of ours on somebody's screen. */
export interface ConnectionState {
  id: string;
  name: string;
  address: string;
  system: string;
  phase: ConnectionPhase;
  /** False for a host of protocol v1: nothing about it is proved, and others can read along. */
  encrypted: boolean;
  /** What is proved to the host. */
  how: ProofKind | 'none';
  pairing: PairingPhase;
  sas: string | null;
  fingerprint: string[];
  /** The fingerprint that was pinned at this address; only with the error `identity-changed`. */
  pinnedFingerprint?: string[];
  permissions: Permission[];
  /** The viewer's own choice not to send input. */
  viewOnly: boolean;
  /** Why it ended, or why it is being connected again. */
  error: ErrorView | null;
  /** After a wrong code: how many tries are left before the host makes a new one. */
  triesLeft: number | null;
  /** When the next attempt to reconnect starts; once it has ended, before when another one is worth nothing. */
  retryAtMs: number | null;
  startedAtMs: number;
  /** What this viewer wishes of the picture. */
  picture: PicturePreferences;
  /** The command line wants the statistics of this session in a file: its window tells them. */
  keepsStatistics: boolean;
  /** What the host can show, and what it shows. */
  sources: { id: string; name: string }[];
  sourceId: string | null;
}

export type NoticeKind =
  | 'settings-corrupt'
  | 'no-key-store'
  | 'test-runtime'
  | 'discovery-failed'
  | 'shortcut-taken'
  | 'lock-failed';

export interface Notice {
  id: string;
  kind: NoticeKind;
  /** For example the path of the file that was set aside. */
  detail: string;
}

/** What is in an export that was opened, before it replaces anything. */
export interface BackupPreview {
  exportedAtMs: number;
  name: string;
  hostId: string;
  fingerprint: string[];
  /** How many of each it brings. */
  pairedDevices: number;
  savedHosts: number;
}

/** A tarnet:// link was opened: the connect dialog shows its address, and its user decides. */
export interface ConnectPrompt {
  /** New for every link, so that the same link opens the dialog again. */
  id: string;
  address: string;
}

export interface AppState {
  info: AppInfo;
  settings: Settings;
  share: ShareState;
  plainShare: PlainShareState;
  password: PasswordState;
  devices: DeviceView[];
  hosts: HostEntry[];
  connections: ConnectionState[];
  consentRequests: ConsentRequest[];
  notices: Notice[];
  /** Null when there is nothing to fill in. */
  connectPrompt: ConnectPrompt | null;
}

/** All that a window needs to start or to start again. */
export interface AppSnapshot {
  revision: number;
  state: AppState;
  /** The connection that this window shows, for a session window. */
  connectionId: string | null;
}

/** One slice that changed. A window whose revision is not `revision - 1` asks for the snapshot. */
export type AppDelta = {
  [Slice in keyof AppState]: { revision: number; slice: Slice; value: AppState[Slice] };
}[keyof AppState];
