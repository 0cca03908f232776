// Owns the tickets with which viewers come back after a lost connection, without a new question to the host's user.
import * as v from 'valibot';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { TICKET_ID_BYTES } from '../../shared/crypto/handshake-format.ts';
import { PROOF_KEY_BYTES } from '../../shared/crypto/key-schedule.ts';
import { KEY_BYTES } from '../../shared/crypto/primitives.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
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
}

/** What a handshake needs of the tickets. */
export interface TicketBook {
  /** The ticket while it lives; null for any other. */
  find(id: Uint8Array): ResumptionTicket | null;
  /** Takes the ticket out; false when it is gone already. */
  use(id: Uint8Array): boolean;
}
