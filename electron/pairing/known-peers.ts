// Owns trust on first use: which host, with which keys, was behind an address when we first got in.
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { KEY_BYTES, type Primitives } from '../../shared/crypto/primitives.ts';
import { fingerprint, sameIdentity } from '../../shared/crypto/words.ts';
import type { FingerprintWords, PublicIdentity } from '../../shared/model/identity.ts';

export const KNOWN_PEERS_LIMITS = { peers: 512, maxKeyLength: 300 } as const;

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

  constructor(place: string, pinned: FingerprintWords, presented: FingerprintWords) {
    const message = `${place} had the fingerprint "${pinned.join(' ')}" and now has "${presented.join(' ')}"`;
    super('identity-changed', message, { field: 'identity' });
    this.pinned = pinned;
    this.presented = presented;
  }
}

export interface KnownPeersOptions {
  storage: KnownPeersStorage;
  primitives: Primitives;
  clock: Clock;
}

interface Pin {
  identity: PublicIdentity;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** The pins, in memory and in a file. Over the bound, the one that was not seen for longest goes. */
export class KnownPeers {
  readonly #options: KnownPeersOptions;
  readonly #pins = new Map<string, Pin>();

  constructor(options: KnownPeersOptions) {
    this.#options = options;
  }

  /** Reads the file; the path of one that could not be understood and was set aside, else null. */
  async load(): Promise<string | null> {
    const { value, setAside } = await this.#options.storage.read();
    for (const { place, ed25519, x25519, firstSeenMs, lastSeenMs } of value?.peers ?? [])
      this.#pins.set(place, {
        identity: { ed25519: toBytes(ed25519), x25519: toBytes(x25519) },
        firstSeenMs,
        lastSeenMs,
      });
    return setAside;
  }

  /** The identity that is pinned for a place (HOST[:PORT], or a host's nine digits); null when there is none. */
  find(place: string): PublicIdentity | null {
    return this.#pins.get(place)?.identity ?? null;
  }

  /**
   * The host behind the place has proved this identity: pins it on first sight. Throws IdentityChangedError when another
   * one, in either key, is pinned; the pin stays as it is.
   */
  async accept(place: string, identity: PublicIdentity): Promise<void> {
    if (place.length === 0 || place.length > KNOWN_PEERS_LIMITS.maxKeyLength)
      throw TarnetError.malformed('place', 'too long', `${KNOWN_PEERS_LIMITS.maxKeyLength} characters`);
    const { primitives, clock } = this.#options;
    const pin = this.#pins.get(place);
    if (pin && !sameIdentity(pin.identity, identity))
      throw new IdentityChangedError(place, fingerprint(primitives, pin.identity), fingerprint(primitives, identity));
    const nowMs = clock.nowMs();
    this.#pins.set(place, { identity, firstSeenMs: pin?.firstSeenMs ?? nowMs, lastSeenMs: nowMs });
    if (this.#pins.size > KNOWN_PEERS_LIMITS.peers) this.#forgetOldest(place);
    await this.#write();
  }

  /** The user says that the device behind the place is another one now; false when nothing is pinned there. */
  async forget(place: string): Promise<boolean> {
    if (!this.#pins.delete(place)) return false;
    await this.#write();
    return true;
  }

  #forgetOldest(except: string): void {
    const others = [...this.#pins].filter(([place]) => place !== except);
    const [oldest] = others.sort(([, a], [, b]) => a.lastSeenMs - b.lastSeenMs);
    if (oldest) this.#pins.delete(oldest[0]);
  }

  #write(): Promise<void> {
    const peers = [...this.#pins].map(([place, { identity, firstSeenMs, lastSeenMs }]) => ({
      place,
      ed25519: toText(identity.ed25519),
      x25519: toText(identity.x25519),
      firstSeenMs,
      lastSeenMs,
    }));
    return this.#options.storage.write({ version: 1, peers });
  }
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function toBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
