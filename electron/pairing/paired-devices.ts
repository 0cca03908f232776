// Owns the devices that may come into this machine by their key: who they are, until when, and whether anybody is asked.
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { KEY_BYTES } from '../../shared/crypto/primitives.ts';
import { sameIdentity } from '../../shared/crypto/words.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { PERMISSIONS, type Permissions, VIEW_ONLY } from '../../shared/model/permissions.ts';
import type { SecretStore } from './secret-store.ts';
import { StoredState } from './stored-state.ts';

export const PAIRED_DEVICES_LIMITS = {
  devices: 128,
  maxNameLength: 128,
  /** Timers are 32 bits wide: a device that expires later is looked at again by then. */
  maxTimerMs: 24 * 60 * 60_000,
} as const;

const SECRET_NAME = 'paired-devices';

const name = v.pipe(v.string(), v.maxLength(PAIRED_DEVICES_LIMITS.maxNameLength));
const key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, `expected ${KEY_BYTES} bytes as base64url`));
const permissionList = v.pipe(v.array(v.picklist(PERMISSIONS)), v.maxLength(PERMISSIONS.length));
const timeMs = v.pipe(v.number(), v.finite());

/** The file's contents. */
export const devicesFileSchema = v.strictObject({
  version: v.literal(1),
  devices: v.pipe(
    v.array(
      v.strictObject({
        id: v.pipe(v.string(), v.uuid()),
        name,
        ed25519: key,
        x25519: key,
        pairedAtMs: timeMs,
        usedAtMs: v.nullable(timeMs),
        expiresAtMs: v.nullable(timeMs),
        asksUser: v.boolean(),
        permissions: v.optional(v.nullable(permissionList), null),
      }),
    ),
    v.maxLength(PAIRED_DEVICES_LIMITS.devices),
  ),
});

export type DevicesFile = v.InferOutput<typeof devicesFileSchema>;

/** In place of all that are kept: before anything is loaded. */
export async function saveDevicesFile(store: SecretStore, file: DevicesFile): Promise<void> {
  await new StoredState(store, SECRET_NAME, devicesFileSchema).save(file);
}

export interface PairedDevice {
  readonly id: string;
  readonly name: string;
  readonly identity: PublicIdentity;
  readonly pairedAtMs: number;
  /** When it last came in; null = never. */
  readonly usedAtMs: number | null;
  /** Null = never. */
  readonly expiresAtMs: number | null;
  /** The host's user is asked while they are there. */
  readonly asksUser: boolean;
  /** What it may do, to see always among it; null: as the settings say. */
  readonly permissions: Permissions | null;
}

export type DeviceChange = Partial<Pick<PairedDevice, 'name' | 'expiresAtMs' | 'asksUser' | 'permissions'>>;

/** What a handshake needs of the devices. */
export interface DeviceBook {
  /** The device with both these keys while it may come in; null for any other. */
  find(identity: PublicIdentity): PairedDevice | null;
}

/** In place of devices where nothing is ever paired. */
export const NO_DEVICES: DeviceBook = { find: () => null };

export interface PairedDevicesOptions {
  store: SecretStore;
  clock: Clock;
  log: Log;
  onChange(devices: readonly PairedDevice[]): void;
  /** It may do something else now. */
  onPermissions(device: PairedDevice): void;
  /** It may not come in any more: its sessions end now. */
  onGone(device: PairedDevice): void;
}

export class PairedDevices implements DeviceBook {
  readonly #options: PairedDevicesOptions;
  readonly #file: StoredState<DevicesFile>;
  #devices: readonly PairedDevice[] = [];
  #cancelTimer: () => void = () => undefined;

  constructor(options: PairedDevicesOptions) {
    this.#options = options;
    this.#file = new StoredState(options.store, SECRET_NAME, devicesFileSchema);
  }

  get devices(): readonly PairedDevice[] {
    return this.#devices;
  }

