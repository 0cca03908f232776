// Owns which host, with which keys, we know at an address: trusted on first use, or paired and then expected by its key.
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { KEY_BYTES, type Primitives } from '../../shared/crypto/primitives.ts';
import { fingerprint, sameIdentity } from '../../shared/crypto/words.ts';
import type { FingerprintWords, PublicIdentity } from '../../shared/model/identity.ts';

export const KNOWN_PEERS_LIMITS = { peers: 512, maxKeyLength: 300, recognised: 256 } as const;

const key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, `expected ${KEY_BYTES} bytes as base64url`));

/** The file's contents. */
export const knownPeersSchema = v.strictObject({
  version: v.literal(1),
  peers: v.pipe(
    v.array(
      v.strictObject({
        /** HOST[:PORT], or the nine digits of a host reached by its ID. */
        place: v.pipe(v.string(), v.minLength(1), v.maxLength(KNOWN_PEERS_LIMITS.maxKeyLength)),
        ed25519: key,
        x25519: key,
        firstSeenMs: v.pipe(v.number(), v.finite()),
        lastSeenMs: v.pipe(v.number(), v.finite()),
        /** We may come in there by our key. */
        paired: v.optional(v.boolean(), false),
        /** What a paired host is recognised by on the LAN. */
        discoveryKey: v.optional(v.nullable(key), null),
      }),
    ),
    v.maxLength(KNOWN_PEERS_LIMITS.peers),
  ),
});
export type KnownPeersFile = v.InferOutput<typeof knownPeersSchema>;

/** What this needs of a JSON file. */
interface KnownPeersStorage {
  read(): Promise<{ value: KnownPeersFile | null; setAside: string | null }>;
  write(value: KnownPeersFile): Promise<void>;
}

/** Another identity than the pinned one: a hard stop, with both fingerprints to show. */
export class IdentityChangedError extends TarnetError {
  readonly pinned: FingerprintWords;
  readonly presented: FingerprintWords;

  /** @param knownAt where else the host that answers is known: then addresses have changed hands, and nobody is posing */
  constructor(place: string, pinned: FingerprintWords, presented: FingerprintWords, knownAt: string | null = null) {
    const moved = knownAt === null ? '' : `, which is known at ${knownAt}`;
    const message = `${place} had the fingerprint "${pinned.join(' ')}" and now has "${presented.join(' ')}"${moved}`;
    super(knownAt === null ? 'identity-changed' : 'other-host', message, { field: 'identity' });
    this.pinned = pinned;
    this.presented = presented;
  }
}

export interface KnownPeersOptions {
  storage: KnownPeersStorage;
  primitives: Primitives;
  clock: Clock;
  /** Somebody was paired, or is not any more. */
  onChange?: () => void;
}

interface Pin {
  identity: PublicIdentity;
  firstSeenMs: number;
  lastSeenMs: number;
  paired: boolean;
  discoveryKey: Uint8Array | null;
}

/** The pins, in memory and in a file. Over the bound, the one that was not seen for longest goes. */
export class KnownPeers {
  readonly #options: KnownPeersOptions;
  readonly #pins = new Map<string, Pin>();
  /** By place: paired hosts that were found there on the LAN since the app started. */
  readonly #recognised = new Map<string, PublicIdentity>();

  constructor(options: KnownPeersOptions) {
    this.#options = options;
  }

