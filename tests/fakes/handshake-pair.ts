// Owns a viewer and a host that shake hands over whatever a test puts between them, on the real cryptography.
import { AccessCode } from '../../electron/pairing/access-code.ts';
import { type AccessGates, NO_CODE, NO_SECOND_FACTOR } from '../../electron/pairing/access-gate.ts';
import type { Identity } from '../../electron/pairing/identity.ts';
import { nodePrimitives } from '../../electron/pairing/node-primitives.ts';
import type { OpaquePort } from '../../electron/pairing/opaque-port.ts';
import { NO_DEVICES } from '../../electron/pairing/paired-devices.ts';
import type { TicketBook } from '../../electron/pairing/resumption-tickets.ts';
import { HostHandshake, type HostHandshakeOptions } from '../../electron/session/host-handshake.ts';
import { ViewerHandshake, type ViewerHandshakeOptions } from '../../electron/session/viewer-handshake.ts';
import { silentLog } from '../../shared/base/log.ts';
import { hostIdOf } from '../../shared/crypto/host-id.ts';
import { fingerprint } from '../../shared/crypto/words.ts';
import { deferred } from './deferred.ts';
import { FakeClock } from './fake-clock.ts';
import { inProcessOpaque } from './in-process-opaque.ts';

export const CODE = '314159265';
export const HELLO = new TextEncoder().encode('hello');
export const GRANT = new TextEncoder().encode('grant');

export const NO_TICKETS: TicketBook = { find: () => null, use: () => false };

export function newIdentity(): Identity {
  const ed25519 = nodePrimitives.ed25519KeyPair();
  const x25519 = nodePrimitives.x25519KeyPair();
  const publicIdentity = { ed25519: ed25519.publicKey, x25519: x25519.publicKey };
  return {
    publicIdentity,
    sign: nodePrimitives.signer(ed25519.privateKey),
    agree: (publicKey) => nodePrimitives.x25519(x25519.privateKey, publicKey),
    hostId: hostIdOf(nodePrimitives, publicIdentity.ed25519),
    fingerprint: fingerprint(nodePrimitives, publicIdentity),
    discoveryKey: nodePrimitives.randomBytes(32),
  };
}

export interface HandshakeSite {
  opaque: OpaquePort;
  clock: FakeClock;
  hostIdentity: Identity;
  viewerIdentity: Identity;
  code: AccessCode;
  host(options?: Partial<HostHandshakeOptions>): HostHandshake;
  viewer(options?: Partial<ViewerHandshakeOptions>): ViewerHandshake;
}

/** A host that shows CODE, and as many handshakes on either side as a test wants. */
export async function handshakeSite(codes: readonly string[] = [CODE]): Promise<HandshakeSite> {
  const opaque = inProcessOpaque();
  const clock = new FakeClock();
  const hostIdentity = newIdentity();
  const viewerIdentity = newIdentity();
  const { hostId } = hostIdentity;
  const primitives = nodePrimitives;
  const queue = [...codes];
  const ready = deferred<void>();
  const code = new AccessCode({
    opaque,
    clock,
    log: silentLog,
    hostId,
    randomCode: () => queue.shift() ?? '271828182',
    onChange: () => code.state.code && ready.resolve(undefined),
  });
  code.start();
  await ready.promise;
  const gates: AccessGates = { code, password: NO_CODE, secondFactor: NO_SECOND_FACTOR };
  return {
    opaque,
    clock,
    hostIdentity,
    viewerIdentity,
    code,
    host: (options) =>
      new HostHandshake({
        primitives,
        opaque,
        identity: hostIdentity,
        hostId,
        gates,
        tickets: NO_TICKETS,
        devices: NO_DEVICES,
        ...options,
      }),
    viewer: (options) =>
      new ViewerHandshake({
        primitives,
        opaque,
        identity: viewerIdentity,
        hostId,
        credential: { kind: 'code', secret: CODE },
        hello: HELLO,
        acceptHost: () => undefined,
        ...options,
      }),
  };
}

/** What a relay does with each handshake message; the honest one hands on what it gets. */
export interface RelayActs {
  hs1?(message: Uint8Array): Uint8Array;
  hs2?(message: Uint8Array): Uint8Array;
  hs3?(message: Uint8Array): Uint8Array;
  hs4?(message: Uint8Array): Uint8Array;
}

const handOn = (message: Uint8Array): Uint8Array => message;

/** Runs HS1 to HS4 through the relay. Rejects with whichever side's error comes first. */
export async function shakeHands(viewer: ViewerHandshake, host: HostHandshake, relay: RelayActs = {}) {
  const { hs1 = handOn, hs2 = handOn, hs3 = handOn, hs4 = handOn } = relay;
  const reply = await host.receive(hs1(await viewer.start()));
  if (reply.kind !== 'reply') throw new Error('expected HS2');
  const proof = await viewer.receive(hs2(reply.message));
  if (proof.kind !== 'proof') throw new Error('expected HS3');
  const request = await host.receive(hs3(proof.message));
  if (request.kind !== 'proof') throw new Error('expected a proof');
  const hosted = host.grant(GRANT);
  const granted = await viewer.receive(hs4(hosted.message));
  if (granted.kind !== 'granted') throw new Error('expected the grant');
  return { request, proof, hosted, granted };
}
