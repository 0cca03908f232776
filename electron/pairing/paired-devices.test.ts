import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../shared/base/log.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { FakeClock } from '../../tests/fakes/fake-clock.ts';
import { MemorySecretStore } from '../../tests/fakes/memory-secret-store.ts';
import { PAIRED_DEVICES_LIMITS, type PairedDevice, PairedDevices } from './paired-devices.ts';

const DAY_MS = 24 * 60 * 60_000;
const reason = (expected: string) => expect.objectContaining({ reason: expected });
const identityOf = (byte: number): PublicIdentity => ({
  ed25519: new Uint8Array(32).fill(byte),
  x25519: new Uint8Array(32).fill(byte + 100),
});

let clock: FakeClock;
let store: MemorySecretStore;
let gone: string[];
let allowed: (readonly string[] | null)[];

beforeEach(() => {
  clock = new FakeClock();
  store = new MemorySecretStore();
  gone = [];
  allowed = [];
});

async function startApp(): Promise<PairedDevices> {
  const devices = new PairedDevices({
    store,
    clock,
    log: silentLog,
    onChange: () => undefined,
    onPermissions: ({ permissions }: PairedDevice) => allowed.push(permissions && [...permissions]),
    onGone: ({ name }: PairedDevice) => gone.push(name),
  });
  await devices.load();
  return devices;
}

test('a device is known by both its keys, in every later run', async () => {
  await (await startApp()).add(' laptop ', identityOf(1));
  const devices = await startApp();
  expect(devices.find(identityOf(1))).toMatchObject({
    name: 'laptop',
    asksUser: true,
    expiresAtMs: null,
    usedAtMs: null,
  });
  expect(devices.find(identityOf(2))).toBeNull();
  expect(devices.find({ ...identityOf(1), x25519: identityOf(2).x25519 })).toBeNull();
});

test('a device that is paired again is one device', async () => {
  const devices = await startApp();
  const { id } = await devices.add('laptop', identityOf(1));
  expect((await devices.add('my laptop', identityOf(1))).id).toBe(id);
  expect(devices.devices).toHaveLength(1);
});

test('a device that is revoked is gone at once and for good', async () => {
  const devices = await startApp();
  const { id } = await devices.add('laptop', identityOf(1));
  const revoked = devices.revoke(id);
  expect(gone).toEqual(['laptop']);
  expect(devices.find(identityOf(1))).toBeNull();
  await revoked;
  expect((await startApp()).devices).toEqual([]);
  await expect(devices.revoke(id)).rejects.toThrow(reason('not-found'));
  await expect(devices.change(id, { name: 'x' })).rejects.toThrow(reason('not-found'));
});

test('a device expires by itself, however far away that is, and while the app does not run', async () => {
  const devices = await startApp();
  const short = await devices.add('short', identityOf(1));
  const long = await devices.add('long', identityOf(2));
  await devices.change(short.id, { expiresAtMs: clock.nowMs() + 1_000 });
  await devices.change(long.id, { expiresAtMs: clock.nowMs() + 40 * DAY_MS });
  clock.advance(999);
  expect(gone).toEqual([]);
  clock.advance(1);
  expect(gone).toEqual(['short']);
  for (let day = 0; day < 40; day += 1) clock.advance(PAIRED_DEVICES_LIMITS.maxTimerMs);
  expect(gone).toEqual(['short', 'long']);
  const third = await devices.add('third', identityOf(3));
  await devices.change(third.id, { expiresAtMs: clock.nowMs() + DAY_MS, asksUser: false });
  clock.advance(0);
  const later = new FakeClock();
  later.advance(clock.nowMs() - later.nowMs() + DAY_MS);
  clock = later;
  expect((await startApp()).find(identityOf(3))).toBeNull();
});

test('what a device may do is kept with it, over later runs and a new pairing, and told at once', async () => {
  const devices = await startApp();
  const { id } = await devices.add('laptop', identityOf(1));
  expect(devices.find(identityOf(1))?.permissions).toBeNull();
  await devices.change(id, { permissions: new Set(['files-in']) });
  expect(allowed).toEqual([['view', 'files-in']]);
  await devices.change(id, { name: 'tablet' });
  expect(allowed).toHaveLength(1);
  const later = await startApp();
  await later.add('tablet', identityOf(1));
  expect(later.find(identityOf(1))?.permissions).toEqual(new Set(['view', 'files-in']));
  await later.change(id, { permissions: null });
  expect((await startApp()).find(identityOf(1))?.permissions).toBeNull();
});

test('a device that was kept before devices had permissions of their own has none', async () => {
  await (await startApp()).add('laptop', identityOf(1));
  const kept = JSON.parse(new TextDecoder().decode(store.saved.get('paired-devices')));
  delete kept.devices[0].permissions;
  store.saved.set('paired-devices', new TextEncoder().encode(JSON.stringify(kept)));
  expect((await startApp()).find(identityOf(1))).toMatchObject({ name: 'laptop', permissions: null });
});

test('no more than so many devices', async () => {
  const devices = await startApp();
  for (let count = 0; count < PAIRED_DEVICES_LIMITS.devices; count += 1)
    await devices.add(`d${count}`, identityOf(count));
  await expect(devices.add('one more', identityOf(200))).rejects.toThrow(reason('limit-reached'));
});

test('a file that cannot be understood is set aside', async () => {
  store.saved.set('paired-devices', new TextEncoder().encode('{"version":1,"devices":[{"id":"x"}]}'));
  const devices = new PairedDevices({
    store,
    clock,
    log: silentLog,
    onChange: () => undefined,
    onPermissions: () => undefined,
    onGone: () => undefined,
  });
  expect(await devices.load()).toBe('paired-devices.corrupt');
  expect(devices.devices).toEqual([]);
});
