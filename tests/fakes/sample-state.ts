// Owns sample states of the app, for tests and for looking at screens.
import { NO_PASSWORD, PLAIN_SHARE_OFF, shareOff } from '../../electron/app/initial-state.ts';
import type {
  AppState,
  ConnectionState,
  ConsentRequest,
  DeviceView,
  FactorProposal,
  HostEntry,
  Notice,
  PasswordState,
  PlainShareState,
  ShareState,
  ViewerSummary,
} from '../../shared/ipc/state.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import { DEFAULT_PICTURE_PREFERENCES } from '../../shared/model/picture-budget.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';

/** Where all sample times count from: the time of the first import, so that they look recent on a screen. */
export const SAMPLE_NOW_MS = Date.now();
const MINUTE_MS = 60_000;

export const SAMPLE_FINGERPRINT = ['orbit', 'velvet', 'candle', 'harbor', 'pencil', 'summer'];
export const OTHER_FINGERPRINT = ['walnut', 'copper', 'meadow', 'ladder', 'thunder', 'ribbon'];

export function sampleSource(change: Partial<CaptureSource> = {}): CaptureSource {
  return {
    id: 'screen:0:0',
    kind: 'display',
    name: 'DP-1',
    xPx: 0,
    yPx: 0,
    widthPx: 2560,
    heightPx: 1440,
    scaleFactor: 1,
    primary: true,
    thumbnail: '',
    ...change,
  };
}

export function sampleViewer(change: Partial<ViewerSummary> = {}): ViewerSummary {
  return {
    id: 'v1',
    name: 'Ana Souza',
    system: 'Windows 11',
    address: '192.168.1.34',
    fingerprint: SAMPLE_FINGERPRINT,
    sas: 'maple river seven',
    how: 'code',
    pairing: 'none',
    permissions: ['view', 'control'],
    sinceMs: SAMPLE_NOW_MS - 12 * MINUTE_MS,
    connected: true,
    ...change,
  };
}

export function sampleShareOff(change: Partial<ShareState> = {}): ShareState {
  return { ...shareOff('284519073'), ...change };
}

export function sampleShareOn(change: Partial<ShareState> = {}): ShareState {
  return sampleShareOff({
    phase: 'on',
    code: '739204186',
    codeExpiresAtMs: SAMPLE_NOW_MS + 8 * MINUTE_MS + 12_000,
    codeTriesLeft: 5,
    codeWaitUntilMs: null,
    addresses: ['192.168.1.20', '10.8.0.3'],
    port: 8000,
    source: sampleSource(),
    ...change,
  });
}

export function samplePlainShare(change: Partial<PlainShareState> = {}): PlainShareState {
  return { ...PLAIN_SHARE_OFF, ...change };
}

export function sampleHost(change: Partial<HostEntry> = {}): HostEntry {
  return {
    key: 'h1',
    name: 'studio-pc',
    address: '192.168.1.51',
    system: 'Windows',
    origins: ['lan'],
    state: 'online',
    lastSeenMs: SAMPLE_NOW_MS - 2_000,
    paired: false,
    ...change,
  };
}

export const SAMPLE_HOSTS: HostEntry[] = [
  sampleHost(),
  sampleHost({ key: 'h2', name: 'Living room', address: '192.168.1.77', system: 'Linux', origins: ['lan', 'saved'] }),
  sampleHost({
    key: 'h3',
    name: 'Maria — MacBook Pro',
    address: 'maria-mbp.local:8001',
    system: 'macOS',
    origins: ['saved', 'recent'],
    state: 'offline',
    lastSeenMs: SAMPLE_NOW_MS - 26 * 60 * MINUTE_MS,
  }),
  sampleHost({
    key: 'h4',
    name: '',
    address: '[fe80::1c2f:9aff:fe3e:77b1]:8000',
    system: '',
    origins: ['recent'],
    state: 'unknown',
    lastSeenMs: null,
  }),
];

export function sampleConnection(change: Partial<ConnectionState> = {}): ConnectionState {
  return {
    id: 'c1',
    name: 'studio-pc',
    address: '192.168.1.51',
    system: 'Windows',
    phase: 'active',
    encrypted: true,
    how: 'code',
    pairing: 'none',
    sas: 'maple river seven',
    fingerprint: OTHER_FINGERPRINT,
    permissions: ['view', 'control'],
    viewOnly: false,
    error: null,
    triesLeft: null,
    retryAtMs: null,
    startedAtMs: SAMPLE_NOW_MS - 3 * MINUTE_MS,
    picture: DEFAULT_PICTURE_PREFERENCES,
    keepsStatistics: false,
    sources: [
      { id: 'screen:0:0', name: 'DP-1' },
      { id: 'screen:1:0', name: 'HDMI-1' },
    ],
    sourceId: 'screen:0:0',
    ...change,
  };
}

export function sampleConsentRequest(change: Partial<ConsentRequest> = {}): ConsentRequest {
  return {
    id: 'r1',
    name: 'Ana Souza',
    system: 'Windows 11',
    address: '192.168.1.34',
    fingerprint: SAMPLE_FINGERPRINT,
    sas: 'maple river seven',
    how: 'code',
    viewOnly: false,
    asks: 'access',
    permissions: null,
    requestedAtMs: SAMPLE_NOW_MS - 7_000,
    expiresAtMs: SAMPLE_NOW_MS + 23_000,
    ...change,
  };
}

export function sampleDevice(change: Partial<DeviceView> = {}): DeviceView {
  return {
    id: 'd1',
    name: 'Ana’s laptop',
    fingerprint: SAMPLE_FINGERPRINT,
    pairedAtMs: SAMPLE_NOW_MS - 40 * 24 * 60 * MINUTE_MS,
    usedAtMs: SAMPLE_NOW_MS - 95 * MINUTE_MS,
    expiresAtMs: null,
    asksUser: true,
    permissions: null,
    ...change,
  };
}

/** Whoever photographs these gets into nothing. */
export const SAMPLE_PROPOSAL: FactorProposal = {
  uri: 'otpauth://totp/TARNet:desk?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=TARNet&algorithm=SHA1&digits=6&period=30',
  secretText: 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ',
};

export const SAMPLE_RECOVERY_CODES: string[] = [...'ABCDEFGHIJ'].map((letter) => `${letter}QLM-7WXK-25TU-NPRS`);

export function samplePassword(change: Partial<PasswordState> = {}): PasswordState {
  return { ...NO_PASSWORD, ...change };
}

export function sampleNotice(change: Partial<Notice> = {}): Notice {
  return { id: 'n1', kind: 'settings-corrupt', detail: '/home/ana/.config/tarnet/settings.json.corrupt-1', ...change };
}

export function sampleState(change: Partial<AppState> = {}): AppState {
  return {
    info: {
      version: '0.1.0',
      electron: '45.4.1',
      chrome: '140.0.7339.41',
      node: '22.20.0',
      platform: 'linux',
      language: 'en',
      machineName: 'desk',
      displayName: 'desk',
      fingerprint: OTHER_FINGERPRINT,
      identityText: `tarnet-id:${'Ab3-'.repeat(22)}xyz`,
      keyStore: true,
      testRuntime: false,
    },
    settings: { ...DEFAULT_SETTINGS, announceName: true },
    share: sampleShareOff(),
    plainShare: samplePlainShare(),
    password: samplePassword(),
    devices: [],
    hosts: SAMPLE_HOSTS,
    connections: [],
    consentRequests: [],
    notices: [],
    connectPrompt: null,
    ...change,
  };
}
