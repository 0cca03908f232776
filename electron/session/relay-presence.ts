// Owns asking the user's relays which known hosts are there: all hosts at once, and only hosts whose keys are known.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import type { RelayAccount } from '../../shared/model/relay-address.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import { CONTROL_LIMITS, PRESENCE_CONTEXT } from '../../shared/wire/control.ts';
import { askPresence } from '../transport/relay-client.ts';

export const PRESENCE_LIMITS = {
  /** Questions of this long go out as one. */
  gatherMs: 50,
} as const;

export interface RelayPresenceOptions {
  open: OpenTransport;
  clock: Clock;
  log: Log;
  primitives: Pick<Primitives, 'sha256'>;
  relays(): readonly RelayAccount[];
  /** The raw Ed25519 key of the host with this ID; null when this computer has never been in a session with it. */
  keyOf(hostId: string): Uint8Array | null;
}

export class RelayPresence {
  readonly #options: RelayPresenceOptions;
  #asking: { ids: Set<string>; answer: Promise<ReadonlyMap<string, boolean>> } | null = null;

  constructor(options: RelayPresenceOptions) {
    this.#options = options;
  }

  /** Whether the host with this ID is at one of the relays; null when that cannot be known. Never rejects. */
  async isOnline(hostId: string): Promise<boolean | null> {
    if (this.#options.keyOf(hostId) === null || this.#options.relays().length === 0) return null;
    this.#asking ??= this.#gather();
    this.#asking.ids.add(hostId);
    return (await this.#asking.answer).get(hostId) ?? null;
  }

  #gather(): { ids: Set<string>; answer: Promise<ReadonlyMap<string, boolean>> } {
    const ids = new Set<string>();
    const answer = new Promise<void>((resolve) => this.#options.clock.after(PRESENCE_LIMITS.gatherMs, resolve)).then(
      () => {
        this.#asking = null;
        return this.#ask([...ids]);
      },
    );
    return { ids, answer };
  }

  /** A host that no relay has is offline if all relays answered, else unknown. */
  async #ask(ids: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
    const byKey = new Map(
      ids.flatMap((id) => {
        const key = this.#options.keyOf(id);
        return key ? [[hex(this.#presenceKey(key)), id] as const] : [];
      }),
    );
    const answers = await Promise.all(this.#options.relays().map((relay) => this.#askRelay(relay, [...byKey.keys()])));
    const present = new Set(answers.flatMap((keys) => keys ?? []).flatMap((key) => byKey.get(hex(key)) ?? []));
    const allAnswered = answers.every((keys) => keys !== null);
    return new Map(ids.flatMap((id) => (present.has(id) || allAnswered ? [[id, present.has(id)] as const] : [])));
  }

  async #askRelay({ url, token }: RelayAccount, keys: readonly string[]): Promise<Uint8Array[] | null> {
    const { open, clock, log } = this.#options;
    const access = { url, open, clock, ...(token === '' ? {} : { token }) };
    try {
      const found: Uint8Array[] = [];
      for (let at = 0; at < keys.length; at += CONTROL_LIMITS.presenceKeys) {
        const some = keys.slice(at, at + CONTROL_LIMITS.presenceKeys);
        found.push(
          ...(await askPresence(
            access,
            some.map((key) => new Uint8Array(Buffer.from(key, 'hex'))),
          )),
        );
      }
      return found;
    } catch (error) {
      log.debug('presence could not be asked for', { reason: TarnetError.from(error).reason });
      return null;
    }
  }

  #presenceKey(ed25519: Uint8Array): Uint8Array {
    return this.#options.primitives.sha256(Buffer.concat([Buffer.from(`${PRESENCE_CONTEXT}\0`), ed25519]));
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
