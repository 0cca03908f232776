import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../shared/model/settings.ts';
import { MemorySecretStore } from '../../tests/fakes/memory-secret-store.ts';
import { makeBackup, openBackup, takeOverBackup } from './backup.ts';
import { loadIdentity } from './identity.ts';
import type { KnownPeersFile } from './known-peers.ts';
import { nodePrimitives } from './node-primitives.ts';
import { sealFile } from './sealed-file.ts';

const PASSWORD = 'correct horse battery';
const SETTINGS: Settings = { ...DEFAULT_SETTINGS, displayName: 'Desk', relayPort: 8123 };
const KNOWN: KnownPeersFile = { version: 1, peers: [] };
const CONTENTS = { exportedAtMs: 1, name: 'Desk', settings: SETTINGS, knownHosts: KNOWN };

async function device() {
  const store = new MemorySecretStore();
  const { identity } = await loadIdentity(store, nodePrimitives);
  return { store, identity };
}

function targets() {
  const written: unknown[] = [];
  const write = (value: unknown) => {
    written.push(value);
    return Promise.resolve();
  };
  return { written, writeSettings: write, writeKnownHosts: write };
}

test('another device becomes the one that was saved, at its next start and not before', async () => {
  const from = await device();
  const to = await device();
  const file = await makeBackup(from.store, CONTENTS, PASSWORD);
  const opened = await openBackup(nodePrimitives, file, PASSWORD);
  expect(opened).toMatchObject({ name: 'Desk', exportedAtMs: 1, identity: { hostId: from.identity.hostId } });
  const { written, ...where } = targets();
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(false);
  await opened.stage(to.store);
  expect((await loadIdentity(to.store, nodePrimitives)).identity.hostId).toBe(to.identity.hostId);
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(true);
  expect(written).toEqual([SETTINGS, KNOWN]);
  const { identity } = await loadIdentity(to.store, nodePrimitives);
  expect(identity.publicIdentity).toEqual(from.identity.publicIdentity);
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(false);
});

test('a crash in the middle of taking over loses nothing: the next start does it again', async () => {
  const from = await device();
  const to = await device();
  const opened = await openBackup(nodePrimitives, await makeBackup(from.store, CONTENTS, PASSWORD), PASSWORD);
  await opened.stage(to.store);
  const broken = { ...targets(), writeSettings: () => Promise.reject(new Error('the disk is gone')) };
  await expect(takeOverBackup(nodePrimitives, to.store, broken)).rejects.toThrow('the disk is gone');
  const { written, ...where } = targets();
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(true);
  expect(written).toEqual([SETTINGS, KNOWN]);
});

test.each([
  ['no JSON', 'nonsense'],
  ['no backup', '{}'],
  ['an identity that is none', JSON.stringify({ format: 1, ...CONTENTS, identity: 'AAAA' })],
])('a file with %s in it is refused', async (_name, contents) => {
  const file = await sealFile(new TextEncoder().encode(contents), PASSWORD, { logCost: 14, parallelism: 1 });
  await expect(openBackup(nodePrimitives, file, PASSWORD)).rejects.toMatchObject({ reason: 'not-a-backup' });
});
