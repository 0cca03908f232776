// Owns handshakes whose messages go through a hostile relay, with the code and with a ticket.
import { expect } from 'vitest';
import { type AccessGate, type AccessGates, NO_SECOND_FACTOR } from '../../electron/pairing/access-gate.ts';
import { nodePrimitives as primitives } from '../../electron/pairing/node-primitives.ts';
import type { OpaqueRecord } from '../../electron/pairing/opaque-port.ts';
import type { DeviceBook } from '../../electron/pairing/paired-devices.ts';
import type { TicketBook } from '../../electron/pairing/resumption-tickets.ts';
import type { HostHandshake } from '../../electron/session/host-handshake.ts';
import type { ViewerHandshake } from '../../electron/session/viewer-handshake.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import { sameIdentity } from '../../shared/crypto/words.ts';
import { CODE, type HandshakeSite, handshakeSite, type RelayActs, shakeHands } from './handshake-pair.ts';

/** Makes the two sides of one handshake. */
export interface HandshakePair {
  viewer: () => ViewerHandshake;
  host: () => HostHandshake;
}

export interface HostileSite {
  site: HandshakeSite;
  /** Gates that never run out: here the relay is on trial, not the limits. */
  open: AccessGates;
  withCode: HandshakePair;
  /** With the permanent password: OPAQUE takes some 250 ms a time. */
  withPassword: HandshakePair;
  /** Paired; no OPAQUE, so a handshake takes 2 ms. */
  known: HandshakePair;
  /** The same two, coming back with a ticket; no OPAQUE, so a handshake takes 2 ms. */
  resume: HandshakePair;
}

export async function hostileSite(): Promise<HostileSite> {
  const site = await handshakeSite();
  const record = await site.opaque.register('code', CODE);
  const password = await site.opaque.register('password', CODE);
  const free = (record: OpaqueRecord, triesLeft: number | null): AccessGate => ({
    begin: () => ({
      record,
      triesLeft,
      counted: Promise.resolve(),
      succeed: () => undefined,
      fail: () => undefined,
      hold: () => undefined,
      withdraw: () => undefined,
    }),
  });
  const open: AccessGates = {
    code: free(record, 3),
    password: free(password, null),
    secondFactor: NO_SECOND_FACTOR,
  };
  const id = primitives.randomBytes(16);
  const secret = primitives.randomBytes(64);
  const viewer = site.viewerIdentity.publicIdentity;
  const ticket = () => ({
    id,
    secret: secret.slice(),
    viewer,
    viewerName: 'laptop',
    permissionBits: 1,
    how: 'code' as const,
  });
  const tickets: TicketBook = {
    find: (wanted) => (Buffer.compare(wanted, id) === 0 ? ticket() : null),
    use: () => true,
  };
  const host = site.hostIdentity.publicIdentity;
  const credential = { kind: 'ticket', ticketId: id, resumptionSecret: secret, host } as const;
  const devices: DeviceBook = {
    find: (identity) =>
      sameIdentity(identity, viewer)
        ? {
            id: 'd',
            name: 'laptop',
            identity,
            pairedAtMs: 0,
            usedAtMs: null,
            expiresAtMs: null,
            asksUser: false,
            permissions: null,
          }
        : null,
  };
  return {
    site,
    open,
    withCode: { viewer: () => site.viewer(), host: () => site.host({ gates: open }) },
    withPassword: {
      viewer: () => site.viewer({ credential: { kind: 'password', secret: CODE } }),
      host: () => site.host({ gates: open }),
    },
    known: {
      viewer: () => site.viewer({ credential: { kind: 'paired', host } }),
      host: () => site.host({ devices }),
    },
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
