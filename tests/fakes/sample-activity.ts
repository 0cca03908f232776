// Owns a sample of the activity log, for tests and for looking at its screen.
import type { ActivityEntry, ActivityFacts } from '../../shared/model/activity.ts';
import { OTHER_FINGERPRINT, SAMPLE_FINGERPRINT, SAMPLE_NOW_MS } from './sample-state.ts';

const MINUTE_MS = 60_000;
const ANA = {
  session: 'v1',
  name: 'Ana Souza',
  system: 'Windows 11',
  address: '192.168.1.34',
  fingerprint: SAMPLE_FINGERPRINT.join(' '),
} as const;
const STUDIO = {
  session: 'c1',
  name: 'studio-pc',
  system: 'Windows',
  address: '192.168.1.51',
  fingerprint: OTHER_FINGERPRINT.join(' '),
} as const;

/** What happened, newest first, and how many minutes ago. */
const HAPPENED: readonly (readonly [minutesAgo: number, facts: ActivityFacts])[] = [
  [2, { kind: 'viewer-permissions', ...ANA, permissions: ['view', 'control', 'clipboard-to-host'] }],
  [5, { kind: 'viewer-resumed', ...ANA, authentication: 'ticket', permissions: ['view', 'control'] }],
  [6, { kind: 'viewer-lost', ...ANA, reason: 'connection-lost' }],
  [12, { kind: 'viewer-joined', ...ANA, authentication: 'code', permissions: ['view', 'control'] }],
  [13, { kind: 'viewer-refused', address: '192.168.1.99', reason: 'wrong-code' }],
  [14, { kind: 'locked-out', address: '192.168.1.99', reason: 'code-locked' }],
  [15, { kind: 'entries-skipped', count: 312 }],
  [20, { kind: 'share-started' }],
  [
    60 * 21,
    {
      kind: 'file-received',
      ...ANA,
      file: {
        name: 'budget 2027.ods',
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        sizeBytes: 48_213,
      },
    },
  ],
  [60 * 22, { kind: 'session-ended', ...STUDIO, durationMs: 47 * MINUTE_MS, reason: 'ended-by-viewer' }],
  [60 * 23, { kind: 'session-started', ...STUDIO, authentication: 'password', permissions: ['view'] }],
  [60 * 49, { kind: 'session-failed', session: 'c0', address: 'maria-mbp.local:8001', reason: 'consent-timeout' }],
  [60 * 50, { kind: 'log-recovered', problem: 'torn-line' }],
];

export const SAMPLE_ACTIVITY: readonly ActivityEntry[] = HAPPENED.map(([minutesAgo, facts], index) => ({
  seq: HAPPENED.length - index,
  previous: '0'.repeat(64),
  time: new Date(SAMPLE_NOW_MS - minutesAgo * MINUTE_MS).toISOString(),
  ...facts,
}));