  /** Reads the file; the path of one that could not be understood and was set aside, else null. */
  async load(): Promise<string | null> {
    const { value, setAside } = await this.#options.storage.read();
    for (const { place, ed25519, x25519, firstSeenMs, lastSeenMs, paired, discoveryKey } of value?.peers ?? [])
      this.#pins.set(place, {
        identity: { ed25519: toBytes(ed25519), x25519: toBytes(x25519) },
        firstSeenMs,
        lastSeenMs,
        paired,
        discoveryKey: discoveryKey === null ? null : toBytes(discoveryKey),
      });
    return setAside;
  }

  /** The identity that is pinned for a place (HOST[:PORT], or a host's nine digits); null when there is none. */
  find(place: string): PublicIdentity | null {
    return this.#pins.get(place)?.identity ?? null;
  }

  /**
   * The host behind the place has proved this identity: pins it on first sight. Throws IdentityChangedError when another
   * one, in either key, is pinned; the pin stays as it is. The reason is `other-host` when the host that answers is known
   * elsewhere. A host that is known at another place brings along what is known of it.
   * @param expected its user says that it is this very host: the place is its own from now on, as it is for a paired host
   * that was recognised there
   */
  async accept(place: string, identity: PublicIdentity, expected = false): Promise<void> {
    if (place.length === 0 || place.length > KNOWN_PEERS_LIMITS.maxKeyLength)
      throw TarnetError.malformed('place', 'too long', `${KNOWN_PEERS_LIMITS.maxKeyLength} characters`);
    const { primitives, clock } = this.#options;
    const pin = this.#pins.get(place);
    const isOther = pin !== undefined && !sameIdentity(pin.identity, identity);
    const recognised = this.pairedAt(place);
    const isMeant = expected || (recognised !== null && sameIdentity(recognised, identity));
    if (isOther && !isMeant) {
      const words = (one: PublicIdentity) => fingerprint(primitives, one);
      throw new IdentityChangedError(place, words(pin.identity), words(identity), this.#placeOf(identity));
    }
    if (isOther) this.#displace(place, pin);
    const nowMs = clock.nowMs();
    const known = isOther || !pin ? this.#pinOf(identity) : pin;
    const { firstSeenMs = nowMs, paired = false, discoveryKey = null } = known ?? {};
    this.#pins.set(place, { identity, firstSeenMs, lastSeenMs: nowMs, paired, discoveryKey });
    if (this.#pins.size > KNOWN_PEERS_LIMITS.peers) this.#forgetOldest(place);
    await this.#write();
  }

  /** We are paired with this host, wherever it is. Throws `not-found` for one that is not pinned anywhere. */
  async pair(identity: PublicIdentity, discoveryKey: Uint8Array | null): Promise<void> {
    if (!this.#pinOf(identity)) throw new TarnetError('not-found', 'this host is not known', { field: 'identity' });
    this.#changeAll(identity, { paired: true, discoveryKey: discoveryKey?.slice() ?? null });
    await this.#write();
  }

  /** The host does not let us in by our key any more. */
  async unpair(identity: PublicIdentity): Promise<void> {
    this.#changeAll(identity, { paired: false, discoveryKey: null });
    await this.#write();
  }

  /** The paired host that is expected at a place; null when there is none. */
  pairedAt(place: string): PublicIdentity | null {
    const recognised = this.#recognised.get(place);
    if (recognised && this.#pinOf(recognised)?.paired) return recognised;
    const pin = this.#pins.get(place);
    return pin?.paired ? pin.identity : null;
  }

  /**
   * A host was found on the LAN at a place; `isIts` says whether its tag belongs to a discovery key. True when it is one
   * of the paired ones, which is only a hint: nobody has proved anything yet.
   */
  recognise(place: string, isIts: (discoveryKey: Uint8Array) => boolean): boolean {
    const [, pin] = [...this.#pins].find(([, { discoveryKey }]) => discoveryKey !== null && isIts(discoveryKey)) ?? [];
    if (!pin) return false;
    this.#recognised.set(place, pin.identity);
    const [oldest] = this.#recognised.keys();
    if (this.#recognised.size > KNOWN_PEERS_LIMITS.recognised && oldest !== undefined) this.#recognised.delete(oldest);
    return true;
  }

  /** The user says that the device behind the place is another one now; false when nothing is pinned there. */
  async forget(place: string): Promise<boolean> {
    if (!this.#pins.delete(place)) return false;
    await this.#write();
    return true;
  }

  #pinOf(identity: PublicIdentity): Pin | null {
    return [...this.#pins.values()].find((pin) => sameIdentity(pin.identity, identity)) ?? null;
  }

  #placeOf(identity: PublicIdentity): string | null {
    const [place] = [...this.#pins].find(([, pin]) => sameIdentity(pin.identity, identity)) ?? [];
    return place ?? null;
  }

  #changeAll(identity: PublicIdentity, change: Pick<Pin, 'paired' | 'discoveryKey'>): void {
    for (const [place, pin] of this.#pins)
      if (sameIdentity(pin.identity, identity)) this.#pins.set(place, { ...pin, ...change });
  }

  /** Its address is another host's now, but it is not forgotten: no place that anybody could type is its own. */
  #displace(place: string, pin: Pin): void {
    this.#pins.delete(place);
    if (!this.#pinOf(pin.identity)) this.#pins.set(`nowhere ${toText(pin.identity.ed25519)}`, pin);
  }

  #forgetOldest(except: string): void {
    const others = [...this.#pins].filter(([place]) => place !== except);
    const [oldest] = others.sort(([, a], [, b]) => a.lastSeenMs - b.lastSeenMs);
    if (oldest) this.#pins.delete(oldest[0]);
  }

  #write(): Promise<void> {
    const peers = [...this.#pins].map(([place, { identity, firstSeenMs, lastSeenMs, paired, discoveryKey }]) => ({
      place,
      ed25519: toText(identity.ed25519),
      x25519: toText(identity.x25519),
      firstSeenMs,
      lastSeenMs,
      paired,
      discoveryKey: discoveryKey && toText(discoveryKey),
    }));
    this.#options.onChange?.();
    return this.#options.storage.write({ version: 1, peers });
  }
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function toBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
