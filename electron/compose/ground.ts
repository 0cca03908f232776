// Owns what every part of the app stands on, built once at the start: files, keys, identity, state, log.
import path from 'node:path';
import { safeStorage } from 'electron';
import type { Clock } from '../../shared/base/clock.ts';
import type { Log } from '../../shared/base/log.ts';
import { AppStateStore } from '../app/app-state.ts';
import { initialState, resolveLanguage } from '../app/initial-state.ts';
import { JsonFile } from '../app/json-file.ts';
import { machineName } from '../app/machine.ts';
import { PictureChoices } from '../app/picture-choices.ts';
import { SettingsFile } from '../app/settings-file.ts';
import { type Identity, loadIdentity } from '../pairing/identity.ts';
import { identityText } from '../pairing/identity-text.ts';
import { KnownPeers, knownPeersSchema } from '../pairing/known-peers.ts';
import { nodePrimitives } from '../pairing/node-primitives.ts';
import { OpaqueClient } from '../pairing/opaque-client.ts';
import { startOpaqueProcess } from '../pairing/opaque-worker.ts';
import { ResumptionTickets } from '../pairing/resumption-tickets.ts';
import { FileSecretStore, type SecretStore } from '../pairing/secret-store.ts';
import { finishImport } from './finish-import.ts';

export interface Ground {
  clock: Clock;
  log: Log;
  /** Folder of the built main process: its preloads and processes lie beside it. */
  builtFolder: string;
  userData: string;
  settings: SettingsFile;
  state: AppStateStore;
  identity: Identity;
  /** Identity and settings came from a file just now. */
  imported: boolean;
  opaque: OpaqueClient;
  /** Where keys and other secrets of this device lie. */
  secrets: SecretStore;
  tickets: ResumptionTickets;
  knownPeers: KnownPeers;
  pictureChoices: PictureChoices;
  /** Called when somebody was paired, or is not any more; the list of hosts shows it. */
  onPairingChanged(): void;
}

export interface GroundOptions {
  clock: Clock;
  log: Log;
  builtFolder: string;
  userData: string;
  appVersion: string;
  preferredLanguages: readonly string[];
}

/** The Electron that releases are built with; any other is for tests. */
const RELEASE_ELECTRON = '45.';

/** Loads all that the app keeps on disk. What cannot be understood is set aside with a notice. */
export async function layGround(options: GroundOptions): Promise<Ground> {
  const { clock, log, userData } = options;
  const store = new FileSecretStore({
    directory: path.join(userData, 'secrets'),
    keyStore: safeStorage,
    nowMs: () => clock.nowMs(),
  });
  const { imported, setAside: importAside } = await finishImport(options, store);
  const settings = new SettingsFile(userData, clock);
  const { setAside: settingsAside } = await settings.load();
  const { identity, setAside: identityAside } = await loadIdentity(store, nodePrimitives);
  const tickets = new ResumptionTickets({ store, clock, log: log.scope('tickets') });
  const ticketsAside = await tickets.load();
  const knownPeers = new KnownPeers({
    storage: new JsonFile({ file: path.join(userData, 'known-hosts.json'), schema: knownPeersSchema, clock }),
    primitives: nodePrimitives,
    clock,
    onChange: () => ground.onPairingChanged(),
  });
  const peersAside = await knownPeers.load();
  const pictureChoices = new PictureChoices(userData, clock, log);
  const choicesAside = await pictureChoices.load();
  const testRuntime = !process.versions.electron.startsWith(RELEASE_ELECTRON);
  const name = machineName();
  const state = new AppStateStore(
    initialState(
      {
        version: options.appVersion,
        electron: process.versions.electron,
        chrome: process.versions.chrome,
        node: process.versions.node,
        platform: process.platform,
        language: resolveLanguage(settings.value.language, options.preferredLanguages),
        machineName: name,
        displayName: settings.value.displayName || name,
        fingerprint: [...identity.fingerprint],
        identityText: identityText(nodePrimitives, identity.publicIdentity),
        keyStore: store.isProtected,
        testRuntime,
      },
      settings.value,
      identity.hostId,
    ),
  );
  state.set('notices', [
    ...[importAside, settingsAside, identityAside, ticketsAside, peersAside, choicesAside].flatMap((detail) =>
      detail === null ? [] : [{ id: `corrupt:${detail}`, kind: 'settings-corrupt' as const, detail }],
    ),
    ...(store.isProtected ? [] : [{ id: 'no-key-store', kind: 'no-key-store' as const, detail: '' }]),
    ...(testRuntime ? [{ id: 'test-runtime', kind: 'test-runtime' as const, detail: process.versions.electron }] : []),
  ]);
  settings.onChange((value) => {
    state.set('settings', value);
    state.update('info', (info) => ({
      ...info,
      language: resolveLanguage(value.language, options.preferredLanguages),
      displayName: value.displayName || name,
    }));
  });
  const ground: Ground = {
    clock,
    log,
    builtFolder: options.builtFolder,
    userData,
    settings,
    state,
    identity,
    imported,
    secrets: store,
    opaque: new OpaqueClient({ start: startOpaqueProcess, clock }),
    tickets,
    knownPeers,
    pictureChoices,
    onPairingChanged: () => undefined,
  };
  return ground;
}
