// Owns reading the activity log: pages of what is searched for, and all of it in the two formats for other programs.
import {
  ACTIVITY_LIMITS,
  type ActivityEntry,
  type ActivityPage,
  type ActivityQuery,
  matchesQuery,
} from '../../shared/model/activity.ts';
import { parseLine } from './activity-chain.ts';
import { ActivityFiles, readLines } from './activity-files.ts';

export type ExportFormat = 'json' | 'csv';

/** A page of entries, newest first. Lines that are no entries are passed over: `verifyFolder` names them. */
export async function searchActivity(folder: string, query: ActivityQuery): Promise<ActivityPage> {
  const entries: ActivityEntry[] = [];
  for (const file of new ActivityFiles(folder).present.reverse()) {
    for (const line of (await linesOf(file)).reverse()) {
      const entry = parseLine(line);
      if (!entry || (query.before !== null && entry.seq >= query.before) || !matchesQuery(entry, query)) continue;
      if (entries.length === ACTIVITY_LIMITS.pageEntries) return { entries, next: entries.at(-1)?.seq ?? null };
      entries.push(entry);
    }
  }
  return { entries, next: null };
}

/** All entries that fit, oldest first, as the text of a file. */
export async function exportActivity(
  folder: string,
  format: ExportFormat,
  query: Pick<ActivityQuery, 'search' | 'group'>,
): Promise<string> {
  const entries: ActivityEntry[] = [];
  for (const file of new ActivityFiles(folder).present)
    for (const line of await linesOf(file)) {
      const entry = parseLine(line);
      if (entry && matchesQuery(entry, query)) entries.push(entry);
    }
  return format === 'json' ? `${JSON.stringify(entries, null, 2)}\n` : toCsv(entries);
}

const COLUMNS: readonly (readonly [name: string, value: (entry: ActivityEntry) => string | number | undefined])[] = [
  ['seq', ({ seq }) => seq],
  ['time', ({ time }) => time],
  ['kind', ({ kind }) => kind],
  ['session', ({ session }) => session],
  ['name', ({ name }) => name],
  ['system', ({ system }) => system],
  ['address', ({ address }) => address],
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['authentication', ({ authentication }) => authentication],
  ['permissions', ({ permissions }) => permissions?.join(' ')],
  ['duration_ms', ({ durationMs }) => durationMs],
  ['reason', ({ reason }) => reason],
  ['file_name', ({ file }) => file?.name],
  ['file_sha256', ({ file }) => file?.sha256],
  ['file_size_bytes', ({ file }) => file?.sizeBytes],
  ['count', ({ count }) => count],
  ['problem', ({ problem }) => problem],
  ['previous', ({ previous }) => previous],
];

/** RFC 4180, UTF-8 with a byte order mark. */
export function toCsv(entries: readonly ActivityEntry[]): string {
  const rows = entries.map((entry) => COLUMNS.map(([, value]) => csvField(value(entry))).join(','));
  return `\ufeff${[COLUMNS.map(([name]) => name).join(','), ...rows].join('\r\n')}\r\n`;
}

/**
 * A field in quotes. Spreadsheets run what begins with one of these characters as a formula, and names come from others:
 * an apostrophe before it makes it text (OWASP, CSV injection).
 */
function csvField(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^\s*[=+\-@\t\r\n|%＝＋－＠]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

async function linesOf(file: string): Promise<string[]> {
  // A file may be rotated away between being listed and being read.
  return (await readLines(file).catch(() => ({ lines: [] as string[] }))).lines;
}
