// Owns exporting this installation's identity and settings to a file, and taking those of a file over.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { TarnetError } from '../../shared/base/errors.ts';
import type { BackupPreview } from '../../shared/ipc/state.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { makeBackup, type OpenedBackup, openBackup } from '../pairing/backup.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import type { DevicesFile } from '../pairing/paired-devices.ts';
import { SEALED_FILE_LIMITS } from '../pairing/sealed-file.ts';
import { hostListFile, knownHostsFile } from './finish-import.ts';
import type { Ground } from './ground.ts';

export interface BackupParts {
  /** Resolves with the file that was written; null when the user changed their mind. */
  export(password: string): Promise<{ file: string | null }>;
  /** Asks for a file and opens it; null when the user changed their mind. Nothing is replaced yet. */
  open(password: string): Promise<BackupPreview | null>;
  /** Replaces identity and settings by what was opened, and starts the app again. */
  takeOver(): Promise<void>;
}

export interface BackupSurroundings {
  activity: Pick<ActivityLog, 'add'>;
  /** Who may come in by their key. */
  devices(): DevicesFile;
  askWhere(proposedName: string): Promise<string | null>;
  askWhich(): Promise<string | null>;
  restart(): void;
}

export function composeBackup(ground: Ground, surroundings: BackupSurroundings): BackupParts {
  const { clock, settings, state, secrets } = ground;
  let opened: OpenedBackup | null = null;
  return {
    export: async (password) => {
      const name = state.get('info').displayName;
      const file = await surroundings.askWhere(`${name.replace(/[^\p{L}\p{N}_-]+/gu, '-')}.tarnet`);
      if (file === null) return { file };
      const { value: knownHosts } = await knownHostsFile(ground).read();
      const { value: hosts } = await hostListFile(ground).read();
      const devices = surroundings.devices();
      const contents = { exportedAtMs: clock.nowMs(), name, settings: settings.value, knownHosts, hosts, devices };
      const bytes = await makeBackup(secrets, contents, password);
      try {
        await writeFileAtomic(file, Buffer.from(bytes), { mode: 0o600 });
      } catch (cause) {
        throw new TarnetError('not-written', `${path.basename(file)} cannot be written`, { field: 'file', cause });
      }
      surroundings.activity.add({ kind: 'identity-exported' });
      return { file };
    },
    open: async (password) => {
      opened = null;
      const file = await surroundings.askWhich();
      if (file === null) return null;
      opened = await openBackup(nodePrimitives, await readBounded(file), password);
      const { exportedAtMs, name, identity, pairedDevices, savedHosts } = opened;
      const { hostId, fingerprint } = identity;
      return { exportedAtMs, name, hostId, fingerprint: [...fingerprint], pairedDevices, savedHosts };
    },
    takeOver: async () => {
      if (!opened) throw new TarnetError('not-found', 'no file has been opened', { field: 'backup' });
      await opened.stage(secrets);
      opened = null;
      surroundings.restart();
    },
  };
}

async function readBounded(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > SEALED_FILE_LIMITS.maxFileBytes)
      throw new TarnetError('not-a-backup', `${size} bytes are too many for a backup`, { field: 'size' });
    return await readFile(file);
  } catch (error) {
    if (error instanceof TarnetError) throw error;
    throw new TarnetError('not-found', `${path.basename(file)} cannot be read`, { field: 'file', cause: error });
  }
}
