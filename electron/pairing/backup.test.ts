import { expect, test } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import type { HostListFile } from '../../shared/model/host-list.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../shared/model/settings.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { MemorySecretStore } from '../../tests/fakes/memory-secret-store.ts';
import { makeBackup, openBackup, takeOverBackup } from './backup.ts';
import { loadIdentity } from './identity.ts';
import type { KnownPeersFile } from './known-peers.ts';
import { nodePrimitives } from './node-primitives.ts';
import { type DevicesFile, PairedDevices, saveDevicesFile } from './paired-devices.ts';
import { openFile, sealFile } from './sealed-file.ts';

const PASSWORD = 'correct horse battery';
const SETTINGS: Settings = { ...DEFAULT_SETTINGS, displayName: 'Desk', relayPort: 8123 };
const KNOWN: KnownPeersFile = { version: 1, peers: [] };
const HOSTS: HostListFile = {
  version: 1,
  hosts: [
    { address: 'den.local', name: 'Den', system: 'Linux', saved: true, usedAtMs: 3 },
    { address: '123456789', name: 'Far', system: '', saved: false, usedAtMs: null },
  ],
};
const DEVICES: DevicesFile = {
  version: 1,
  devices: [
    {
      id: '3f0c2f5e-8d3b-4f0b-9a55-6d9c3a4a7e11',
      name: 'tablet',
      ed25519: 'A'.repeat(43),
      x25519: 'B'.repeat(43),
      pairedAtMs: 1,
      usedAtMs: null,
      expiresAtMs: null,
      asksUser: false,
      permissions: ['view'],
    },
  ],
};
const CONTENTS = {
  exportedAtMs: 1,
  name: 'Desk',
  settings: SETTINGS,
  knownHosts: KNOWN,
  hosts: HOSTS,
  devices: DEVICES,
};

async function device() {
  const store = new MemorySecretStore();
  const { identity } = await loadIdentity(store, nodePrimitives);
  return { store, identity };
}

async function devicesOf(store: MemorySecretStore) {
  const devices = new PairedDevices({
    store,
    clock: new FakeClock(),
    log: silentLog,
    onChange: () => undefined,
    onPermissions: () => undefined,
    onGone: () => undefined,
  });
  await devices.load();
  return devices.devices;
}

function targets() {
  const written: unknown[] = [];
  const write = (value: unknown) => {
    written.push(value);
    return Promise.resolve();
  };
  return { written, writeSettings: write, writeKnownHosts: write, writeHosts: write };
}

test('another device becomes the one that was saved, at its next start and not before', async () => {
  const from = await device();
  const to = await device();
  const file = await makeBackup(from.store, CONTENTS, PASSWORD);
  const opened = await openBackup(nodePrimitives, file, PASSWORD);
  expect(opened).toMatchObject({ name: 'Desk', exportedAtMs: 1, identity: { hostId: from.identity.hostId } });
  expect(opened).toMatchObject({ pairedDevices: 1, savedHosts: 1 });
  const { written, ...where } = targets();
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(false);
  await opened.stage(to.store);
  expect((await loadIdentity(to.store, nodePrimitives)).identity.hostId).toBe(to.identity.hostId);
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(true);
  expect(written).toEqual([SETTINGS, KNOWN, HOSTS]);
  expect(await devicesOf(to.store)).toMatchObject([
    { name: 'tablet', asksUser: false, permissions: new Set(['view']) },
  ]);
  const { identity } = await loadIdentity(to.store, nodePrimitives);
  expect(identity.publicIdentity).toEqual(from.identity.publicIdentity);
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(false);
});

test('a file of an earlier version, without devices and hosts, leaves those that are here', async () => {
  const from = await device();
  const to = await device();
  await saveDevicesFile(to.store, DEVICES);
  const opened = await openBackup(
    nodePrimitives,
    await makeBackup(from.store, { ...CONTENTS, hosts: null, devices: null }, PASSWORD),
    PASSWORD,
  );
  expect(opened).toMatchObject({ pairedDevices: 0, savedHosts: 0 });
  await opened.stage(to.store);
  const { written, ...where } = targets();
  expect(await takeOverBackup(nodePrimitives, to.store, where)).toBe(true);
  expect(written).toEqual([SETTINGS, KNOWN]);
  expect(await devicesOf(to.store)).toHaveLength(1);
});

test('what opens the computer without its key stays out of the file', async () => {
  const from = await device();
  for (const name of ['password', 'second-factor', 'resumption-tickets'])
    await from.store.save(name, new TextEncoder().encode(`planted-${name}`));
  const contents = await openFile(await makeBackup(from.store, CONTENTS, PASSWORD), PASSWORD);
  expect(new TextDecoder().decode(contents)).not.toContain('planted');
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
  expect(written).toEqual([SETTINGS, KNOWN, HOSTS]);
  expect(await devicesOf(to.store)).toMatchObject([
    { name: 'tablet', asksUser: false, permissions: new Set(['view']) },
  ]);
});

test.each([
  ['no JSON', 'nonsense'],
  ['no backup', '{}'],
  ['devices that are none', JSON.stringify({ format: 1, ...CONTENTS, devices: { version: 1, devices: [{}] } })],
  ['an identity that is none', JSON.stringify({ format: 1, ...CONTENTS, identity: 'AAAA' })],
])('a file with %s in it is refused', async (_name, contents) => {
  const file = await sealFile(new TextEncoder().encode(contents), PASSWORD, { logCost: 14, parallelism: 1 });
  await expect(openBackup(nodePrimitives, file, PASSWORD)).rejects.toMatchObject({ reason: 'not-a-backup' });
});
