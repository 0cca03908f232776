import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import type { ActivityEntry, ActivityFacts } from '../../shared/model/activity.ts';
import { checkSignature as check } from '../../tests/fakes/check-signature.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { newIdentity } from '../../tests/fakes/handshake-pair.ts';
import { ChainWalk, chainEntry, NO_LINK, parseLine } from './activity-chain.ts';
import { ACTIVITY_FILE_LIMITS, type ActivityRotation } from './activity-files.ts';
import { ACTIVITY_LOG_LIMITS, ActivityLog } from './activity-log.ts';
import { searchActivity } from './read-activity.ts';
import { verifyFile, verifyFolder } from './verify-activity.ts';

const EVERYTHING = { search: '', group: 'all', before: null } as const;
const JOINED: ActivityFacts = {
  kind: 'viewer-joined',
  session: 's1',
  name: 'Ana',
  address: '192.168.1.34',
  authentication: 'code',
  permissions: ['view', 'control'],
};

let folder = '';
const identity = newIdentity();
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tarnet-activity-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function logOf(who = identity, rotation: ActivityRotation = ACTIVITY_FILE_LIMITS): ActivityLog {
  const { ed25519 } = who.publicIdentity;
  const signer = { ed25519, sign: who.sign };
  return new ActivityLog({ folder, clock: new FakeClock(), log: silentLog, signer, check, rotation });
}

async function written(count: number, facts: ActivityFacts = JOINED): Promise<ActivityLog> {
  const log = logOf();
  await log.open();
  for (let number = 0; number < count; number += 1) log.add(facts);
  await log.settled();
  return log;
}

const current = () => path.join(folder, 'activity.jsonl');
const linesNow = async () => (await readFile(current(), 'utf8')).split('\n').slice(0, -1);
const verified = () => verifyFolder(folder, { check, expectedKey: identity.publicIdentity.ed25519 });
const newest = async (): Promise<ActivityEntry | undefined> => (await searchActivity(folder, EVERYTHING)).entries[0];

