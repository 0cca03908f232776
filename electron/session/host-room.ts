// Owns the room of a host that shares: its place at the relay, and everybody who is in it.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { Introducer } from '../../shared/crypto/introduction.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import type { ViewerSummary } from '../../shared/ipc/state.ts';
import type { CaptureSource } from '../../shared/model/capture-source.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import type { Permissions } from '../../shared/model/permissions.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import { type Envelope, envelope, MessageType } from '../../shared/wire/envelope.ts';
import type { DisplayToHost } from '../../shared/wire/messages/display-channel.ts';
import type { SharedSource } from '../../shared/wire/messages/display-list.ts';
import type { PictureSource } from '../capture/picture-source.ts';
import type { AccessGate } from '../pairing/access-gate.ts';
import type { OpaquePort } from '../pairing/opaque-port.ts';
import type { ConsentPort } from './consent.ts';
import { GroupSeal } from './group-seal.ts';
import { type Admission, HostDoor } from './host-door.ts';
import { HostGrants, type TicketStore } from './host-grants.ts';
import { HostPictures } from './host-pictures.ts';
import { HostRegistration } from './host-registration.ts';
import { HostSession } from './host-session.ts';
import { RecordLink } from './record-link.ts';

export const HOST_ROOM_LIMITS = {
  /** Viewers that are in, lost connections that may come back included. */
  maxViewers: 16,
  /** Viewers that are still at the door. */
  maxDoors: 16,
  /** How long a lost viewer may come back: as long as its ticket lives. */
  resumeMs: 10 * 60_000,
  /** How often the tickets of those who are in are renewed. */
  touchTicketsEveryMs: 30_000,
} as const;

/** Where viewers' input goes: the input gate. */
export interface InputSink {
  admit(viewerId: string, permissions: Permissions): void;
  /** Whether the event was let through. */
  accept(viewerId: string, event: InputEvent): boolean;
  /** Lets go of everything that the viewer holds down. */
  release(viewerId: string): void;
  dismiss(viewerId: string): void;
}

/** For the log: who came and went, and why. */
export interface RoomActivity {
  kind: 'admitted' | 'resumed' | 'refused' | 'dropped' | 'left';
  address: string;
  /** Null before the viewer has said who it is. */
  viewerId: string | null;
  name: string | null;
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
  onActivity(activity: RoomActivity): void;
}

export interface HostRoomOptions {
  primitives: Primitives;
  opaque: OpaquePort;
  identity: Introducer;
  /** Nine digits. */
  hostId: string;
  gate: AccessGate;
  tickets: TicketStore;
  consent: ConsentPort;
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

/** One connection at the relay: somebody at the door, or somebody who is in. */
interface Peer {
  address: string;
  door: HostDoor | null;
  session: HostSession | null;
}

export class HostRoom {
  readonly #options: HostRoomOptions;
  readonly #registration: HostRegistration;
  readonly #pictures: HostPictures;
  readonly #grants: HostGrants;
  readonly #peers = new Map<number, Peer>();
  readonly #sessions = new Map<string, HostSession>();
  /** By session: ends the wait for a lost viewer. */
  readonly #waits = new Map<string, () => void>();
  #sources: SharedSource[] = [];
  #cancelTouch: (() => void) | null = null;

  constructor(options: HostRoomOptions) {
    this.#options = options;
    const { primitives, identity, clock, log, events } = options;
    this.#grants = new HostGrants(options.tickets, primitives);
    this.#registration = new HostRegistration({
      ...options,
      ed25519: identity.publicIdentity.ed25519,
      sign: identity.sign,
      onPeerJoined: (peer, address) => this.#onPeerJoined(peer, address),
      onPeerLeft: (peer) => this.#onPeerLeft(peer),
      onKeyframeWanted: () => this.#pictures.requestKeyFrame(),
      onMessage: (header, body) => this.#onMessage(header, body),
      onOnline: (problem) => {
        if (problem) for (const peer of [...this.#peers.keys()]) this.#onPeerLeft(peer);
        events.onOnline(problem);
      },
    });
    this.#pictures = new HostPictures({
      source: options.pictures,
      clock,
      log,
      group: new GroupSeal(primitives, identity.sign),
      broadcast: (message) => this.#registration.sendMessage(message),
      queuedBytes: () => this.#registration.queuedBytes,
      onSource: (source) => events.onSource(source),
      onProblem: (error) => {
        for (const session of this.#active()) session.sendPictureProblem(error?.reason ?? null);
        events.onPictureProblem(error);
      },
    });
  }

