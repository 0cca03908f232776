// Owns the tickets with which viewers come back after a lost connection, without a new question to the host's user.
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { TICKET_ID_BYTES } from '../../shared/crypto/handshake-format.ts';
import { PROOF_KEY_BYTES } from '../../shared/crypto/key-schedule.ts';
import { KEY_BYTES } from '../../shared/crypto/primitives.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { PROOF_KINDS, type ProofKind } from '../../shared/model/password.ts';
import type { SecretStore } from './secret-store.ts';

export const TICKET_LIMITS = {
  tickets: 64,
  /** From the last `touch` on, so from when the connection was lost. */
  lifetimeMs: 10 * 60_000,
  /** A `touch` is written to disk at most this often. */
  saveTouchesEveryMs: 60_000,
  maxNameLength: 128,
} as const;

export interface ResumptionTicket {
  /** 16 random bytes; the relay sees them when the viewer comes back. */
  id: Uint8Array;
  /** 64 bytes: `exportSecret('resumption')` of the session that the ticket continues. */
  secret: Uint8Array;
  viewer: PublicIdentity;
  viewerName: string;
  /** permissionsToBits of what the viewer may do. */
  permissionBits: number;
  /** How it got in the first time. */
  how: ProofKind;
}

/** What a handshake needs of the tickets. */
export interface TicketBook {
  /** A copy of the ticket while it lives, for its taker to zero; null for any other. */
  find(id: Uint8Array): ResumptionTicket | null;
  /** Takes the ticket out; false when it is gone already. */
  use(id: Uint8Array): boolean;
}

export interface ResumptionTicketsOptions {
  store: SecretStore;
  clock: Clock;
  log: Log;
}

const SECRET_NAME = 'resumption-tickets';

const base64Bytes = (sizeBytes: number) =>
  v.pipe(
    v.string(),
    v.maxLength(sizeBytes * 2),
    v.transform((text) => new Uint8Array(Buffer.from(text, 'base64url'))),
    v.check((bytes) => bytes.length === sizeBytes, `expected ${sizeBytes} bytes`),
  );

const storedSchema = v.pipe(
  v.array(
    v.strictObject({
      id: base64Bytes(TICKET_ID_BYTES),
      secret: base64Bytes(PROOF_KEY_BYTES),
      ed25519: base64Bytes(KEY_BYTES),
      x25519: base64Bytes(KEY_BYTES),
      viewerName: v.pipe(v.string(), v.maxLength(TICKET_LIMITS.maxNameLength)),
      permissionBits: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
      how: v.picklist(PROOF_KINDS),
      expiresAtMs: v.pipe(v.number(), v.finite()),
    }),
  ),
  v.maxLength(TICKET_LIMITS.tickets),
);

interface Entry {
  ticket: ResumptionTicket;
  expiresAtMs: number;
}

/**
 * The host's tickets. Kept in memory, saved behind the back of the caller (a save that fails is logged: the tickets then
 * live as long as the app). Over the bound, the one that expires first goes.
 */
export class ResumptionTickets implements TicketBook {
  readonly #options: ResumptionTicketsOptions;
  readonly #entries = new Map<string, Entry>();
  #saving: Promise<void> = Promise.resolve();
  #saveQueued = false;
  #savedAtMs = 0;

  constructor(options: ResumptionTicketsOptions) {
    this.#options = options;
  }

  /** Takes over what an earlier run of the app saved. What cannot be understood is set aside and its path returned. */
  async load(): Promise<string | null> {
    const { store } = this.#options;
    try {
      const bytes = await store.load(SECRET_NAME);
      if (bytes) this.#takeOver(bytes);
      return null;
    } catch (error) {
      if (TarnetError.from(error).reason !== 'malformed') throw error;
      return store.setAside(SECRET_NAME);
    }
  }

