// Owns what the windows see before any part has said anything.
import type { AppInfo, AppState, PasswordState, PlainShareState, ShareState } from '../../shared/ipc/state.ts';
import type { Settings } from '../../shared/model/settings.ts';

/** Sharing is off; nothing listens. */
export function shareOff(hostId: string): ShareState {
  return {
    phase: 'off',
    error: null,
    hostId,
    code: null,
    codeExpiresAtMs: null,
    codeTriesLeft: null,
    codePending: false,
    codeWaitUntilMs: null,
    addresses: [],
    port: null,
    suggestedPort: null,
    relays: [],
    source: null,
    viewers: [],
    problem: null,
  };
}

/** Nobody reaches this computer without encryption. */
export const PLAIN_SHARE_OFF: PlainShareState = {
  wanted: false,
  phase: 'off',
  relay: '',
  hostId: '',
  viewers: 0,
  control: false,
  sinceMs: null,
  error: null,
  retryAtMs: null,
};

/** No permanent password was set. */
export const NO_PASSWORD: PasswordState = {
  isSet: false,
  fromFile: false,
  wrongGuesses: 0,
  waitUntilMs: 0,
  isStopped: false,
  secondFactor: false,
  recoveryCodesLeft: 0,
};

/** The state at the start: no host found yet, nothing shared, nobody connected. */
export function initialState(info: AppInfo, settings: Settings, hostId: string): AppState {
  return {
    info,
    settings,
    share: shareOff(hostId),
    plainShare: PLAIN_SHARE_OFF,
    password: NO_PASSWORD,
    devices: [],
    hosts: [],
    connections: [],
    consentRequests: [],
    notices: [],
    connectPrompt: null,
  };
}

/** The language to show for the setting, given the system's preferred languages. */
export function resolveLanguage(setting: Settings['language'], preferred: readonly string[]): AppInfo['language'] {
  if (setting !== 'system') return setting;
  return /^pt\b/i.test(preferred[0] ?? '') ? 'pt-BR' : 'en';
}
