// Owns the scenes: every screen in every state that somebody can meet.
import { ERROR_REASONS, type ErrorReason } from '../../shared/base/errors.ts';
import type { InvokeHandlers, InvokeName } from '../../shared/ipc/contract.ts';
import type { ErrorView } from '../../shared/ipc/kit.ts';
import type { AppState, ConnectionState, ShareState } from '../../shared/ipc/state.ts';
import { OFFICE_HOURS } from '../../shared/model/schedule.ts';
import {
  OTHER_FINGERPRINT,
  SAMPLE_FINGERPRINT,
  SAMPLE_HOSTS,
  SAMPLE_NOW_MS,
  sampleConnection,
  sampleConsentRequest,
  sampleDevice,
  sampleHost,
  sampleNotice,
  samplePassword,
  samplePlainShare,
  sampleShareOff,
  sampleShareOn,
  sampleSource,
  sampleState,
  sampleViewer,
} from '../fakes/sample-state.ts';
import type { PictureWish } from './session-picture.ts';

export interface Scene {
  name: string;
  view: 'home' | 'session' | 'consent' | 'sign';
  /** Of the window's content, CSS pixels. */
  size: readonly [width: number, height: number];
  state: () => AppState;
  connectionId?: string;
  handlers?: Partial<InvokeHandlers<void>>;
  fail?: [InvokeName, ErrorReason];
  /** CSS selectors to click, in order; `selector<<text` types. */
  steps?: readonly string[];
  picture?: PictureWish;
}

const HOME = [1040, 720] as const;
const TALL = [1040, 2600] as const;
const SMALL = [720, 480] as const;
const SESSION = [1280, 800] as const;
const ACTIVITY_TAB = '.nav-item:nth-child(2)';
const LONG_NAME = 'Wilhelmina-Alexandra-von-und-zu-Hohenstein-Waldburg-Zeil’s workstation in the annex';
const DESKTOP: PictureWish = { widthPx: 1920, heightPx: 1080 };

const PLAIN = {
  wanted: true,
  relay: '192.168.1.9',
  hostId: '6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c',
  phase: 'waiting',
} as const;
const PLAIN_SHOWING = {
  ...PLAIN,
  phase: 'showing',
  viewers: 2,
  control: true,
  sinceMs: SAMPLE_NOW_MS - 3 * 60_000,
} as const;

const PLAIN_REQUEST = sampleConsentRequest({
  name: '',
  system: '',
  address: '192.168.1.9',
  fingerprint: [],
  sas: '',
  how: 'none',
  asks: 'plain-access',
  viewers: 2,
});
const PLAIN_SWITCH = '.setting:has(.option-help[data-warning]) [role=switch]';

const errorOf = (reason: ErrorReason): ErrorView => ({ reason, message: reason, field: null, limit: null });

const home = (name: string, change: Partial<AppState>, more: Partial<Scene> = {}): Scene => ({
  name: `home-${name}`,
  view: 'home',
  size: HOME,
  state: () => sampleState(change),
  ...more,
});
const sharing = (name: string, change: Partial<ShareState>, more: Partial<Scene> = {}): Scene =>
  home(`share-${name}`, { share: sampleShareOn(change) }, more);

/** The connect dialog: the first host is clicked, a code typed, and the connection is what `change` says. */
const connecting = (name: string, change: Partial<ConnectionState>): Scene =>
  home(
    `connect-${name}`,
    { connections: [sampleConnection(change)] },
    {
      handlers: { 'connection.open': () => ({ connectionId: 'c1' }) },
      steps: ['.host-open', '.dialog input<<739204186', '.dialog button[type=submit]'],
    },
  );

const session = (name: string, change: Partial<ConnectionState>, more: Partial<Scene> = {}): Scene => ({
  name: `session-${name}`,
  view: 'session',
  size: SESSION,
  state: () => sampleState({ connections: [sampleConnection(change)] }),
  connectionId: 'c1',
  picture: DESKTOP,
  ...more,
});