  get viewers(): ViewerSummary[] {
    return [...this.#sessions.values()].map((session) => session.summary);
  }

  /** Resolves when the room is open at the relay, and keeps it open. Throws why it could not be opened. */
  async open(relayUrl: string, hostToken?: string): Promise<void> {
    await this.#registration.open(relayUrl, hostToken);
    this.#scheduleTouch();
  }

  /** Tells every viewer that sharing has stopped, and closes every session. Nobody may come back without being asked. */
  async close(): Promise<void> {
    this.#cancelTouch?.();
    this.#cancelTouch = null;
    for (const { door } of this.#peers.values()) door?.refuse(new TarnetError('share-stopped', 'sharing has stopped'));
    for (const session of [...this.#sessions.values()]) this.#end(session, 'share-stopped');
    this.#peers.clear();
    this.#options.tickets.revokeAll();
    await this.#registration.close();
  }

  /** What a viewer with control may choose from: nothing that the host's user has not agreed to show. */
  setSources(sources: SharedSource[]): void {
    this.#sources = sources;
    this.#sendDisplays();
  }

  selectSource(sourceId: string): void {
    this.#pictures.selectSource(sourceId);
    this.#sendDisplays();
  }

  /** Throws `not-found`. */
  disconnectViewer(viewerId: string): void {
    this.#end(this.#find(viewerId), 'ended-by-host');
  }

  /** Takes effect at once, also on pictures: without `view` the viewer cannot open one more. Throws `not-found`. */
  setPermissions(viewerId: string, permissions: Permissions): void {
    const session = this.#find(viewerId);
    session.setPermissions(permissions);
    this.#grants.changed(session);
    this.#options.input.admit(viewerId, permissions);
    if (!permissions.has('control')) this.#options.input.release(viewerId);
    this.#changed();
  }

  #onPeerJoined(number: number, address: string): void {
    const doors = [...this.#peers.values()].filter(({ door }) => door !== null).length;
    if (this.#peers.has(number) || doors >= HOST_ROOM_LIMITS.maxDoors) {
      this.#kick(number);
      return;
    }
    const peer: Peer = { address, door: null, session: null };
    this.#peers.set(number, peer);
    peer.door = new HostDoor(
      address,
      { ...this.#options, tickets: this.#grants },
      this.#options.consent,
      this.#options.clock,
      {
        send: (message) => this.#registration.send(envelope(MessageType.handshake, { peer: number }), message),
        onAdmitted: (admission) => this.#admit(number, peer, admission),
        onRefused: (error) => {
          peer.door = null;
          this.#kick(number);
          this.#report('refused', peer.address, null, error.reason);
        },
      },
    );
  }

  #onPeerLeft(number: number): void {
    const peer = this.#peers.get(number);
    this.#peers.delete(number);
    peer?.door?.close();
    if (peer?.session) this.#drop(peer.session);
  }

  #onMessage(header: Envelope, body: Uint8Array): void {
    const peer = this.#peers.get(header.peer);
    if (header.type === MessageType.handshake) peer?.door?.receive(body);
    else if (header.type === MessageType.reliable && peer?.session) this.#receive(peer.session, header, body);
  }

  /** Whatever is wrong with a record ends the session it came in, and nothing else. */
  #receive(session: HostSession, header: Envelope, body: Uint8Array): void {
    try {
      session.receive(header, body);
    } catch (error) {
      this.#end(session, TarnetError.from(error).reason);
    }
  }

  #admit(number: number, peer: Peer, admission: Admission): void {
    const { name, system, input } = this.#options;
    const returning = admission.ticket && this.#sessionOf(admission.ticket.id);
    if (!returning) this.#makeRoomFor(admission);
    const session = returning ?? this.#newSession(admission);
    const permissions = returning?.permissions ?? admission.permissions;
    const host = { name: name(), system, sources: this.#sources, selectedId: this.#pictures.sourceId };
    const { message, channel } = this.#grants.grant(session, admission, { ...host, permissions });
    this.#registration.send(envelope(MessageType.handshake, { peer: number }), message);
    const link = new RecordLink(channel, (record) => this.#registration.sendMessage(record), number);
    const before = session.peer;
    if (returning) session.resume(admission.description, number, link);
    else session.grant(permissions, number, link);
    this.#waits.get(session.id)?.();
    this.#waits.delete(session.id);
    this.#sessions.set(session.id, session);
    peer.door = null;
    peer.session = session;
    // A viewer that is back before its old connection is known to be dead.
    if (before !== null && before !== number) {
      this.#peers.delete(before);
      this.#kick(before);
    }
    input.admit(session.id, permissions);
    this.#report(admission.ticket ? 'resumed' : 'admitted', peer.address, session, null);
    this.#changed();
    if (this.#pictures.problem) session.sendPictureProblem(this.#pictures.problem.reason);
  }

  #newSession({ viewer, description }: Admission): HostSession {
    return new HostSession(randomUUID(), viewer, description, this.#options.clock, {
      onInput: (session, events) => this.#onInput(session, events),
      onDisplay: (session, message) => this.#onDisplay(session, message),
      onConfirmed: (session) => this.#grants.confirmed(session),
      onEnded: (session, reason) => this.#end(session, reason),
    });
  }

  /** Throws `limit-reached`. A viewer that came anew is not waited for any more where it was lost before. */
  #makeRoomFor({ viewer }: Admission): void {
    for (const session of [...this.#sessions.values()])
      if (session.phase === 'dropped' && isSame(session.viewer.ed25519, viewer.ed25519))
        this.#end(session, 'connection-lost');
    if (this.#sessions.size >= HOST_ROOM_LIMITS.maxViewers)
      throw new TarnetError('limit-reached', 'too many viewers', { limit: `${HOST_ROOM_LIMITS.maxViewers} viewers` });
  }

  #onInput(session: HostSession, events: readonly InputEvent[]): void {
    if (!session.permissions.has('control')) return;
    const accepted = events.filter((event) => this.#options.input.accept(session.id, event));
    if (accepted.length > 0) this.#pictures.viewerActed();
  }

  #onDisplay(session: HostSession, message: DisplayToHost): void {
    switch (message.op) {
      case 'display-select':
        if (!session.permissions.has('control')) return;
        if (!this.#sources.some(({ id }) => id === message.sourceId)) return;
        this.selectSource(message.sourceId);
        this.#options.events.onSourceSelected(message.sourceId);
        return;
      case 'keyframe-request':
        this.#pictures.requestKeyFrame();
        return;
      case 'codec-failed':
        session.dropDecoder(message.codec);
        this.#pictures.decodersChanged();
        return;
      case 'paint-feedback':
        // For a rate control that looks at what is really seen; this version only encodes what the link takes.
        return;
    }
  }

  /** The connection is lost: what the viewer held down is let go at once, and its place is kept for a while. */
  #drop(session: HostSession): void {
    session.drop();
    this.#options.input.release(session.id);
    const cancel = this.#options.clock.after(HOST_ROOM_LIMITS.resumeMs, () => this.#end(session, 'connection-lost'));
    this.#waits.set(session.id, cancel);
    this.#grants.touch(session);
    this.#report('dropped', session.summary.address, session, 'connection-lost');
    this.#changed();
  }

  #end(session: HostSession, reason: ErrorReason): void {
    const number = session.peer;
    session.end(reason);
    this.#waits.get(session.id)?.();
    this.#waits.delete(session.id);
    this.#sessions.delete(session.id);
    this.#grants.revoke(session);
    this.#options.input.dismiss(session.id);
    if (number !== null) {
      this.#peers.delete(number);
      this.#kick(number);
    }
    this.#report('left', session.summary.address, session, reason);
    this.#changed();
  }

  #kick(peer: number): void {
    this.#registration.sendControl({ op: 'kick', peer });
  }

  /** Who may see, from now on with a new key; and who is in. */
  #changed(): void {
    this.#pictures.setWatchers(this.#active().filter((session) => session.permissions.has('view')));
    this.#options.events.onViewers(this.viewers);
  }

