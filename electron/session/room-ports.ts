// Owns what a room needs of the parts around it, and what it tells them.
import type { Clock } from '../../shared/base/clock.ts';
import type { ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { Introducer } from '../../shared/crypto/introduction.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import type { ViewerSummary } from '../../shared/ipc/state.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import type { PictureSource } from '../capture/picture-source.ts';
import type { AccessGates } from '../pairing/access-gate.ts';
import type { Identity } from '../pairing/identity.ts';
import type { OpaquePort } from '../pairing/opaque-port.ts';
import type { ConsentPort } from './consent.ts';
import type { TicketStore } from './host-grants.ts';
import type { PairingBook } from './host-pairing.ts';
import type { RelayStanding } from './host-registrations.ts';

/** Where viewers' input goes: the input gate. */
export interface InputSink {
  admit(viewerId: string, permissions: Permissions): void;
  /** Whether the event was let through. */
  accept(viewerId: string, event: InputEvent): boolean;
  /** Tells, once, when carrying out what was let through so far began (since the Unix epoch), as soon as it is done. */
  whenInjected(tell: (begunAtMs: number) => void): void;
  /** Lets go of everything that the viewer holds down. */
  release(viewerId: string): void;
  dismiss(viewerId: string): void;
}

/** Sharing was stopped by its user, or the app is ended by the system and may be back soon. */
export type ClosingKind = 'stopped' | 'restarting';

/** For the log: who came and went, and why. */
export interface RoomActivity {
  kind: 'admitted' | 'resumed' | 'permissions' | 'refused' | 'dropped' | 'left';
  address: string;
  /** Null for somebody who was not let in. */
  viewer: ViewerSummary | null;
  /** Who it was, once it has proved that; null before. */
  who: { name: string; system: string; fingerprint: string[] } | null;
  reason: ErrorReason | null;
}

export interface HostRoomEvents {
  onViewers(viewers: ViewerSummary[]): void;
  /** Where the shown source is now. */
  onSource(source: CaptureSource): void;
  /** A viewer chose another of the sources that it was offered. */
  onSourceSelected(sourceId: string): void;
  onPictureProblem(error: TarnetError | null): void;
  /** The relay is there (null), or is gone, and why; the room is opened again by itself. */
  onOnline(problem: TarnetError | null): void;
  /** How the relays in other networks stand. */
  onStandings(standings: RelayStanding[]): void;
  onActivity(activity: RoomActivity): void;
}

export interface HostRoomOptions {
  primitives: Primitives;
  opaque: OpaquePort;
  identity: Introducer & Pick<Identity, 'agree'>;
  /** Nine digits. */
  hostId: string;
  gates: AccessGates;
  tickets: TicketStore;
  devices: PairingBook;
  /** Asks the host's user whatever the policy: about pairing. */
  desk: ConsentPort;
  /** 32 bytes by which paired devices recognise this host on the LAN. */
  discoveryKey: Uint8Array;
  consent: ConsentPort;
  /** Whether somebody from this address may try at all. */
  admitsFrom(address: string): boolean;
  input: InputSink;
  pictures: PictureSource;
  open: OpenTransport;
  clock: Clock;
  log: Log;
  /** What viewers see of this machine. */
  name(): string;
  system: string;
  events: HostRoomEvents;
}