  /** As they are kept. */
  get file(): DevicesFile {
    const devices = this.#devices.map(({ identity, permissions, ...device }) => ({
      ...device,
      permissions: permissions && [...permissions],
      ed25519: toText(identity.ed25519),
      x25519: toText(identity.x25519),
    }));
    return { version: 1, devices };
  }

  /** Reads what is kept. What cannot be understood is set aside and its path returned. */
  async load(): Promise<string | null> {
    const { value, setAside } = await this.#file.load();
    const loaded = (value?.devices ?? []).map(({ ed25519, x25519, permissions, ...device }) => ({
      ...device,
      permissions: permissions && new Set(permissions),
      identity: { ed25519: toBytes(ed25519), x25519: toBytes(x25519) },
    }));
    // Whoever was paired while the file was being read is in already.
    const added = this.#devices.filter(({ identity }) => !loaded.some((one) => sameIdentity(one.identity, identity)));
    this.#devices = [...loaded, ...added];
    this.#dropExpired();
    this.#options.onChange(this.#devices);
    return setAside;
  }

  find(identity: PublicIdentity): PairedDevice | null {
    this.#dropExpired();
    return this.#devices.find((device) => sameIdentity(device.identity, identity)) ?? null;
  }

  /** Pairs a device; one that is paired already is paired anew, under its new name. Throws `limit-reached`. */
  async add(deviceName: string, identity: PublicIdentity): Promise<PairedDevice> {
    const before = this.find(identity);
    if (!before && this.#devices.length >= PAIRED_DEVICES_LIMITS.devices)
      throw new TarnetError('limit-reached', 'too many paired devices', { limit: `${PAIRED_DEVICES_LIMITS.devices}` });
    const device: PairedDevice = {
      id: before?.id ?? randomUUID(),
      name: deviceName.trim().slice(0, PAIRED_DEVICES_LIMITS.maxNameLength),
      identity,
      pairedAtMs: this.#options.clock.nowMs(),
      usedAtMs: before?.usedAtMs ?? null,
      expiresAtMs: null,
      asksUser: before?.asksUser ?? true,
      permissions: before?.permissions ?? null,
    };
    await this.#replace(before?.id ?? null, device);
    return device;
  }

  /** Changes name, expiry, whether anybody is asked, or what it may do. Throws `not-found`. */
  async change(id: string, { permissions, ...change }: DeviceChange): Promise<void> {
    const changed: PairedDevice = {
      ...this.#find(id),
      ...change,
      ...(permissions === undefined ? {} : { permissions: permissions && new Set([...VIEW_ONLY, ...permissions]) }),
    };
    const saved = this.#replace(id, changed);
    if (permissions !== undefined) this.#options.onPermissions(changed);
    await saved;
    this.#dropExpired();
  }

  /** The device has come in. */
  used(id: string): void {
    const device = this.#devices.find((one) => one.id === id);
    if (!device) return;
    this.#replace(id, { ...device, usedAtMs: this.#options.clock.nowMs() }).catch((error: unknown) =>
      this.#options.log.warn('cannot save the paired devices', { reason: TarnetError.from(error).reason }),
    );
  }

  /** The device may not come in any more, and what it has open ends, also when the disk fails. Throws `not-found`. */
  async revoke(id: string): Promise<void> {
    const device = this.#find(id);
    this.#devices = this.#devices.filter((one) => one !== device);
    this.#options.onGone(device);
    await this.#changed();
  }

  #find(id: string): PairedDevice {
    const device = this.#devices.find((one) => one.id === id);
    if (!device) throw new TarnetError('not-found', 'this device is not paired', { field: 'id' });
    return device;
  }

  #replace(id: string | null, device: PairedDevice): Promise<void> {
    const at = this.#devices.findIndex((one) => one.id === id);
    this.#devices = at < 0 ? [...this.#devices, device] : this.#devices.with(at, device);
    return this.#changed();
  }

  #dropExpired(): void {
    const nowMs = this.#options.clock.nowMs();
    const isOver = ({ expiresAtMs }: PairedDevice) => expiresAtMs !== null && expiresAtMs <= nowMs;
    const over = this.#devices.filter(isOver);
    this.#scheduleExpiry(nowMs);
    if (over.length === 0) return;
    this.#devices = this.#devices.filter((device) => !isOver(device));
    for (const device of over) this.#options.onGone(device);
    this.#changed().catch((error: unknown) =>
      this.#options.log.warn('cannot save the paired devices', { reason: TarnetError.from(error).reason }),
    );
  }

  #scheduleExpiry(nowMs: number): void {
    this.#cancelTimer();
    const left = this.#devices.flatMap(({ expiresAtMs }) =>
      expiresAtMs !== null && expiresAtMs > nowMs ? [expiresAtMs - nowMs] : [],
    );
    if (left.length === 0) return;
    const nextMs = Math.min(...left, PAIRED_DEVICES_LIMITS.maxTimerMs);
    this.#cancelTimer = this.#options.clock.after(nextMs, () => this.#dropExpired());
  }

  async #changed(): Promise<void> {
    this.#options.onChange(this.#devices);
    await this.#file.save(this.file);
  }
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function toBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
