// Owns writing the activity log: one entry after the other, each on the disk and under the head before the next.

import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { type ActivityFacts, activityFactsSchema, type LogProblem } from '../../shared/model/activity.ts';
import { type ChainLink, chainEntry, hashOf, NO_LINK, parseLine } from './activity-chain.ts';
import { ActivityFiles, type ActivityRotation, readLines } from './activity-files.ts';
import { type CheckSignature, type HeadSigner, readHead, writeHead } from './activity-head.ts';

export const ACTIVITY_LOG_LIMITS = {
  /** Entries that wait for the disk; what comes on top is counted, and the count is written. */
  maxWaiting: 256,
} as const;

export interface ActivityLogOptions {
  /** Absolute path; it is made when it is missing. */
  folder: string;
  clock: Clock;
  log: Log;
  signer: HeadSigner;
  check: CheckSignature;
  /** ACTIVITY_FILE_LIMITS when it is left out. */
  rotation?: ActivityRotation;
  /** An entry has been written. */
  onWritten?: (seq: number) => void;
}

export class ActivityLog {
  readonly #options: ActivityLogOptions;
  readonly #files: ActivityFiles;
  #last: ChainLink = NO_LINK;
  #waiting = 0;
  #skipped = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ActivityLogOptions) {
    this.#options = options;
    this.#files = new ActivityFiles(options.folder, options.rotation);
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** Takes up an earlier run's chain. What is wrong with its end is written as the next entry, so that it stays visible. */
  async open(): Promise<void> {
    const torn = await this.#files.open(this.#options.clock.nowMs());
    const problem = await this.#takeUp();
    if (torn !== null) this.add({ kind: 'log-recovered', problem: 'torn-line' });
    if (problem !== null) this.add({ kind: 'log-recovered', problem });
    await this.settled();
  }

  /** Writes an entry, in its turn. A disk that refuses is logged, and costs this entry only. */
  add(facts: ActivityFacts): void {
    if (this.#waiting >= ACTIVITY_LOG_LIMITS.maxWaiting) {
      this.#skipped += 1;
      return;
    }
    const timeMs = this.#options.clock.nowMs();
    this.#waiting += 1;
    this.#turn = this.#turn.then(async () => {
      this.#waiting -= 1;
      const skipped = this.#skipped;
      this.#skipped = 0;
      await this.#write(timeMs, facts);
      if (skipped > 0) await this.#write(this.#options.clock.nowMs(), { kind: 'entries-skipped', count: skipped });
    });
  }

  /** Resolves when everything so far is written, or has failed to be. */
  settled(): Promise<void> {
    return this.#turn;
  }

  async #write(timeMs: number, facts: ActivityFacts): Promise<void> {
    const { folder, signer, log, onWritten } = this.#options;
    try {
      const chained = chainEntry(this.#last, timeMs, v.parse(activityFactsSchema, facts));
      await this.#files.append(chained.line);
      this.#last = { seq: chained.seq, hash: chained.hash };
      await writeHead(folder, this.#last, signer);
      onWritten?.(chained.seq);
    } catch (error) {
      log.error('the activity log cannot be written', { error: TarnetError.from(error).message });
    }
  }

  /** Finds the place to go on from. Where the head says that there was more, the gap stays in the numbers. */
  async #takeUp(): Promise<LogProblem | null> {
    const { folder, check, signer } = this.#options;
    const end = await this.#endOfFiles();
    const head = await readHead(folder, check);
    if (head === 'missing' || head === 'forged' || !Buffer.from(signer.ed25519).equals(head.ed25519)) {
      this.#last = end.at(-1) ?? NO_LINK;
      if (head === 'missing') return this.#last.seq > 0 ? 'no-head' : null;
      return 'foreign-head';
    }
    const last = end.at(-1);
    const headIsThere = end.some(({ seq, hash }) => seq === head.seq && hash === head.hash);
    // A crash between an entry and its head leaves the head behind, never before.
    this.#last = headIsThere && last ? last : { seq: Math.max(head.seq, last?.seq ?? 0), hash: head.hash };
    if (headIsThere) return null;
    if (!last) return 'missing';
    return last.seq < head.seq ? 'cut-off' : 'changed';
  }

  /** The last entries of the newest files, oldest first: one that the head can be behind by, and the end itself. */
  async #endOfFiles(): Promise<ChainLink[]> {
    const links: ChainLink[] = [];
    for (const file of this.#files.present.slice(-2)) {
      const { lines } = await readLines(file).catch(() => ({ lines: [] }));
      for (const line of lines)
        links.push({ seq: parseLine(line)?.seq ?? (links.at(-1)?.seq ?? 0) + 1, hash: hashOf(line) });
    }
    return links;
  }
}
