// Owns what viewers are granted, and the tickets with which they come back to it.

import { TICKET_ID_BYTES } from '../../shared/crypto/handshake-format.ts';
import { sameBytes } from '../../shared/crypto/labels.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import { type Permissions, permissionsToBits } from '../../shared/model/permissions.ts';
import type { SharedSource } from '../../shared/wire/messages/display-list.ts';
import { grantMessage } from '../../shared/wire/messages/grant.ts';
import { PROTOCOL_VERSION } from '../../shared/wire/version.ts';
import { type ResumptionTicket, TICKET_LIMITS, type TicketBook } from '../pairing/resumption-tickets.ts';
import type { Admission } from './host-door.ts';
import type { HostGranted } from './host-handshake.ts';
import type { HostSession } from './host-session.ts';

/** What the room needs of the tickets. */
export interface TicketStore extends TicketBook {
  add(ticket: ResumptionTicket): void;
  touch(id: Uint8Array): void;
  revoke(id: Uint8Array): boolean;
  /** Those who hold these may do something else when they come back. */
  allowWhere(isMeant: (ticket: ResumptionTicket) => boolean, permissionBits: number): void;
  revokeWhere(isOver: (ticket: ResumptionTicket) => boolean): void;
  revokeAll(): void;
}

/** What HS4 says besides the ticket. */
export interface GrantTerms {
  name: string;
  system: string;
  permissions: Permissions;
  sources: SharedSource[];
  selectedId: string | null;
}

/** A session's tickets: the newest, and the one that it came back with until the newest is known to have arrived. */
interface Held {
  newest: Uint8Array;
  usedUp: Uint8Array | null;
}

/**
 * A ticket is good until the viewer has shown, by its first record, that it holds the next one: HS4 may be lost on the
 * very link that the viewer is coming back over, and must not cost it the session. Whoever shows a ticket again without
 * its secret gets no further than HS2.
 */
export class HostGrants implements TicketBook {
  readonly #tickets: TicketStore;
  readonly #primitives: Primitives;
  readonly #held = new Map<string, Held>();

  constructor(tickets: TicketStore, primitives: Primitives) {
    this.#tickets = tickets;
    this.#primitives = primitives;
  }

  find(id: Uint8Array): ResumptionTicket | null {
    return this.#tickets.find(id);
  }

  use(id: Uint8Array): boolean {
    return this.#tickets.find(id) !== null;
  }

  /** Makes HS4 and the channel, and the session's next ticket. Throws when the handshake is over. */
  grant(session: HostSession, admission: Admission, terms: GrantTerms): HostGranted {
    const { permissions, ...visible } = terms;
    const id = this.#primitives.randomBytes(TICKET_ID_BYTES);
    const permissionBits = permissionsToBits(permissions);
    const granted = admission.grant(
      grantMessage.encode({
        protocolVersion: PROTOCOL_VERSION,
        ...visible,
        permissionBits,
        ticketId: id.slice(),
        ticketLifetimeMs: TICKET_LIMITS.lifetimeMs,
      }),
    );
    const { viewer, description, ticket } = admission;
    const secret = granted.exportSecret('resumption');
    this.#tickets.add({ id, secret, viewer, viewerName: description.hello.name, permissionBits, how: description.how });
    const held = this.#held.get(session.id);
    for (const old of [held?.newest, held?.usedUp])
      if (old && !(ticket && sameBytes(old, ticket.id))) this.#tickets.revoke(old);
    this.#held.set(session.id, { newest: id, usedUp: ticket?.id ?? null });
    return granted;
  }

  /** The viewer has got its grant, and the ticket in it. */
  confirmed(session: HostSession): void {
    const held = this.#held.get(session.id);
    if (!held?.usedUp) return;
    this.#tickets.revoke(held.usedUp);
    held.usedUp = null;
  }

  /** The viewer may do something else from now on, also when it comes back. */
  changed(session: HostSession): void {
    const held = this.#held.get(session.id);
    for (const id of [held?.newest, held?.usedUp]) {
      const ticket = id && this.#tickets.find(id);
      if (ticket) this.#tickets.add({ ...ticket, permissionBits: permissionsToBits(session.permissions) });
    }
  }

  /** The viewer is there, or was until now. */
  touch(session: HostSession): void {
    const held = this.#held.get(session.id);
    for (const id of [held?.newest, held?.usedUp]) if (id) this.#tickets.touch(id);
  }

  /** The viewer may not come back. */
  revoke(session: HostSession): void {
    const held = this.#held.get(session.id);
    this.#held.delete(session.id);
    for (const id of [held?.newest, held?.usedUp]) if (id) this.#tickets.revoke(id);
  }

  /** The session that a ticket belongs to; null when it comes from an earlier run of the app. */
  sessionIdOf(ticketId: Uint8Array): string | null {
    for (const [sessionId, { newest, usedUp }] of this.#held)
      if (sameBytes(newest, ticketId) || (usedUp && sameBytes(usedUp, ticketId))) return sessionId;
    return null;
  }
}
