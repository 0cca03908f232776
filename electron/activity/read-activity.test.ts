import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTIVITY_LIMITS, type ActivityFacts, type ActivityGroup } from '../../shared/model/activity.ts';
import { type ChainLink, chainEntry, NO_LINK } from './activity-chain.ts';
import { exportActivity, searchActivity, toCsv } from './read-activity.ts';

const FACTS: readonly ActivityFacts[] = [
  { kind: 'viewer-joined', session: 's1', name: 'Ana Souza', address: '10.0.0.7', permissions: ['view', 'control'] },
  {
    kind: 'viewer-left',
    session: 's1',
    name: 'Ana Souza',
    address: '10.0.0.7',
    reason: 'ended-by-host',
    durationMs: 5,
  },
  { kind: 'viewer-refused', address: '10.0.0.9', reason: 'wrong-code' },
  { kind: 'session-started', session: 's2', name: 'studio', address: 'studio:8000' },
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tarnet-activity-'));
  let link: ChainLink = NO_LINK;
  const write = async (file: string, count: number) => {
    let text = '';
    for (let number = 0; number < count; number += 1) {
      const next = chainEntry(link, number * 1000, FACTS[number % FACTS.length] ?? { kind: 'share-started' });
      text += next.line;
      link = next;
    }
    await writeFile(path.join(folder, file), text);
  };
  await write('activity.1.jsonl', 160);
  await write('activity.jsonl', 80);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function all(search: string, group: ActivityGroup = 'all'): Promise<number[]> {
  const seqs: number[] = [];
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<typeof searchActivity>> = await searchActivity(folder, { search, group, before });
    expect(page.entries.length).toBeLessThanOrEqual(ACTIVITY_LIMITS.pageEntries);
    seqs.push(...page.entries.map(({ seq }) => seq));
    before = page.next;
  } while (before !== null);
  return seqs;
}

describe('searching', () => {
  test('gives everything in pages, newest first, over all files', async () => {
    expect(await all('')).toEqual(Array.from({ length: 240 }, (_, index) => 240 - index));
  });

  test('finds by words, in any case and any order', async () => {
    expect(await all('souza ANA joined')).toHaveLength(60);
    expect(await all('ana nobody')).toEqual([]);
    expect(await all('wrong-code')).toHaveLength(60);
    expect(await all('control')).toHaveLength(60);
  });

  test('narrows to a group', async () => {
    expect(await all('', 'sessions')).toHaveLength(60);
    expect(await all('', 'refused')).toHaveLength(60);
    expect(await all('', 'viewers')).toHaveLength(180);
    expect(await all('', 'files')).toEqual([]);
  });
});

describe('exporting', () => {
  test('gives JSON with everything that fits, oldest first', async () => {
    const entries: unknown = JSON.parse(await exportActivity(folder, 'json', { search: 'studio', group: 'all' }));
    expect(entries).toHaveLength(60);
    expect(entries).toMatchObject([{ seq: 4, name: 'studio' }, { seq: 8 }, ...Array.from({ length: 58 }, () => ({}))]);
  });

  test('gives one row of CSV an entry', async () => {
    const rows = (await exportActivity(folder, 'csv', { search: '', group: 'all' })).split('\r\n');
    expect(rows).toHaveLength(242);
    expect(rows[0]).toMatch(/^\ufeffseq,time,kind,/);
    expect(rows[1]).toContain('"viewer-joined","s1","Ana Souza",');
  });

  test('never lets a name become a formula or a row', async () => {
    const starts = fc.constantFrom('=', '+', '-', '@', '\t', '\r', ' =', '|', '%', '\uff1d', '', '"', ',', '\n');
    await fc.assert(
      fc.asyncProperty(starts, fc.string({ maxLength: 60 }), async (start, rest) => {
        const name = start + rest;
        const { entry } = chainEntry(NO_LINK, 0, { kind: 'viewer-refused', name });
        const [, row = []] = parseCsv(toCsv([entry]));
        const cell = row[4] ?? '';
        expect(cell === name || cell === `'${name}`).toBe(true);
        expect(cell).not.toMatch(/^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/);
        expect(row).toHaveLength(18);
      }),
    );
  });
});

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (let match = field.exec(text); match; match = field.exec(text)) {
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push([]);
    if (match[3] === '' || field.lastIndex >= text.length) break;
  }
  return rows;
}
