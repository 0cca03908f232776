// Owns handshakes whose messages go through a hostile relay, with the code and with a ticket.
import { expect } from 'vitest';
import type { AccessGate } from '../../electron/pairing/access-gate.ts';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import type { TicketBook } from '../../electron/pairing/resumption-tickets.ts';
import type { HostHandshake } from '../../electron/session/host-handshake.ts';
import type { ViewerHandshake } from '../../electron/session/viewer-handshake.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { CODE, type HandshakeSite, handshakeSite, type RelayActs, shakeHands } from './handshake-pair.ts';

/** Makes the two sides of one handshake. */
export interface HandshakePair {
  viewer: () => ViewerHandshake;
  host: () => HostHandshake;
}

export interface HostileSite {
  site: HandshakeSite;
  /** A gate that never runs out: here the relay is on trial, not the limits. */
  open: AccessGate;
  withCode: HandshakePair;
  /** The same two, coming back with a ticket; no OPAQUE, so a handshake takes 2 ms. */
  resume: HandshakePair;
}

export async function hostileSite(): Promise<HostileSite> {
  const site = await handshakeSite();
  const record = await site.opaque.register(CODE);
  const open: AccessGate = {
    begin: () => ({ record, triesLeft: 3, succeed: () => undefined, fail: () => undefined }),
  };
  const id = primitives.randomBytes(16);
  const secret = primitives.randomBytes(64);
  const viewer = site.viewerIdentity.publicIdentity;
  const ticket = () => ({ id, secret: secret.slice(), viewer, viewerName: 'laptop', permissionBits: 1 });
  const tickets: TicketBook = {
    find: (wanted) => (Buffer.compare(wanted, id) === 0 ? ticket() : null),
    use: () => true,
  };
  const host = site.hostIdentity.publicIdentity;
  const credential = { kind: 'ticket', ticketId: id, resumptionSecret: secret, host } as const;
  return {
    site,
    open,
    withCode: { viewer: () => site.viewer(), host: () => site.host({ gate: open }) },
    resume: { viewer: () => site.viewer({ credential }), host: () => site.host({ tickets }) },
  };
}

/** Runs a handshake through the relay: the error that ended it, null if there was none. The viewer never gets in. */
export async function outcome(pair: HandshakePair, relay: RelayActs): Promise<TarnetError | null> {
  const viewer = pair.viewer();
  const host = pair.host();
  const error = await shakeHands(viewer, host, relay).then(
    () => null,
    (thrown: unknown) => TarnetError.from(thrown),
  );
  expect(viewer.phase).not.toBe('done');
  host.close();
  return error;
}
