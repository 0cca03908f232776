// Owns checking an activity log that lies on the disk: every line against the one before it, and the last against the head.
import type { ActivityVerification } from '../../shared/model/activity.ts';
import { ChainWalk, NO_LINK } from './activity-chain.ts';
import { ActivityFiles, readLines } from './activity-files.ts';
import { type CheckSignature, readHead, type StoredHead } from './activity-head.ts';

export interface VerifyOptions {
  check: CheckSignature;
  /** The key that the head has to be signed with, 32 bytes; null takes any, and `signer` tells whose it is. */
  expectedKey: Uint8Array | null;
}

export interface LogVerification extends ActivityVerification {
  /** Whose signature the head has; null without a valid head. */
  signer: Uint8Array | null;
}

/** Checks a whole log folder. Whatever is wrong is in `faults`; only what cannot be read at all throws. */
export async function verifyFolder(folder: string, options: VerifyOptions): Promise<LogVerification> {
  // The head first: entries that are written meanwhile then lie after it, as they may.
  const head = await readHead(folder, options.check);
  const walk = new ChainWalk();
  let headSeen = false;
  for (const file of new ActivityFiles(folder).present) {
    const { lines, torn } = await readLines(file);
    for (const line of lines) {
      walk.take(line);
      headSeen ||= isAt(walk, head);
    }
    if (torn !== '') walk.fault('malformed', (walk.last?.seq ?? 0) + 1);
  }
  const last = walk.last ?? NO_LINK;
  if (head === 'missing') {
    if (last.seq > 0) walk.fault('no-head', null);
  } else if (head === 'forged') walk.fault('foreign-head', null);
  else {
    if (options.expectedKey && !Buffer.from(options.expectedKey).equals(head.ed25519)) walk.fault('foreign-head', null);
    if (head.seq > last.seq) walk.fault('cut-off', last.seq + 1);
    else if (!headSeen) walk.fault('broken-chain', head.seq);
  }
  return { ...walk.result, signer: typeof head === 'string' ? null : head.ed25519 };
}

/** Checks one file of lines by itself: an exported log, or one that was put away. */
export async function verifyFile(file: string): Promise<ActivityVerification> {
  const walk = new ChainWalk();
  const { lines, torn } = await readLines(file);
  for (const line of lines) walk.take(line);
  if (torn !== '') walk.fault('malformed', (walk.last?.seq ?? 0) + 1);
  return walk.result;
}

function isAt(walk: ChainWalk, head: StoredHead | string): boolean {
  return typeof head !== 'string' && walk.last?.seq === head.seq && walk.last.hash === head.hash;
}
