// Owns the one list of hosts: found on the LAN, saved, recently used; each address once.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { HostEntry } from '../../shared/ipc/state.ts';
import { formatHostAddress } from '../../shared/model/host-address.ts';
import { HOST_LIST_LIMITS, type HostListFile, type KnownHost } from '../../shared/model/host-list.ts';
import { formatHostPlace, isHostId, parseHostPlace } from '../../shared/model/host-place.ts';

export const DIRECTORY_LIMITS = {
  maxFound: 256,
  /** Instances at one address: one machine that answers for many must not fill the list. */
  maxFoundPerAddress: 8,
  ...HOST_LIST_LIMITS,
  /** A host that has not been heard for so long is gone: two queries and a half. */
  foundLifetimeMs: 25_000,
  sweepEveryMs: 5_000,
  /** How often saved and recent hosts are asked whether they are there. */
  checkEveryMs: 20_000,
  maxChecksAtOnce: 4,
} as const;

export interface HostListStorage {
  write(list: HostListFile): Promise<void>;
}

/** A host that was heard on the LAN. */
export interface FoundHost {
  instance: string;
  address: string;
  port: number;
  name: string;
  system: string;
}

export interface HostDirectoryOptions {
  clock: Clock;
  storage: HostListStorage;
  /** Whether a relay answers at HOST[:PORT], or has the host with an ID; null when nobody can say. Never rejects. */
  isReachable(place: string): Promise<boolean | null>;
  /** Whether we are paired with the host that is known at HOST[:PORT]. */
  isPaired(address: string): boolean;
  onChange(hosts: HostEntry[]): void;
}

interface Found extends FoundHost {
  heardAtMs: number;
  /** Heard by multicast DNS, which says itself when a host goes, but not when it dies. */
  pinned: boolean;
}

export class HostDirectory {
  readonly #options: HostDirectoryOptions;
  readonly #found = new Map<string, Found>();
  readonly #known = new Map<string, KnownHost>();
  readonly #reachable = new Map<string, boolean | null>();
  /** What the listener was told last. */
  #told = '';
  #cancelSweep: (() => void) | null = null;
  #cancelCheck: (() => void) | null = null;
  #checking: Promise<void> | null = null;
  #asking: Promise<void> | null = null;

  constructor(options: HostDirectoryOptions) {
    this.#options = options;
  }

  /** Takes over what was saved, then keeps the list fresh until `stop`. */
  start(saved: HostListFile | null): void {
    for (const host of saved?.hosts ?? []) this.#known.set(host.address, host);
    this.#sweep();
    this.check();
    this.#changed();
  }

  stop(): void {
    this.#cancelSweep?.();
    this.#cancelCheck?.();
    this.#cancelSweep = null;
    this.#cancelCheck = null;
  }

