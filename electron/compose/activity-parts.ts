// Owns how the activity log is put together: the log, what writes to it, and what its readers ask.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TarnetError } from '../../shared/base/errors.ts';
import type { ActivityFault, ActivityPage, ActivityQuery, ActivityVerification } from '../../shared/model/activity.ts';
import { ActivityLog } from '../activity/activity-log.ts';
import { type ExportFormat, exportActivity, searchActivity } from '../activity/read-activity.ts';
import { verifyFile, verifyFolder } from '../activity/verify-activity.ts';
import { hostIdOfKey } from '../pairing/identity.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import type { Ground } from './ground.ts';

export interface ActivityParts {
  log: ActivityLog;
  search(query: ActivityQuery): Promise<ActivityPage>;
  verify(): Promise<ActivityVerification>;
  /** Resolves with the file that was written; null when the user changed their mind. */
  export(format: ExportFormat, query: Pick<ActivityQuery, 'search' | 'group'>): Promise<{ file: string | null }>;
}

export interface ActivitySurroundings {
  onWritten(seq: number): void;
  /** Asks the user where to save; null when they changed their mind. */
  askWhere(proposedName: string, format: ExportFormat): Promise<string | null>;
}

const check = (ed25519: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
  nodePrimitives.verifier(ed25519)(message, signature);

export function activityFolder(userData: string): string {
  return path.join(userData, 'activity');
}

/** Takes up the log of earlier runs. */
export async function composeActivity(
  { clock, log, userData, identity, imported }: Ground,
  { onWritten, askWhere }: ActivitySurroundings,
): Promise<ActivityParts> {
  const folder = activityFolder(userData);
  const { ed25519 } = identity.publicIdentity;
  const activity = new ActivityLog({
    folder,
    clock,
    log: log.scope('activity'),
    signer: { ed25519, sign: identity.sign },
    check,
    onWritten,
  });
  await activity.open();
  if (imported) activity.add({ kind: 'identity-imported' });
  return {
    log: activity,
    search: (query) => searchActivity(folder, query),
    verify: async () => {
      await activity.settled();
      const { signer: _signer, ...verification } = await verifyFolder(folder, { check, expectedKey: ed25519 });
      return verification;
    },
    export: async (format, query) => {
      const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
      const file = await askWhere(`tarnet-activity-${day}.${format}`, format);
      if (file === null) return { file };
      try {
        await writeFile(file, await exportActivity(folder, format, query), { mode: 0o600 });
      } catch (cause) {
        throw new TarnetError('not-written', `${file} cannot be written`, { field: 'file', cause });
      }
      activity.add({ kind: 'log-exported' });
      return { file };
    },
  };
}

const FAULTS: Readonly<Record<ActivityFault['fault'], string>> = {
  malformed: 'is no entry',
  'broken-chain': 'does not follow from the one before: one of them was changed',
  'missing-entries': 'and maybe more are missing',
  'cut-off': 'and what followed were cut off',
  'no-head': 'the file with the signed end of the log is missing',
  'foreign-head': 'the end of the log is not signed by this installation',
};

/** Checks a log for the command line: what to print, and the code to end with. Never throws. */
export async function verifyForCommandLine(
  file: string | null,
  userData: string,
): Promise<{ code: 0 | 1; text: string }> {
  try {
    const result =
      file === null
        ? await verifyFolder(activityFolder(userData), { check, expectedKey: null })
        : { ...(await verifyFile(file)), signer: null };
    const span = result.firstSeq === null ? '' : `, number ${result.firstSeq} to ${result.lastSeq}`;
    const lines = [`${result.entries} entries${span}`];
    if (result.signer) lines.push(`signed by the computer with the ID ${hostIdOfKey(nodePrimitives, result.signer)}`);
    for (const { fault, seq } of result.faults)
      lines.push(`FAULT: ${seq === null ? '' : `entry ${seq} `}${FAULTS[fault]}`);
    if (result.faults.length === 0) lines.push('the chain is whole');
    return { code: result.faults.length === 0 ? 0 : 1, text: lines.map((line) => `tarnet: ${line}\n`).join('') };
  } catch (error) {
    return { code: 1, text: `tarnet: --verify-activity-log: ${TarnetError.from(error).message}\n` };
  }
}
