// Owns the room of a host that shares: its place at the relay, and everybody who is in it.
import { randomUUID } from 'node:crypto';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import { sameBytes } from '../../shared/crypto/labels.ts';
import { sameIdentity } from '../../shared/crypto/words.ts';
import type { ViewerSummary } from '../../shared/ipc/state.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { type InputEvent, isMeasuredInput } from '../../shared/model/input-event.ts';
import { type Permissions, permissionsToBits } from '../../shared/model/permissions.ts';
import type { RelayAccount } from '../../shared/model/relay-address.ts';
import { type Envelope, envelope, MessageType } from '../../shared/wire/envelope.ts';
import type { DisplayToHost } from '../../shared/wire/messages/display-channel.ts';
import type { SharedSource } from '../../shared/wire/messages/display-list.ts';
import { GroupSeal } from './group-seal.ts';
import type { Admission } from './host-door.ts';
import { HostDoors } from './host-doors.ts';
import { HostGrants } from './host-grants.ts';
import { HostPairing } from './host-pairing.ts';
import { HostPictures } from './host-pictures.ts';
import { HostRegistrations } from './host-registrations.ts';
import { HostSession } from './host-session.ts';
import { RecordLink } from './record-link.ts';
import type { ClosingKind, HostRoomOptions, RoomActivity } from './room-ports.ts';

export const HOST_ROOM_LIMITS = {
  /** Viewers that are in, lost connections that may come back included. */
  maxViewers: 16,
  /** How long a lost viewer may come back: as long as its ticket lives. */
  resumeMs: 10 * 60_000,
  /** How often the tickets of those who are in are renewed. */
  touchTicketsEveryMs: 30_000,
} as const;

export class HostRoom {
  readonly #options: HostRoomOptions;
  readonly #registration: HostRegistrations;
  readonly #pictures: HostPictures;
  readonly #grants: HostGrants;
  readonly #pairing: HostPairing;
  readonly #doors: HostDoors;
  readonly #sessions = new Map<string, HostSession>();
  /** By session: ends the wait for a lost viewer. */
  readonly #waits = new Map<string, () => void>();
  #sources: SharedSource[] = [];
  #cancelTouch: (() => void) | null = null;