  /**
   * Heard on the LAN. When it is not heard again it goes; `pinned` keeps it until `lost` for as long as its relay answers.
   */
  found(host: FoundHost, pinned: boolean): void {
    const before = this.#found.get(host.instance);
    if (!before && !this.#hasRoomFor(host)) return;
    this.#found.set(host.instance, {
      // One host is heard on several addresses: it keeps the first, unless that was loopback's.
      ...(before && !before.address.startsWith('127.') ? before : host),
      port: host.port,
      name: host.name || (before?.name ?? ''),
      system: host.system || (before?.system ?? ''),
      pinned: pinned || (before?.pinned ?? false),
      heardAtMs: this.#options.clock.monotonicMs(),
    });
    this.#changed();
  }

  /** It said that it goes. */
  lost(instance: string): void {
    if (this.#found.delete(instance)) this.#changed();
  }

  /** Keeps a host under this name. Throws `malformed` for an address that is none, `limit-reached` beyond maxSaved. */
  async save(address: string, name: string): Promise<void> {
    const key = formatHostPlace(parseHostPlace(address));
    const before = this.#known.get(key);
    const saved = [...this.#known.values()].filter((host) => host.saved).length;
    if (!before?.saved && saved >= DIRECTORY_LIMITS.maxSaved)
      throw new TarnetError('limit-reached', 'too many saved computers', {
        field: 'hosts',
        limit: `${DIRECTORY_LIMITS.maxSaved}`,
      });
    this.#known.set(key, {
      address: key,
      name: (name.trim() || key).slice(0, DIRECTORY_LIMITS.maxNameLength),
      system: before?.system ?? this.#foundAt(key)?.system ?? '',
      saved: true,
      usedAtMs: before?.usedAtMs ?? null,
    });
    this.#changed();
    this.check();
    await this.#write();
  }

  /** Takes a host out of the saved and recent ones; its address, or null when the key is no such host's. */
  async forget(key: string): Promise<string | null> {
    const address = this.entries().find((entry) => entry.key === key)?.address ?? null;
    if (address === null) return null;
    this.#known.delete(address);
    this.#reachable.delete(address);
    this.#changed();
    await this.#write();
    return address;
  }

  /** We were let in there: it is recent, and this is what it calls itself. Throws `malformed`. */
  async noteConnected(whereTo: string, name: string, system: string): Promise<void> {
    const address = formatHostPlace(parseHostPlace(whereTo));
    const before = this.#known.get(address);
    this.#known.set(address, {
      address,
      name: before?.saved ? before.name : (name || address).slice(0, DIRECTORY_LIMITS.maxNameLength),
      system: system.slice(0, 64),
      saved: before?.saved ?? false,
      usedAtMs: this.#options.clock.nowMs(),
    });
    this.#reachable.set(address, true);
    const recent = [...this.#known.values()].filter((host) => !host.saved);
    const surplus = recent.sort((a, b) => (b.usedAtMs ?? 0) - (a.usedAtMs ?? 0)).slice(DIRECTORY_LIMITS.maxRecent);
    for (const host of surplus) this.#known.delete(host.address);
    this.#changed();
    await this.#write();
  }

  /** Asks saved and recent hosts whether they are there, now and every now and then. */
  check(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = this.#options.clock.after(DIRECTORY_LIMITS.checkEveryMs, () => this.check());
    this.#checking ??= this.#checkAll().finally(() => {
      this.#checking = null;
    });
  }

  /** Somebody was paired, or is not any more. */
  pairingChanged(): void {
    this.#changed();
  }

  /** Resolves when no check is under way. */
  async settled(): Promise<void> {
    await this.#checking;
    await this.#asking;
  }

  /** What is there first, then by name. */
  entries(): HostEntry[] {
    const byAddress = new Map<string, HostEntry>();
    for (const host of this.#known.values())
      byAddress.set(host.address, {
        key: `address:${host.address}`,
        name: host.name,
        address: host.address,
        system: host.system,
        origins: [
          ...(isHostId(host.address) ? (['relay'] as const) : []),
          ...(host.saved ? (['saved'] as const) : []),
          ...(host.usedAtMs === null ? [] : (['recent'] as const)),
        ],
        state: stateOf(this.#reachable.get(host.address)),
        lastSeenMs: host.usedAtMs,
        paired: this.#options.isPaired(host.address),
      });
    for (const host of this.#found.values()) {
      const address = addressOf(host);
      const entry = byAddress.get(address);
      byAddress.set(address, {
        key: entry?.key ?? `lan:${host.instance}`,
        name: entry?.name || host.name || `TARNet-${host.instance}`,
        address,
        system: host.system || entry?.system || '',
        origins: ['lan', ...(entry?.origins.filter((origin) => origin !== 'lan') ?? [])],
        state: 'online',
        lastSeenMs: entry?.lastSeenMs ?? null,
        paired: this.#options.isPaired(address),
      });
    }
    const rank = (entry: HostEntry) => (entry.state === 'online' ? 0 : 1);
    return [...byAddress.values()].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  }

  async #checkAll(): Promise<void> {
    const waiting = [...this.#known.keys()];
    const worker = async () => {
      for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
        const reachable = await this.#options.isReachable(address);
        if (this.#reachable.get(address) === reachable || !this.#known.has(address)) continue;
        this.#reachable.set(address, reachable);
        this.#changed();
      }
    };
    await Promise.all(Array.from({ length: DIRECTORY_LIMITS.maxChecksAtOnce }, worker));
  }

  #sweep(): void {
    this.#cancelSweep = this.#options.clock.after(DIRECTORY_LIMITS.sweepEveryMs, () => this.#sweep());
    const oldest = this.#options.clock.monotonicMs() - DIRECTORY_LIMITS.foundLifetimeMs;
    const silent = [...this.#found.values()].filter((host) => host.heardAtMs < oldest);
    for (const { instance, pinned } of silent) if (!pinned) this.#found.delete(instance);
    this.#changed();
    this.#asking ??= this.#askSilent(silent.filter(({ pinned }) => pinned)).finally(() => {
      this.#asking = null;
    });
  }

  /** A host that was killed has not said that it goes. */
  async #askSilent(hosts: Found[]): Promise<void> {
    const waiting = [...hosts];
    const worker = async () => {
      for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) {
        const reachable = await this.#options.isReachable(addressOf(host));
        // Heard of meanwhile, under this name or no more.
        if (this.#found.get(host.instance) !== host) continue;
        if (reachable === true) host.heardAtMs = this.#options.clock.monotonicMs();
        else this.lost(host.instance);
      }
    };
    await Promise.all(Array.from({ length: DIRECTORY_LIMITS.maxChecksAtOnce }, worker));
  }

  #hasRoomFor({ address }: FoundHost): boolean {
    if (this.#found.size >= DIRECTORY_LIMITS.maxFound) return false;
    const there = [...this.#found.values()].filter((host) => host.address === address);
    return there.length < DIRECTORY_LIMITS.maxFoundPerAddress;
  }

  #foundAt(address: string): Found | undefined {
    return [...this.#found.values()].find((host) => addressOf(host) === address);
  }

  /** Hosts are heard again and again; whoever shows the list wants to know only what is new. */
  #changed(): void {
    const entries = this.entries();
    const text = JSON.stringify(entries);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.onChange(entries);
  }

  #write(): Promise<void> {
    return this.#options.storage.write({ version: 1, hosts: [...this.#known.values()] });
  }
}

function addressOf({ address, port }: FoundHost): string {
  return formatHostAddress({ host: address, port });
}

function stateOf(reachable: boolean | null | undefined): HostEntry['state'] {
  if (reachable === undefined || reachable === null) return 'unknown';
  return reachable ? 'online' : 'offline';
}
