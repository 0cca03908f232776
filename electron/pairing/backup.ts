// Owns what a backup holds, and taking one over: whole at the next start, or not at all.
import * as v from 'valibot';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import { type HostListFile, hostListSchema } from '../../shared/model/host-list.ts';
import { type Settings, settingsSchema } from '../../shared/model/settings.ts';
import { type Identity, identityFromBytes, loadIdentityBytes, saveIdentityBytes } from './identity.ts';
import { type KnownPeersFile, knownPeersSchema } from './known-peers.ts';
import { type DevicesFile, devicesFileSchema, saveDevicesFile } from './paired-devices.ts';
import { openFile, sealFile } from './sealed-file.ts';
import type { SecretStore } from './secret-store.ts';

const PENDING = 'pending-import';

const backupSchema = v.strictObject({
  format: v.literal(1),
  exportedAtMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** What the computer was called. */
  name: v.pipe(v.string(), v.maxLength(128)),
  /** As it is stored, base64url. */
  identity: v.pipe(v.string(), v.maxLength(256)),
  settings: settingsSchema,
  knownHosts: v.nullable(knownPeersSchema),
  /** Saved and recent hosts, and paired devices: not in files of earlier versions. */
  hosts: v.optional(v.nullable(hostListSchema), null),
  devices: v.optional(v.nullable(devicesFileSchema), null),
});
type Backup = v.InferOutput<typeof backupSchema>;

/** What goes into a backup besides the identity. */
export interface BackupContents {
  exportedAtMs: number;
  name: string;
  settings: Settings;
  knownHosts: KnownPeersFile | null;
  hosts: HostListFile | null;
  devices: DevicesFile | null;
}

/** A backup that has been opened, for its user to look at before it replaces anything. */
export interface OpenedBackup {
  exportedAtMs: number;
  name: string;
  identity: Identity;
  /** How many of each it brings. */
  pairedDevices: number;
  savedHosts: number;
  /** Lays it ready: the next start takes it over. */
  stage(store: SecretStore): Promise<void>;
}

/** The bytes of a backup file. Throws `not-found` when there is no identity to save. */
export async function makeBackup(store: SecretStore, contents: BackupContents, password: string): Promise<Uint8Array> {
  const identity = await loadIdentityBytes(store);
  if (!identity) throw new TarnetError('not-found', 'there is no identity yet', { field: 'identity' });
  const backup: Backup = { format: 1, ...contents, identity: Buffer.from(identity).toString('base64url') };
  const bytes = Buffer.from(JSON.stringify(backup));
  return await sealFile(bytes, password).finally(() => bytes.fill(0));
}

/** Throws `not-a-backup` or `wrong-file-password`; nothing has changed then, or when it is not staged. */
export async function openBackup(primitives: Primitives, file: Uint8Array, password: string): Promise<OpenedBackup> {
  const bytes = await openFile(file, password);
  const { backup, identity } = parseBackup(primitives, bytes);
  const { exportedAtMs, name, devices, hosts } = backup;
  const pairedDevices = devices?.devices.length ?? 0;
  const savedHosts = hosts?.hosts.filter(({ saved }) => saved).length ?? 0;
  return { exportedAtMs, name, identity, pairedDevices, savedHosts, stage: (store) => store.save(PENDING, bytes) };
}

/** Where the parts of a backup go. */
export interface BackupTargets {
  writeSettings(settings: Settings): Promise<void>;
  writeKnownHosts(file: KnownPeersFile): Promise<void>;
  writeHosts(file: HostListFile): Promise<void>;
}

/**
 * Takes over what was staged; false when nothing was. A crash in the middle leaves it staged, and the next start does all
 * of it again.
 */
export async function takeOverBackup(
  primitives: Primitives,
  store: SecretStore,
  targets: BackupTargets,
): Promise<boolean> {
  const bytes = await store.load(PENDING);
  if (!bytes || bytes.length === 0) return false;
  const { backup } = parseBackup(primitives, bytes);
  await saveIdentityBytes(store, new Uint8Array(Buffer.from(backup.identity, 'base64url')));
  await targets.writeSettings(backup.settings);
  if (backup.knownHosts) await targets.writeKnownHosts(backup.knownHosts);
  if (backup.hosts) await targets.writeHosts(backup.hosts);
  if (backup.devices) await saveDevicesFile(store, backup.devices);
  await store.save(PENDING, new Uint8Array());
  return true;
}

function parseBackup(primitives: Primitives, bytes: Uint8Array): { backup: Backup; identity: Identity } {
  try {
    const backup = v.parse(backupSchema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    const identity = identityFromBytes(primitives, new Uint8Array(Buffer.from(backup.identity, 'base64url')));
    return { backup, identity };
  } catch (cause) {
    throw new TarnetError('not-a-backup', 'what is in the file cannot be understood', { field: 'contents', cause });
  }
}
