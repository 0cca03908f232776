// Owns what the activity log says: its entries, their kinds, and what one may ask it.
import * as v from 'valibot';
import { ERROR_REASONS } from '../base/errors.ts';
import { PERMISSIONS } from './permissions.ts';

export const ACTIVITY_LIMITS = {
  maxNameLength: 128,
  maxSystemLength: 64,
  maxAddressLength: 280,
  maxFingerprintLength: 96,
  maxFileNameLength: 255,
  maxDetailLength: 200,
  maxSessionLength: 64,
  maxSearchLength: 128,
  /** Entries that one answer to a search holds. */
  pageEntries: 100,
} as const;

/** How a side proved itself. */
export const AUTHENTICATIONS = ['code', 'password', 'paired', 'ticket', 'none'] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** Everything that is written down. */
export const ACTIVITY_KINDS = [
  // this machine's screen, seen by others
  'share-started',
  'share-stopped',
  'viewer-joined',
  'viewer-resumed',
  'viewer-lost',
  'viewer-permissions',
  'viewer-left',
  'viewer-refused',
  'locked-out',
  // the same without encryption, by viewers of protocol v1
  'plain-started',
  'plain-stopped',
  // other machines' screens, seen from here
  'session-started',
  'session-resumed',
  'session-lost',
  'session-permissions',
  'session-ended',
  'session-failed',
  // files, both ways; nothing transfers files yet
  'file-received',
  'file-sent',
  // this installation
  'identity-exported',
  'identity-imported',
  'log-exported',
  'log-recovered',
  'entries-skipped',
] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** What a reader can narrow the list down to. */
export const ACTIVITY_GROUPS = ['all', 'viewers', 'sessions', 'refused', 'files', 'installation'] as const;
export type ActivityGroup = (typeof ACTIVITY_GROUPS)[number];

/** What happened to the log while nobody wrote it, as far as can be told at the next start. */
export const LOG_PROBLEMS = ['torn-line', 'cut-off', 'changed', 'no-head', 'foreign-head', 'missing'] as const;
export type LogProblem = (typeof LOG_PROBLEMS)[number];

const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'));

const FACTS = {
  kind: v.picklist(ACTIVITY_KINDS),
  /** Ties the entries of one session together. */
  session: v.exactOptional(text(ACTIVITY_LIMITS.maxSessionLength)),
  /** Of the other side, as it says of itself. */
  name: v.exactOptional(text(ACTIVITY_LIMITS.maxNameLength)),
  system: v.exactOptional(text(ACTIVITY_LIMITS.maxSystemLength)),
  address: v.exactOptional(text(ACTIVITY_LIMITS.maxAddressLength)),
  /** Words of the other side's identity, once it has proved it. */
  fingerprint: v.exactOptional(text(ACTIVITY_LIMITS.maxFingerprintLength)),
  authentication: v.exactOptional(v.picklist(AUTHENTICATIONS)),
  permissions: v.exactOptional(v.pipe(v.array(v.picklist(PERMISSIONS)), v.maxLength(PERMISSIONS.length))),
  durationMs: v.exactOptional(whole),
  reason: v.exactOptional(v.picklist(ERROR_REASONS)),
  file: v.exactOptional(
    v.strictObject({ name: text(ACTIVITY_LIMITS.maxFileNameLength), sha256: hash, sizeBytes: whole }),
  ),
  /** Entries that were skipped; or viewers of protocol v1, who cannot be told apart. */
  count: v.exactOptional(whole),
  problem: v.exactOptional(v.picklist(LOG_PROBLEMS)),
};

/** What happened: an entry before it has its place in the log. */
export const activityFactsSchema = v.strictObject(FACTS);
export type ActivityFacts = v.InferOutput<typeof activityFactsSchema>;

/** One line of the log. */
export const activityEntrySchema = v.strictObject({
  /** Counts from 1, without gaps. */
  seq: v.pipe(whole, v.minValue(1)),
  /** SHA-256 of the line before, in hexadecimal; 64 zeros for the first. */
  previous: hash,
  /** ISO 8601 in UTC, milliseconds. */
  time: v.pipe(v.string(), v.isoTimestamp()),
  ...FACTS,
});
export type ActivityEntry = v.InferOutput<typeof activityEntrySchema>;

/** What the activity screen asks for: entries with all the words, newest first. */
export const activityQuerySchema = v.strictObject({
  search: text(ACTIVITY_LIMITS.maxSearchLength),
  group: v.picklist(ACTIVITY_GROUPS),
  /** Only entries before this number; null from the newest on. */
  before: v.nullable(whole),
});
export type ActivityQuery = v.InferOutput<typeof activityQuerySchema>;

export interface ActivityPage {
  entries: ActivityEntry[];
  /** `before` of the next page; null when this is the last. */
  next: number | null;
}

/** What is wrong with a log, and at which entry; `seq` is null where no entry can be named. */
export interface ActivityFault {
  fault: 'malformed' | 'broken-chain' | 'missing-entries' | 'cut-off' | 'no-head' | 'foreign-head';
  seq: number | null;
}

export interface ActivityVerification {
  entries: number;
  firstSeq: number | null;
  lastSeq: number | null;
  /** Empty when the chain is whole; a bounded number of them. */
  faults: ActivityFault[];
}

const GROUP_OF: Readonly<Record<ActivityKind, readonly ActivityGroup[]>> = {
  'share-started': ['viewers'],
  'share-stopped': ['viewers'],
  'viewer-joined': ['viewers'],
  'viewer-resumed': ['viewers'],
  'viewer-lost': ['viewers'],
  'viewer-permissions': ['viewers'],
  'viewer-left': ['viewers'],
  'viewer-refused': ['viewers', 'refused'],
  'locked-out': ['viewers', 'refused'],
  'plain-started': ['viewers'],
  'plain-stopped': ['viewers'],
  'session-started': ['sessions'],
  'session-resumed': ['sessions'],
  'session-lost': ['sessions'],
  'session-permissions': ['sessions'],
  'session-ended': ['sessions'],
  'session-failed': ['sessions', 'refused'],
  'file-received': ['files'],
  'file-sent': ['files'],
  'identity-exported': ['installation'],
  'identity-imported': ['installation'],
  'log-exported': ['installation'],
  'log-recovered': ['installation'],
  'entries-skipped': ['installation', 'refused'],
};

/** Whether an entry belongs to a group and has every word of the search somewhere in it, whatever the case. */
export function matchesQuery(
  entry: ActivityEntry,
  { search, group }: Pick<ActivityQuery, 'search' | 'group'>,
): boolean {
  if (group !== 'all' && !GROUP_OF[entry.kind].includes(group)) return false;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { name, system, address, fingerprint, authentication, permissions, reason, file, kind, time, session } = entry;
  const all = [
    name,
    system,
    address,
    fingerprint,
    authentication,
    reason,
    kind,
    time,
    session,
    file?.name,
    file?.sha256,
  ];
  const content = [...all, ...(permissions ?? [])].join('\n').toLowerCase();
  return words.every((word) => content.includes(word));
}