describe('the activity log', () => {
  test('is whole after it was written, and goes on where an earlier run stopped', async () => {
    await written(3);
    await written(2);
    expect(await verified()).toMatchObject({ entries: 5, firstSeq: 1, lastSeq: 5, faults: [] });
    const lines = await linesNow();
    expect(lines.map((line) => parseLine(line)?.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test('keeps its chain over rotation, and forgets the oldest file only', async () => {
    const log = logOf(identity, { ...ACTIVITY_FILE_LIMITS, fileBytes: 1024 });
    await log.open();
    const total = 5 * ACTIVITY_FILE_LIMITS.files;
    for (let number = 0; number < total; number += 1) {
      log.add(JOINED);
    }
    await log.settled();
    const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
    expect(files).toHaveLength(ACTIVITY_FILE_LIMITS.files);
    const result = await verified();
    expect(result).toMatchObject({ lastSeq: total, faults: [] });
    expect(result.firstSeq).toBeGreaterThan(1);
  });

  test('sets a line aside that a crash left unfinished, and says so in the chain', async () => {
    await written(2);
    const whole = await readFile(current(), 'utf8');
    await writeFile(current(), `${whole}{"seq":3,"prev`);
    await written(1);
    expect((await verified()).faults).toEqual([]);
    expect(await newest()).toMatchObject({ seq: 4, kind: 'viewer-joined' });
    const [, recovered] = (await searchActivity(folder, EVERYTHING)).entries;
    expect(recovered).toMatchObject({ seq: 3, kind: 'log-recovered', problem: 'torn-line' });
    const aside = (await readdir(folder)).find((name) => name.includes('torn'));
    expect(await readFile(path.join(folder, aside ?? ''), 'utf8')).toBe('{"seq":3,"prev');
  });

  test('goes on after a crash between an entry and its head', async () => {
    await written(2);
    const head = path.join(folder, 'activity-head.json');
    const old = await readFile(head);
    await written(1);
    await writeFile(head, old);
    expect((await verified()).faults).toEqual([]);
    await written(1);
    expect(await verified()).toMatchObject({ entries: 4, faults: [] });
  });

  test('counts what the disk is too slow for, and writes how many', async () => {
    const log = await written(0);
    const over = 7;
    for (let number = 0; number < ACTIVITY_LOG_LIMITS.maxWaiting + over; number += 1) log.add(JOINED);
    await log.settled();
    const { entries } = await searchActivity(folder, { ...EVERYTHING, search: 'entries-skipped' });
    expect(entries).toMatchObject([{ kind: 'entries-skipped', count: over }]);
  });
});

describe('a change behind its back', () => {
  test('of any byte of any line shows', async () => {
    await written(6);
    const whole = await readFile(current(), 'utf8');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 32, max: 126 }), async (at, code) => {
        const letter = String.fromCharCode(code);
        fc.pre(whole[at] !== letter);
        await writeFile(current(), whole.slice(0, at) + letter + whole.slice(at + 1));
        expect((await verified()).faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['a line taken out', (lines: string[]) => lines.toSpliced(2, 1), 'missing-entries'],
    [
      'two lines changed round',
      (lines: string[]) => [...lines.slice(0, 3), lines[4], lines[3], lines[5]],
      'missing-entries',
    ],
    ['the end cut off', (lines: string[]) => lines.slice(0, 4), 'cut-off'],
    ['a line twice', (lines: string[]) => [...lines, lines[5]], 'broken-chain'],
    ['a line that is none', (lines: string[]) => lines.with(3, 'x'), 'malformed'],
  ] as const)('%s shows', async (_name, change, fault) => {
    await written(6);
    await writeFile(current(), `${change(await linesNow()).join('\n')}\n`);
    expect((await verified()).faults.map((one) => one.fault)).toContain(fault);
  });

  test('stays visible after the log has gone on', async () => {
    await written(6);
    await writeFile(current(), `${(await linesNow()).slice(0, 4).join('\n')}\n`);
    await written(1);
    expect((await verified()).faults).toEqual([{ fault: 'missing-entries', seq: 5 }]);
    const { entries } = await searchActivity(folder, { ...EVERYTHING, search: 'log-recovered' });
    expect(entries).toMatchObject([{ seq: 7, problem: 'cut-off' }]);
  });

  test('by writing the whole chain anew shows in the signature', async () => {
    await written(3);
    let link = NO_LINK;
    let text = '';
    for (let number = 0; number < 3; number += 1) {
      const next = chainEntry(link, 0, { ...JOINED, name: 'Eve' });
      text += next.line;
      link = next;
    }
    await writeFile(current(), text);
    expect((await verified()).faults).toEqual([{ fault: 'broken-chain', seq: 3 }]);

    // and with a head of one's own
    await rm(path.join(folder, 'activity-head.json'));
    const other = logOf(newIdentity());
    await other.open();
    expect((await verified()).faults.map(({ fault }) => fault)).toContain('foreign-head');
  });

  test('by deleting everything shows at the next start', async () => {
    await written(3);
    await rm(current());
    await written(1);
    const { entries } = await searchActivity(folder, EVERYTHING);
    expect(entries).toMatchObject([{ seq: 5 }, { seq: 4, kind: 'log-recovered', problem: 'missing' }]);
  });

  test('by deleting the head shows', async () => {
    await written(3);
    await rm(path.join(folder, 'activity-head.json'));
    expect((await verified()).faults).toEqual([{ fault: 'no-head', seq: null }]);
    await writeFile(path.join(folder, 'activity-head.json'), '{}');
    expect((await verified()).faults).toEqual([{ fault: 'foreign-head', seq: null }]);
  });
});

test('one file alone is checked by its chain', async () => {
  await written(3);
  expect(await verifyFile(current())).toMatchObject({ entries: 3, faults: [] });
  await writeFile(current(), (await readFile(current(), 'utf8')).replace('Ana', 'Eve'));
  expect((await verifyFile(current())).faults).toEqual([{ fault: 'broken-chain', seq: 2 }]);
  await expect(verifyFile(path.join(folder, 'not-there'))).rejects.toMatchObject({ reason: 'not-found' });
});

test('a walk stops counting faults at its bound', () => {
  const walk = new ChainWalk();
  for (let number = 0; number < 100; number += 1) walk.take('nonsense');
  expect(walk.result.faults).toHaveLength(20);
  expect(walk.result.entries).toBe(100);
});