  /** A new ticket, good for TICKET_LIMITS.lifetimeMs from now. */
  add(ticket: ResumptionTicket): void {
    this.#dropExpired();
    const viewerName = ticket.viewerName.slice(0, TICKET_LIMITS.maxNameLength);
    this.#entries.set(keyOf(ticket.id), {
      ticket: { ...ticket, secret: ticket.secret.slice(), viewerName },
      expiresAtMs: this.#freshExpiry(),
    });
    if (this.#entries.size > TICKET_LIMITS.tickets) this.#dropFirstToExpire();
    this.#save();
  }

  find(id: Uint8Array): ResumptionTicket | null {
    this.#dropExpired();
    const ticket = this.#entries.get(keyOf(id))?.ticket;
    return ticket ? { ...ticket, secret: ticket.secret.slice() } : null;
  }

  use(id: Uint8Array): boolean {
    this.#dropExpired();
    return this.revoke(id);
  }

  /**
   * The viewer is still connected, or was until now: its ticket lives on from now. One that has run out stays so: a host that
   * has slept for hours would else take the moment of its waking for the one in which the viewer was lost.
   */
  touch(id: Uint8Array): void {
    this.#dropExpired();
    const entry = this.#entries.get(keyOf(id));
    if (!entry) return;
    entry.expiresAtMs = this.#freshExpiry();
    if (this.#options.clock.nowMs() - this.#savedAtMs >= TICKET_LIMITS.saveTouchesEveryMs) this.#save();
  }

  /** The viewer may not come back; false when there is no such ticket. */
  revoke(id: Uint8Array): boolean {
    const entry = this.#entries.get(keyOf(id));
    if (!entry) return false;
    this.#entries.delete(keyOf(id));
    entry.ticket.secret.fill(0);
    this.#save();
    return true;
  }

  /** Those who hold these may do something else when they come back; nothing else about them changes. */
  allowWhere(isMeant: (ticket: ResumptionTicket) => boolean, permissionBits: number): void {
    for (const entry of this.#entries.values())
      if (isMeant(entry.ticket)) entry.ticket = { ...entry.ticket, permissionBits };
    this.#save();
  }

  /** Those who hold these may not come back. */
  revokeWhere(isOver: (ticket: ResumptionTicket) => boolean): void {
    for (const { ticket } of [...this.#entries.values()]) if (isOver(ticket)) this.revoke(ticket.id);
  }

  /** Sharing was stopped: nobody may come back. */
  revokeAll(): void {
    for (const { ticket } of this.#entries.values()) ticket.secret.fill(0);
    this.#entries.clear();
    this.#save();
  }

  /** Resolves when everything so far is on disk, or has failed to get there. */
  async saved(): Promise<void> {
    await this.#saving;
  }

  #takeOver(bytes: Uint8Array): void {
    const parsed = v.safeParse(storedSchema, parseJson(bytes));
    if (!parsed.success) throw TarnetError.malformed(SECRET_NAME, parsed.issues[0].message);
    for (const { id, secret, ed25519, x25519, viewerName, permissionBits, how, expiresAtMs } of parsed.output) {
      const ticket = { id, secret, viewer: { ed25519, x25519 }, viewerName, permissionBits, how };
      // A clock that was set back must not make tickets live longer.
      this.#entries.set(keyOf(id), { ticket, expiresAtMs: Math.min(expiresAtMs, this.#freshExpiry()) });
    }
    this.#dropExpired();
  }

  #freshExpiry(): number {
    return this.#options.clock.nowMs() + TICKET_LIMITS.lifetimeMs;
  }

  #dropExpired(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [key, entry] of this.#entries) if (entry.expiresAtMs <= nowMs) this.#drop(key, entry);
  }

  #dropFirstToExpire(): void {
    const [first] = [...this.#entries].sort(([, a], [, b]) => a.expiresAtMs - b.expiresAtMs);
    if (first) this.#drop(...first);
  }

  #drop(key: string, entry: Entry): void {
    entry.ticket.secret.fill(0);
    this.#entries.delete(key);
  }

  /** At most one save waits: it takes the state of the moment in which it starts. */
  #save(): void {
    this.#savedAtMs = this.#options.clock.nowMs();
    if (this.#saveQueued) return;
    this.#saveQueued = true;
    this.#saving = this.#saving.then(async () => {
      this.#saveQueued = false;
      try {
        await this.#options.store.save(SECRET_NAME, encodeEntries([...this.#entries.values()]));
      } catch (error) {
        this.#options.log.warn('cannot save the tickets', { reason: TarnetError.from(error).reason });
      }
    });
  }
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('base64url');
}

function encodeEntries(entries: readonly Entry[]): Uint8Array {
  const stored = entries.map(({ ticket: { id, secret, viewer, viewerName, permissionBits, how }, expiresAtMs }) => ({
    id: keyOf(id),
    secret: keyOf(secret),
    ed25519: keyOf(viewer.ed25519),
    x25519: keyOf(viewer.x25519),
    viewerName,
    permissionBits,
    how,
    expiresAtMs,
  }));
  return new Uint8Array(Buffer.from(JSON.stringify(stored)));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TarnetError('malformed', 'the saved tickets are no JSON', { field: SECRET_NAME, cause });
  }
}