  constructor(options: HostRoomOptions) {
    this.#options = options;
    const { primitives, identity, clock, log, events } = options;
    this.#grants = new HostGrants(options.tickets, primitives);
    this.#pairing = new HostPairing({ ...options, onChange: () => this.#changed() });
    this.#doors = new HostDoors({ ...options, tickets: this.#grants }, options.consent, clock, {
      send: (peer, message) => this.#registration.send(envelope(MessageType.handshake, { peer }), message),
      onAdmitted: (peer, admission) => this.#admit(peer, admission),
      onRefused: (peer, address, { reason }, who) => {
        this.#kick(peer);
        events.onActivity({ kind: 'refused', address, viewer: null, who, reason });
      },
      onGivenUp: (address, who) =>
        events.onActivity({ kind: 'refused', address, viewer: null, who, reason: 'cancelled' }),
    });
    this.#registration = new HostRegistrations({
      ...options,
      ed25519: identity.publicIdentity.ed25519,
      sign: identity.sign,
      onPeerJoined: (peer, address) => this.#doors.open(peer, address),
      onPeerLeft: (peer) => this.#onPeerLeft(peer),
      onKeyframeWanted: (peer) => {
        const session = this.#sessionAt(peer);
        if (session) this.#pictures.drained(session.id);
        this.#pictures.requestKeyFrame();
      },
      onMessage: (header, body) => this.#onMessage(header, body),
      onOnline: (problem) => events.onOnline(problem),
      onStandings: (standings) => events.onStandings(standings),
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

  /** Relays in other networks at which viewers find this host by its ID, from now on or from `open` on. */
  setRelays(relays: readonly RelayAccount[]): void {
    this.#registration.setRelays(relays);
  }

  /**
   * Tells every viewer that sharing has stopped, and closes every session. Nobody may come back without being asked.
   * When it is only `restarting`, nobody is told anything, and every viewer may come back while its ticket lives.
   */
  async close(how: ClosingKind = 'stopped'): Promise<void> {
    this.#cancelTouch?.();
    this.#cancelTouch = null;
    if (how === 'restarting') {
      this.#doors.refuseAll(new TarnetError('internal', 'the host is starting anew'));
      for (const session of this.#active()) this.#drop(session);
      for (const cancel of this.#waits.values()) cancel();
      await this.#registration.close();
      return;
    }
    this.#doors.refuseAll(new TarnetError('share-stopped', 'sharing has stopped'));
    for (const session of [...this.#sessions.values()]) this.#end(session, 'share-stopped');
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

  /** Proposes to pair the viewer's device. Throws `not-found`, or `illegal-transition` when that makes no sense now. */
  offerPairing(viewerId: string): void {
    this.#pairing.offer(this.#find(viewerId));
  }

  /** Nobody with this identity may come in, or come back, by its key or a ticket: its sessions end at once. */
  endDevice(identity: PublicIdentity): void {
    this.#endWhere((session) => sameIdentity(session.viewer, identity));
    this.#options.tickets.revokeWhere(({ viewer }) => sameIdentity(viewer, identity));
  }

  /** The device with this identity may do this from now on: in its sessions, and when it comes back to one. */
  allowDevice(identity: PublicIdentity, permissions: Permissions): void {
    const isMeant = ({ viewer }: { viewer: PublicIdentity }) => sameIdentity(viewer, identity);
    this.#options.tickets.allowWhere(isMeant, permissionsToBits(permissions));
    for (const session of [...this.#sessions.values()])
      if (isMeant(session)) this.setPermissions(session.id, permissions);
  }

  /** The password was changed, removed or switched off: whoever came in with it goes. */
  endPasswordSessions(): void {
    this.#endWhere((session) => session.how === 'password');
    this.#options.tickets.revokeWhere(({ how }) => how === 'password');
  }

  #endWhere(isOver: (session: HostSession) => boolean): void {
    for (const session of [...this.#sessions.values()]) if (isOver(session)) this.#end(session, 'ended-by-host');
  }

  /** Takes effect at once, also on pictures: without `view` the viewer cannot open one more. Throws `not-found`. */
  setPermissions(viewerId: string, permissions: Permissions): void {
    const session = this.#find(viewerId);
    session.setPermissions(permissions);
    this.#grants.changed(session);
    this.#options.input.admit(viewerId, permissions);
    if (!permissions.has('control')) this.#options.input.release(viewerId);
    this.#report('permissions', session, null);
    this.#changed();
  }

  #onPeerLeft(number: number): void {
    this.#doors.close(number);
    const session = this.#sessionAt(number);
    if (session) this.#drop(session);
  }

  #onMessage(header: Envelope, body: Uint8Array): void {
    if (header.type === MessageType.handshake) this.#doors.receive(header.peer, body);
    else if (header.type === MessageType.reliable) this.#receive(this.#sessionAt(header.peer), header, body);
  }

  /** Whatever is wrong with a record ends the session it came in, and nothing else. */
  #receive(session: HostSession | null, header: Envelope, body: Uint8Array): void {
    if (!session) return;
    try {
      session.receive(header, body);
    } catch (error) {
      this.#end(session, TarnetError.from(error).reason);
    }
  }

  #admit(number: number, admission: Admission): void {
    const { name, system, input } = this.#options;
    const returning = admission.ticket && this.#sessionOf(admission.ticket.id);
    // A viewer may be back before its old connection is known to be dead.
    const before = returning?.peer ?? null;
    if (returning && before !== null) {
      this.#drop(returning);
      this.#kick(before);
    }
    if (!returning) this.#makeRoomFor(admission);
    const session = returning ?? this.#newSession(admission);
    const permissions = returning?.permissions ?? admission.permissions;
    const host = { name: name(), system, sources: this.#sources, selectedId: this.#pictures.sourceId };
    const { message, channel } = this.#grants.grant(session, admission, { ...host, permissions });
    this.#registration.send(envelope(MessageType.handshake, { peer: number }), message);
    const link = new RecordLink(channel, (record) => this.#registration.sendMessage(record), number);
    if (returning) session.resume(admission.description, number, link);
    else session.grant(permissions, number, link);
    this.#pairing.resumed(session);
    this.#waits.get(session.id)?.();
    this.#waits.delete(session.id);
    this.#sessions.set(session.id, session);
    input.admit(session.id, permissions);
    const device = admission.description.how === 'paired' && this.#options.devices.find(admission.viewer);
    if (device) this.#options.devices.used(device.id);
    this.#report(admission.ticket ? 'resumed' : 'admitted', session, null);
    this.#changed();
    if (this.#pictures.problem) session.sendPictureProblem(this.#pictures.problem.reason);
  }

  #newSession({ viewer, description }: Admission): HostSession {
    return new HostSession(randomUUID(), viewer, description, this.#options.clock, {
      onInput: (session, events, inputId) => this.#onInput(session, events, inputId),
      onDisplay: (session, message) => this.#onDisplay(session, message),
      onConfirmed: (session, afterMs) => {
        this.#grants.confirmed(session);
        this.#pictures.roundTrip(session.id, afterMs);
      },
      onFeedback: (session, feedback) => this.#pictures.feedback(session.id, feedback),
      onPairingRequest: (session, wanted) => this.#pairing.requested(session, wanted),
      onEnded: (session, reason) => this.#end(session, reason),
    });
  }

  /** Throws `limit-reached`. A viewer that came anew is not waited for any more where it was lost before. */
  #makeRoomFor({ viewer }: Admission): void {
    for (const session of [...this.#sessions.values()])
      if (session.phase === 'dropped' && sameBytes(session.viewer.ed25519, viewer.ed25519))
        this.#end(session, 'connection-lost');
    if (this.#sessions.size >= HOST_ROOM_LIMITS.maxViewers)
      throw new TarnetError('limit-reached', 'too many viewers', { limit: `${HOST_ROOM_LIMITS.maxViewers} viewers` });
  }

  #onInput(session: HostSession, events: readonly InputEvent[], inputId: number): void {
    if (!session.permissions.has('control')) return;
    const { input } = this.#options;
    const accepted = events.filter((event) => input.accept(session.id, event));
    if (accepted.length === 0) return;
    // first of all: Electron runs microtasks within calls that post a message, and with them the input leaves
    if (session.measuring && accepted.some(isMeasuredInput))
      input.whenInjected((begunAtMs) => {
        if (session.phase === 'active') session.sendInjected(inputId, begunAtMs);
      });
    this.#pictures.viewerActed();
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
      case 'picture-preferences': {
        const { mode, maxFramesPerSecond, greyscale } = message;
        session.setPreferences({ mode, maxFramesPerSecond, greyscale });
        this.#pictures.preferencesChanged();
        return;
      }
    }
  }

  /** The connection is lost: what the viewer held down is let go at once, and its place is kept for a while. */
  #drop(session: HostSession): void {
    session.drop();
    this.#options.input.release(session.id);
    const cancel = this.#options.clock.after(HOST_ROOM_LIMITS.resumeMs, () => this.#end(session, 'connection-lost'));
    this.#waits.set(session.id, cancel);
    this.#grants.touch(session);
    this.#report('dropped', session, 'connection-lost');
    this.#changed();
  }

  #end(session: HostSession, reason: ErrorReason): void {
    const number = session.peer;
    session.end(reason);
    this.#pairing.close(session);
    this.#waits.get(session.id)?.();
    this.#waits.delete(session.id);
    this.#sessions.delete(session.id);
    this.#grants.revoke(session);
    this.#options.input.dismiss(session.id);
    if (number !== null) this.#kick(number);
    this.#report('left', session, reason);
    this.#changed();
  }

  #kick(peer: number): void {
    this.#registration.kick(peer);
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

  #sessionAt(peer: number): HostSession | null {
    return this.#active().find((session) => session.peer === peer) ?? null;
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

  #report(kind: RoomActivity['kind'], { summary }: HostSession, reason: ErrorReason | null): void {
    this.#options.events.onActivity({ kind, address: summary.address, viewer: summary, who: summary, reason });
  }
}