const RELAYS = [
  { url: 'wss://relay.example/', token: 'a-token-that-is-not-shown' },
  { url: 'ws://192.168.7.2:8000/', token: '' },
];
const SHOW_RELAYS = ['.nav-item:last-child'];
const PLAIN_BUTTON = '.computers-head > .icon-button:last-child';
const UNENCRYPTED: Partial<ConnectionState> = {
  name: '6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c',
  address: '192.168.1.20 · 6f1c9a52-33c1-4c58-9d0e-0d4f7f1a2b3c',
  encrypted: false,
  how: 'none',
  sas: null,
  fingerprint: [],
  system: '',
  sources: [],
  sourceId: null,
};

const VIEWERS = [
  sampleViewer(),
  sampleViewer({
    id: 'v2',
    name: LONG_NAME,
    address: '[fe80::1c2f:9aff:fe3e:77b1]',
    system: 'Debian GNU/Linux 12',
    permissions: ['view'],
    connected: false,
    sinceMs: SAMPLE_NOW_MS - 95 * 60_000,
  }),
];

const SHOW_SETTINGS = ['.nav-item:last-child'];
const SET_UP_FACTOR = '.setting-factor > .button';

export const SCENES: readonly Scene[] = [
  home('list', {}),
  home('list-small', {}, { size: SMALL }),
  home('empty', { hosts: [] }),
  home('empty-small', { hosts: [] }, { size: SMALL }),
  home('nothing-found', {}, { steps: ['input[type=search]<<xyz'] }),
  home('long-names', {
    hosts: [
      sampleHost({ key: 'x', name: LONG_NAME, address: `${'very-long-name.'.repeat(6)}example.org:65535` }),
      ...SAMPLE_HOSTS,
    ],
    info: { ...sampleState().info, displayName: LONG_NAME },
    connections: [sampleConnection({ name: LONG_NAME })],
  }),
  home('open-sessions', {
    connections: [sampleConnection(), sampleConnection({ id: 'c2', name: 'Living room', phase: 'reconnecting' })],
  }),
  home('notices', {
    notices: [
      sampleNotice(),
      sampleNotice({ id: 'n2', kind: 'test-runtime', detail: '33.2.1' }),
      sampleNotice({ id: 'n3', kind: 'discovery-failed', detail: '' }),
    ],
  }),
  home('bad-address', {}, { steps: ['.address-form input<<not an address', '.address-form button'] }),
  home('host-menu', {}, { steps: ['.host > .icon-button:last-child'] }),
  home('plain', {}, { steps: [PLAIN_BUTTON] }),
  home('plain-hosts', {}, { steps: [PLAIN_BUTTON, '.dialog input<<192.168.1.20', '.dialog .plain-relay .button'] }),
  home(
    'plain-agreed',
    {},
    {
      steps: [
        PLAIN_BUTTON,
        '.dialog input<<192.168.1.20',
        '.dialog .plain-relay .button',
        '.dialog .plain-host',
        '.dialog .option + .option .switch',
      ],
    },
  ),
  home(
    'plain-unreachable',
    {},
    {
      fail: ['connection.list-plain', 'relay-unreachable'],
      steps: [PLAIN_BUTTON, '.dialog input<<192.168.1.20', '.dialog .plain-relay .button'],
    },
  ),
  home('plain-open', { connections: [sampleConnection(UNENCRYPTED)] }),
  session('plain', UNENCRYPTED),
  home('save', {}, { steps: ['.host > .icon-button:last-child', '.menu-item:nth-of-type(4)'] }),

  sharing('on', {}),
  sharing('on-small', {}, { size: SMALL }),
  sharing('viewers', { viewers: VIEWERS }),
  sharing('permissions', { viewers: VIEWERS }, { steps: ['.viewer .icon-button:has(.lucide-sliders-horizontal)'] }),
  sharing(
    'undisturbed',
    {},
    {
      state: () => sampleState({ share: sampleShareOn(), settings: { ...sampleState().settings, doNotDisturb: true } }),
    },
  ),
  sharing('pending', { code: null, codePending: true, codeExpiresAtMs: null, codeTriesLeft: null }),
  sharing('guessed-away', {
    code: null,
    codePending: true,
    codeExpiresAtMs: null,
    codeTriesLeft: null,
    codeWaitUntilMs: SAMPLE_NOW_MS + 32_000,
  }),
  sharing('few-tries', { codeTriesLeft: 1, port: 8001, suggestedPort: null }),
  sharing('secret', { code: null, codeExpiresAtMs: null, codeTriesLeft: null }),
  sharing('problem', { problem: errorOf('capture-failed') }),
  home('share-starting', { share: sampleShareOff({ phase: 'starting' }) }),
  home('share-port-taken', {
    share: sampleShareOff({ phase: 'failed', error: errorOf('port-taken'), suggestedPort: 8001 }),
  }),
  home('share-consent', { share: sampleShareOn(), consentRequests: [sampleConsentRequest()] }),
  home(
    'share-first',
    { settings: { ...sampleState().settings, announceName: null } },
    { steps: ['.share-switch .switch'] },
  ),
  sharing(
    'sources',
    {},
    {
      steps: ['.source-row .button'],
      handlers: {
        'share.sources': () => [
          sampleSource(),
          sampleSource({ id: 's2', name: 'HDMI-1', primary: false, widthPx: 1920, heightPx: 1080 }),
          sampleSource({ id: 'w1', kind: 'window', name: 'notes.txt – Text Editor', widthPx: 0 }),
          sampleSource({ id: 'w2', kind: 'window', name: LONG_NAME, widthPx: 0 }),
        ],
      },
    },
  ),
  sharing(
    'sources-loading',
    {},
    { steps: ['.source-row .button'], handlers: { 'share.sources': () => new Promise(() => undefined) } },
  ),
  sharing('sources-failed', {}, { steps: ['.source-row .button'], fail: ['share.sources', 'capture-failed'] }),
  home('act-failed', {}, { steps: ['.share-switch .switch'], fail: ['share.start', 'internal'] }),

  home('connect-code', {}, { steps: ['.host-open', '.dialog input<<73920'] }),
  home('connect-password', {}, { steps: ['.host-open', '.dialog .segmented button:last-child'] }),
  connecting('password-locked', {
    how: 'password',
    phase: 'ended',
    error: errorOf('password-locked'),
    retryAtMs: SAMPLE_NOW_MS + 95_000,
  }),
  connecting('factor', { how: 'password', phase: 'awaiting-factor' }),
  home(
    'connect-factor-recovery',
    { connections: [sampleConnection({ how: 'password', phase: 'awaiting-factor' })] },
    {
      handlers: { 'connection.open': () => ({ connectionId: 'c1' }) },
      steps: [
        '.host-open',
        '.dialog input<<739204186',
        '.dialog button[type=submit]',
        '.factor-form input<<QLMA-7WXK-25TU-NPRS',
      ],
    },
  ),
  connecting('factor-wrong', { how: 'password', phase: 'ended', error: errorOf('wrong-second-factor') }),
  connecting('connecting', { phase: 'connecting', sas: null }),
  connecting('handshaking', { phase: 'handshaking', sas: null }),
  connecting('consent', { phase: 'awaiting-consent' }),
  connecting('identity-changed', {
    phase: 'ended',
    error: errorOf('identity-changed'),
    fingerprint: OTHER_FINGERPRINT,
    pinnedFingerprint: SAMPLE_FINGERPRINT,
  }),
  ...ERROR_REASONS.filter((reason) => reason !== 'identity-changed').map((reason) =>
    connecting(`error-${reason}`, { phase: 'ended', error: errorOf(reason), triesLeft: 3 }),
  ),

  home('activity', {}, { steps: [ACTIVITY_TAB] }),
  home('activity-small', {}, { steps: [ACTIVITY_TAB], size: SMALL }),
  home('activity-open', {}, { steps: [ACTIVITY_TAB, '.activity-row summary'], size: [1040, 1000] }),
  home('activity-whole', {}, { steps: [ACTIVITY_TAB, '.activity-check'] }),
  home(
    'activity-broken',
    {},
    {
      steps: [ACTIVITY_TAB, '.activity-check'],
      handlers: {
        'activity.verify': () => ({
          entries: 40,
          firstSeq: 1,
          lastSeq: 41,
          faults: [
            { fault: 'broken-chain', seq: 17 },
            { fault: 'missing-entries', seq: 23 },
            { fault: 'foreign-head', seq: null },
          ],
        }),
      },
    },
  ),
  home(
    'activity-empty',
    {},
    {
      steps: [ACTIVITY_TAB],
      handlers: { 'activity.search': () => ({ entries: [], next: null }) },
    },
  ),
  home('activity-nothing', {}, { steps: [ACTIVITY_TAB, '.activity input<<xyz'] }),
  home('activity-failed', {}, { steps: [ACTIVITY_TAB], fail: ['activity.search', 'internal'] }),

  home('settings', {}, { steps: ['.nav-item:last-child'] }),
  home(
    'settings-guesses',
    { password: samplePassword({ isSet: true, wrongGuesses: 7, waitUntilMs: SAMPLE_NOW_MS + 130_000 }) },
    { steps: ['.nav-item:last-child'], size: TALL },
  ),
  home(
    'settings-password',
    {},
    {
      steps: [
        '.nav-item:last-child',
        '.setting-buttons .button',
        '.password-form .field:first-child input<<two horses walk',
        '.password-form .field:last-child input<<two horses',
      ],
    },
  ),
  home(
    'settings-factor',
    { password: samplePassword({ isSet: true, secondFactor: true, recoveryCodesLeft: 7 }) },
    { steps: ['.nav-item:last-child'], size: TALL },
  ),
  home(
    'settings-factor-few',
    { password: samplePassword({ isSet: true, secondFactor: true, recoveryCodesLeft: 1 }) },
    { steps: ['.nav-item:last-child'], size: TALL },
  ),
  home('factor-set-up', { password: samplePassword({ isSet: true }) }, { steps: [...SHOW_SETTINGS, SET_UP_FACTOR] }),
  home(
    'factor-set-up-small',
    { password: samplePassword({ isSet: true }) },
    { steps: [...SHOW_SETTINGS, SET_UP_FACTOR], size: SMALL },
  ),
  home(
    'factor-wrong',
    { password: samplePassword({ isSet: true }) },
    {
      steps: [...SHOW_SETTINGS, SET_UP_FACTOR, '.dialog input<<123 456', '.dialog button[type=submit]'],
      fail: ['second-factor.confirm', 'wrong-second-factor'],
    },
  ),
  home(
    'factor-codes',
    { password: samplePassword({ isSet: true }) },
    { steps: [...SHOW_SETTINGS, SET_UP_FACTOR, '.dialog input<<123 456', '.dialog button[type=submit]'] },
  ),
  home(
    'factor-off',
    { password: samplePassword({ isSet: true, secondFactor: true, recoveryCodesLeft: 7 }) },
    { steps: [...SHOW_SETTINGS, '.setting-factor .button:first-child'] },
  ),
  home(
    'backup-export',
    {},
    { steps: ['.nav-item:last-child', '.settings-group:nth-last-child(2) .setting:nth-child(1) .button'] },
  ),
  home(
    'backup-import',
    {},
    {
      steps: [
        '.nav-item:last-child',
        '.settings-group:nth-last-child(2) .setting:nth-child(2) .button',
        '.dialog input<<some password',
        '.dialog button[type=submit]',
      ],
    },
  ),
  home(
    'settings-incoming',
    {
      settings: {
        ...sampleState().settings,
        doNotDisturb: true,
        unattendedSchedule: OFFICE_HOURS,
        lockOnEnd: true,
      },
    },
    { steps: ['.nav-item:last-child'], size: [1040, 1900] },
  ),
  home(
    'settings-devices',
    {
      password: samplePassword({ isSet: true }),
      devices: [
        sampleDevice(),
        sampleDevice({
          id: 'd2',
          name: LONG_NAME,
          usedAtMs: null,
          expiresAtMs: SAMPLE_NOW_MS + 6.5 * 86_400_000,
          permissions: ['view', 'control', 'files-in', 'recording'],
        }),
      ],
    },
    { steps: ['.nav-item:last-child'], size: [1040, 2200] },
  ),
  home(
    'settings-device-permissions',
    { password: samplePassword({ isSet: true }), devices: [sampleDevice({ permissions: ['view', 'files-in'] })] },
    { steps: ['.nav-item:last-child', '.device-rule button[aria-haspopup=menu]'], size: [1040, 1700] },
  ),
  home('pair-by-key', {}, { steps: ['.nav-item:last-child', '.setting-buttons:has(.icon-button) > .button'] }),
  session('pairing-offered', { pairing: 'offered' }),
  home('settings-small', {}, { steps: ['.nav-item:last-child'], size: SMALL }),
  home(
    'settings-about',
    { info: { ...sampleState().info, keyStore: false, testRuntime: true } },
    { steps: ['.nav-item:last-child'], size: [1040, 1500] },
  ),
  home(
    'settings-relays',
    { settings: { ...sampleState().settings, relays: RELAYS } },
    { steps: SHOW_RELAYS, size: TALL },
  ),
  home('settings-relays-none', {}, { steps: SHOW_RELAYS, size: TALL }),
  home(
    'settings-relays-wrong',
    {},
    { steps: [...SHOW_RELAYS, '.relay-address input<<no relay', '.relay-form button'], size: TALL },
  ),
  home(
    'settings-relays-small',
    { settings: { ...sampleState().settings, relays: RELAYS } },
    {
      steps: SHOW_RELAYS,
      size: [720, 3200],
    },
  ),
  home('relay-hosts', {
    settings: { ...sampleState().settings, relays: RELAYS },
    hosts: [
      ...SAMPLE_HOSTS,
      sampleHost({ key: 'r1', name: 'Office', address: '284519073', origins: ['relay', 'saved', 'recent'] }),
      sampleHost({
        key: 'r2',
        name: '918273645',
        address: '918273645',
        system: '',
        origins: ['relay', 'saved'],
        state: 'unknown',
        lastSeenMs: null,
      }),
    ],
  }),
  home('relay-missing', {}, { steps: ['.address-form input<<123 456 789', '.address-form button'] }),
  sharing('relay-standings', {
    relays: [
      { url: 'wss://relay.example/', online: true, error: null },
      { url: 'wss://old-relay.example:8443/', online: false, error: errorOf('unauthorised') },
      { url: 'ws://192.168.7.2:8000/', online: false, error: null },
    ],
  }),
  home('settings-picture', {}, { steps: ['.nav-item:last-child'], size: [1040, 1500] }),
  home('settings-select', {}, { steps: ['.nav-item:last-child', '.select'] }),

  session('active', {}),
  session('small', {}, { size: [480, 320] }),
  session(
    'statistics',
    {},
    { picture: { ...DESKTOP, moving: true }, steps: ['.session-bar > button:has(.lucide-activity)'] },
  ),
  session('statistics-small', {}, { size: [480, 320], steps: ['.session-bar > button:has(.lucide-activity)'] }),
  session(
    'quality',
    { picture: { mode: 'sharp', maxFramesPerSecond: 15, greyscale: true } },
    { steps: ['.session-bar > button:has(.lucide-sliders-horizontal)'] },
  ),
  session('quality-small', {}, { size: [480, 320], steps: ['.session-bar > button:has(.lucide-sliders-horizontal)'] }),
  session('refining', {}, { picture: { ...DESKTOP, refining: true } }),
  session('keys', {}, { steps: ['.session-bar > button:has(.lucide-keyboard)'] }),
  session('permissions', {}, { steps: ['.session-bar button:has(.lucide-shield-check)'] }),
  session('view-only', { viewOnly: true }),
  session('view-only-by-host', { permissions: ['view'] }),
  session('waiting', {}, { picture: { widthPx: 0, heightPx: 0 } }),
  session('stale', {}, { picture: { ...DESKTOP, silentMs: 12_000 } }),
  session('reconnecting', { phase: 'reconnecting', retryAtMs: SAMPLE_NOW_MS + 9_000 }),
  session('trouble', { error: errorOf('capture-failed') }),
  session('ended-by-host', { phase: 'ended', error: errorOf('ended-by-host') }),
  session('lost', { phase: 'ended', error: errorOf('connection-lost') }),
  session('connecting', { phase: 'connecting', sas: null }),
  session('consent', { phase: 'awaiting-consent' }),
  session('factor', { how: 'password', phase: 'awaiting-factor' }),
  session('bare', {}),
  session('bare-ended', { phase: 'ended', error: errorOf('ended-by-host') }),

  {
    name: 'consent',
    view: 'consent',
    size: [460, 440],
    state: () => sampleState({ consentRequests: [sampleConsentRequest()] }),
  },
  {
    name: 'consent-more',
    view: 'consent',
    size: [460, 480],
    state: () => sampleState({ consentRequests: [sampleConsentRequest()] }),
    steps: ['.consent-extra summary', '.consent-extra input'],
  },
  {
    name: 'consent-own-permissions',
    view: 'consent',
    size: [460, 480],
    state: () =>
      sampleState({ consentRequests: [sampleConsentRequest({ how: 'paired', permissions: ['view', 'files-out'] })] }),
  },
  {
    name: 'consent-view-only',
    view: 'consent',
    size: [460, 440],
    state: () => sampleState({ consentRequests: [sampleConsentRequest({ viewOnly: true })] }),
  },
  {
    name: 'consent-long',
    view: 'consent',
    size: [460, 440],
    state: () =>
      sampleState({
        consentRequests: [
          sampleConsentRequest({
            name: LONG_NAME,
            address: '[fe80::1c2f:9aff:fe3e:77b1%wlp0s20f3]:52810',
            system: 'Debian GNU/Linux 12',
            requestedAtMs: SAMPLE_NOW_MS - 26_000,
            expiresAtMs: SAMPLE_NOW_MS + 4_000,
          }),
        ],
      }),
  },
  home('plain-share-waiting', { share: sampleShareOn(), plainShare: samplePlainShare(PLAIN) }),
  home('plain-share-watched', {
    share: sampleShareOn({ viewers: [sampleViewer()] }),
    plainShare: samplePlainShare(PLAIN_SHOWING),
  }),
  home('plain-share-armed', { plainShare: samplePlainShare({ ...PLAIN, phase: 'off' }) }),
  home('plain-share-lost', {
    share: sampleShareOn(),
    plainShare: samplePlainShare({ ...PLAIN, phase: 'connecting', error: errorOf('relay-unreachable') }),
  }),
  home('plain-share-asked', {
    share: sampleShareOn(),
    plainShare: samplePlainShare({ ...PLAIN, phase: 'asking', viewers: 1 }),
    consentRequests: [PLAIN_REQUEST],
  }),
  home('plain-share-setting', {}, { steps: SHOW_RELAYS, size: TALL }),
  home('plain-share-dialog', {}, { steps: [...SHOW_RELAYS, PLAIN_SWITCH] }),
  home('plain-share-dialog-small', {}, { steps: [...SHOW_RELAYS, PLAIN_SWITCH], size: SMALL }),
  {
    name: 'plain-share-consent',
    view: 'consent',
    size: [460, 480],
    state: () => sampleState({ consentRequests: [PLAIN_REQUEST] }),
  },
  {
    name: 'plain-share-sign',
    view: 'sign',
    size: [480, 44],
    state: () => sampleState({ share: sampleShareOn(), plainShare: samplePlainShare(PLAIN_SHOWING) }),
  },
  {
    name: 'plain-share-sign-several',
    view: 'sign',
    size: [480, 44],
    state: () =>
      sampleState({
        share: sampleShareOn({ viewers: [sampleViewer({ name: LONG_NAME })] }),
        plainShare: samplePlainShare(PLAIN_SHOWING),
      }),
    steps: ['.icon-button'],
  },
  {
    name: 'sign',
    view: 'sign',
    size: [480, 44],
    state: () => sampleState({ share: sampleShareOn({ viewers: VIEWERS.slice(0, 1) }) }),
  },
  {
    name: 'sign-several',
    view: 'sign',
    size: [480, 44],
    state: () => sampleState({ share: sampleShareOn({ viewers: [...VIEWERS].reverse() }) }),
  },
  { ...home('loading', {}), handlers: { 'app.snapshot': () => new Promise(() => undefined) } },
  { ...home('unreachable', {}), fail: ['app.snapshot', 'timeout'] },
];
