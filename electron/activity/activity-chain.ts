// Owns the chain of the activity log: how an entry becomes a line, and what shows that lines were changed or are missing.
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import {
  type ActivityEntry,
  type ActivityFacts,
  type ActivityFault,
  type ActivityVerification,
  activityEntrySchema,
} from '../../shared/model/activity.ts';

export const ACTIVITY_CHAIN_LIMITS = {
  /** Of one line, its line break included. */
  maxLineBytes: 8 * 1024,
  /** Faults that a verification names; more tell nothing more. */
  maxFaults: 20,
} as const;

/** What the first entry holds in place of a hash. */
export const CHAIN_START = '0'.repeat(64);

/** An entry's place in the chain. */
export interface ChainLink {
  seq: number;
  /** SHA-256 of the entry's line without its line break, in hexadecimal. */
  hash: string;
}

/** The place before the first entry. */
export const NO_LINK: ChainLink = { seq: 0, hash: CHAIN_START };

export interface ChainedLine extends ChainLink {
  entry: ActivityEntry;
  /** One JSON object, with its line break. */
  line: string;
}

/** The next line of the chain. */
export function chainEntry(before: ChainLink, timeMs: number, facts: ActivityFacts): ChainedLine {
  const entry: ActivityEntry = {
    seq: before.seq + 1,
    previous: before.hash,
    time: new Date(timeMs).toISOString(),
    ...facts,
  };
  const json = JSON.stringify(entry);
  return { seq: entry.seq, hash: hashOf(json), entry, line: `${json}\n` };
}

/** SHA-256 of a line without its line break, in hexadecimal. */
export function hashOf(line: string): string {
  return createHash('sha256').update(line, 'utf8').digest('hex');
}

/** The entry in a line; null when it is none. */
export function parseLine(line: string): ActivityEntry | null {
  if (line.length > ACTIVITY_CHAIN_LIMITS.maxLineBytes) return null;
  try {
    const parsed = v.safeParse(activityEntrySchema, JSON.parse(line));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Follows a chain line by line, oldest first. The first line may be any: what was before it has been rotated away. */
export class ChainWalk {
  readonly #faults: ActivityFault[] = [];
  #entries = 0;
  #firstSeq: number | null = null;
  #last: ChainLink | null = null;

  /** Null before the first entry. */
  get last(): ChainLink | null {
    return this.#last;
  }

  /** @param line without its line break */
  take(line: string): void {
    this.#entries += 1;
    const entry = parseLine(line);
    const last = this.#last;
    if (!entry) {
      this.fault('malformed', last ? last.seq + 1 : null);
      // The line after a malformed one holds its hash: it is one fault, not two.
      this.#last = { seq: last ? last.seq + 1 : 0, hash: hashOf(line) };
      return;
    }
    if (!last) this.#firstSeq = entry.seq;
    if (!last && entry.seq === 1 && entry.previous !== CHAIN_START) this.fault('broken-chain', 1);
    if (last && last.seq > 0 && entry.seq > last.seq + 1) this.fault('missing-entries', last.seq + 1);
    else if (last && (entry.previous !== last.hash || (last.seq > 0 && entry.seq !== last.seq + 1)))
      this.fault('broken-chain', entry.seq);
    this.#last = { seq: entry.seq, hash: hashOf(line) };
  }

  fault(fault: ActivityFault['fault'], seq: number | null): void {
    if (this.#faults.length < ACTIVITY_CHAIN_LIMITS.maxFaults) this.#faults.push({ fault, seq });
  }

  get result(): ActivityVerification {
    return {
      entries: this.#entries,
      firstSeq: this.#firstSeq,
      lastSeq: this.#last?.seq ?? null,
      faults: [...this.#faults],
    };
  }
}
