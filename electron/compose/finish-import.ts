// Owns finishing an import that the run before has laid ready, before anything else is loaded.
import path from 'node:path';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { type HostListFile, hostListSchema } from '../../shared/model/host-list.ts';
import { type Settings, settingsSchema } from '../../shared/model/settings.ts';
import { JsonFile } from '../app/json-file.ts';
import { type BackupTargets, takeOverBackup } from '../pairing/backup.ts';
import { type KnownPeersFile, knownPeersSchema } from '../pairing/known-peers.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import type { SecretStore } from '../pairing/secret-store.ts';

/** Where an installation keeps its files. */
interface Profile {
  userData: string;
  clock: Clock;
}

/** Whom this installation has pinned. */
export function knownHostsFile({ userData, clock }: Profile): JsonFile<KnownPeersFile> {
  return new JsonFile({ file: path.join(userData, 'known-hosts.json'), schema: knownPeersSchema, clock });
}

/** Saved and recent hosts. */
export function hostListFile({ userData, clock }: Profile): JsonFile<HostListFile> {
  return new JsonFile({ file: path.join(userData, 'hosts.json'), schema: hostListSchema, clock });
}

/** Before anything is loaded: what was imported in the run before. Returns what had to be set aside, for a notice. */
export async function finishImport(
  where: Profile,
  store: SecretStore,
): Promise<{ imported: boolean; setAside: string | null }> {
  const settingsFile = path.join(where.userData, 'settings.json');
  const targets: BackupTargets = {
    writeSettings: (settings) =>
      new JsonFile<Settings>({ file: settingsFile, schema: settingsSchema, clock: where.clock }).write(settings),
    writeKnownHosts: (known) => knownHostsFile(where).write(known),
    writeHosts: (hosts) => hostListFile(where).write(hosts),
  };
  try {
    return { imported: await takeOverBackup(nodePrimitives, store, targets), setAside: null };
  } catch (error) {
    const { reason } = TarnetError.from(error);
    if (reason !== 'not-a-backup' && reason !== 'malformed') throw error;
    return { imported: false, setAside: await store.setAside('pending-import') };
  }
}