  #sendDisplays(): void {
    const selectedId = this.#pictures.sourceId;
    for (const session of this.#active())
      session.sendDisplays({ op: 'display-list', sources: this.#sources, selectedId });
  }

  #active(): HostSession[] {
    return [...this.#sessions.values()].filter((session) => session.phase === 'active');
  }

  #sessionOf(ticketId: Uint8Array): HostSession | null {
    const id = this.#grants.sessionIdOf(ticketId);
    return (id !== null && this.#sessions.get(id)) || null;
  }

  #find(viewerId: string): HostSession {
    const session = this.#sessions.get(viewerId);
    if (!session) throw new TarnetError('not-found', 'this viewer is gone', { field: 'viewerId' });
    return session;
  }

  #scheduleTouch(): void {
    this.#cancelTouch = this.#options.clock.after(HOST_ROOM_LIMITS.touchTicketsEveryMs, () => {
      for (const session of this.#active()) this.#grants.touch(session);
      this.#scheduleTouch();
    });
  }

  #report(kind: RoomActivity['kind'], address: string, session: HostSession | null, reason: ErrorReason | null): void {
    const activity = { kind, address, viewerId: session?.id ?? null, name: session?.name ?? null, reason };
    this.#options.log.info(`viewer ${kind}`, { viewer: activity.viewerId, address, reason });
    this.#options.events.onActivity(activity);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
