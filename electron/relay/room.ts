// Owns one room: a host, its viewers, and every message between them.
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { type Envelope, EVERYBODY, HOST_PEER, MAX_PEER, MessageType } from '../../shared/wire/envelope.ts';
import type { Connection } from './connection.ts';
import { RELAY_BOUNDS, type RelayLimits } from './limits.ts';
import type { RelayCounters } from './relay-counters.ts';
import { RoomViewer } from './room-viewer.ts';
import { SharedFrame } from './shared-frame.ts';

/** At most two key frames a second are asked of a host, however many of its viewers need one. */
export const KEYFRAME_EVERY_MS = 500;

export interface RoomOptions {
  hostId: string;
  /** 32 bytes: whoever comes as this host has proved to hold this key. */
  ed25519: Uint8Array;
  clock: Clock;
  limits: RelayLimits;
  log: Log;
  counters: RelayCounters;
  /** The room is closed: nobody is in it. */
  onClosed(room: Room): void;
}

export class Room {
  readonly hostId: string;
  readonly ed25519: Uint8Array;
  readonly #options: RoomOptions;
  readonly #viewers = new Map<number, RoomViewer>();
  readonly #mediaStreams = new Set<number>();
  readonly #cursorStreams = new Set<number>();
  #host: Connection | null = null;
  #closed = false;
  #nextPeer = 1;
  #keyframeAskedAtMs = Number.NEGATIVE_INFINITY;
  #cancelKeyframe: (() => void) | null = null;
  #cancelGrace: (() => void) | null = null;

  constructor(options: RoomOptions) {
    this.hostId = options.hostId;
    this.ed25519 = options.ed25519;
    this.#options = options;
    this.#startGrace();
  }

  get hasHost(): boolean {
    return this.#host !== null;
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  viewer(peer: number): RoomViewer | null {
    return this.#viewers.get(peer) ?? null;
  }

  /** Puts the host in its place; an older connection of the same host, which must be dead, is cut. */
  attachHost(connection: Connection): void {
    this.#assertOpen();
    const previous = this.#host;
    if (previous) {
      this.detachHost(previous);
      previous.fail(new TarnetError('unauthorised', 'this host came back on another connection'));
    }
    this.#cancelGrace?.();
    this.#cancelGrace = null;
    this.#host = connection;
    connection.onDrained(() => this.#resumeViewers());
    connection.sendControl({
      op: 'registered',
      maxViewers: this.#options.limits.maxViewersPerRoom,
      observedAddress: connection.address,
    });
    for (const { peer, connection: viewer } of this.#viewers.values())
      connection.sendControl({ op: 'peer-joined', peer, address: viewer.address });
  }

  /** The host is gone; its viewers stay for the grace time. Anybody else's leaving is ignored. */
  detachHost(connection: Connection): void {
    if (this.#host !== connection) return;
    this.#host = null;
    connection.onDrained(null);
    this.#cancelKeyframe?.();
    this.#cancelKeyframe = null;
    this.#mediaStreams.clear();
    this.#cursorStreams.clear();
    this.#resumeViewers();
    for (const viewer of [...this.#viewers.values()]) viewer.hostLeft();
    if (!this.#closed) this.#startGrace();
  }

  /** Lets a viewer in. Throws `host-offline` or `limit-reached`. */
  addViewer(connection: Connection): RoomViewer {
    this.#assertOpen();
    if (!this.#host) throw new TarnetError('host-offline', 'this host is not here');
    const { maxViewersPerRoom } = this.#options.limits;
    if (this.#viewers.size >= maxViewersPerRoom)
      throw new TarnetError('limit-reached', 'the room is full', { limit: `${maxViewersPerRoom} viewers` });
    const viewer = new RoomViewer(this.#freePeer(), connection, this.#options.clock, this.#options.counters);
    this.#viewers.set(viewer.peer, viewer);
    viewer.sendControl({ op: 'joined', peer: viewer.peer, hostId: this.hostId });
    this.#host.sendControl({ op: 'peer-joined', peer: viewer.peer, address: connection.address });
    return viewer;
  }

  removeViewer(peer: number): void {
    if (this.#viewers.delete(peer)) this.#host?.sendControl({ op: 'peer-left', peer });
  }

  /** The host closes a viewer's connection. */
  kick(peer: number): void {
    this.#viewers.get(peer)?.connection.fail(new TarnetError('ended-by-host', 'the host closed this connection'));
  }

  /** Passes a message on to one viewer or to all. Throws `malformed` for what no host sends. */
  fromHost(header: Envelope, message: Uint8Array): void {
    this.#checkStream(header);
    const frame = new SharedFrame(message);
    if (header.peer === EVERYBODY) for (const viewer of this.#viewers.values()) viewer.fromHost(header, frame, true);
    else this.#viewers.get(header.peer)?.fromHost(header, frame, false);
    if (header.type === MessageType.media) this.#considerKeyframe();
  }

  /** Passes a viewer's message on to the host, stamped with the viewer's number. The buffer is changed in place. */
  fromViewer(viewer: RoomViewer, header: Envelope, message: Buffer): void {
    if (header.type !== MessageType.reliable && header.type !== MessageType.handshake)
      throw TarnetError.malformed('type', `type ${header.type} is not for a host`);
    const host = this.#host;
    if (!host) return;
    message.writeUInt16LE(viewer.peer, 2);
    host.send(message);
    if (host.queuedBytes > RELAY_BOUNDS.hostQueueMaxBytes)
      host.fail(new TarnetError('too-slow', 'too much is waiting for this host'));
    else if (host.queuedBytes > RELAY_BOUNDS.hostQueueHighBytes) viewer.connection.pause();
  }

  /** A viewer says what it has received. Throws `malformed`. */
  acknowledge(viewer: RoomViewer, totalBytes: number): void {
    viewer.acknowledge(totalBytes);
    if (viewer.flow.keyframeDueInMs(this.#options.clock.monotonicMs()) !== null) this.#considerKeyframe();
  }

  /** Sends the host to another relay; its viewers wait here until it is there. */
  redirectHost(url: string): void {
    this.#host?.redirect(url);
  }

  /** The host has its room at another relay: everybody is sent there, and the room is closed. */
  moveTo(url: string): void {
    if (this.#closed) return;
    for (const { connection } of [...this.#viewers.values()]) connection.redirect(url);
    this.#host?.redirect(url);
    this.close(new TarnetError('host-offline', 'this host is not here'));
  }

  /** Closes the room and everybody's connection, for this reason. */
  close(error: TarnetError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelGrace?.();
    this.#cancelKeyframe?.();
    for (const { connection } of [...this.#viewers.values()]) connection.fail(error);
    this.#host?.fail(error);
    this.#options.onClosed(this);
  }

  #startGrace(): void {
    const { clock, limits, log } = this.#options;
    this.#cancelGrace = clock.after(limits.hostGraceMs, () => {
      log.info('room closed: its host did not come back', { viewers: this.#viewers.size });
      this.close(new TarnetError('host-offline', 'this host is not here'));
    });
  }

  #assertOpen(): void {
    if (this.#closed) throw new TarnetError('host-offline', 'this host is not here');
  }

  #resumeViewers(): void {
    for (const { connection } of this.#viewers.values()) connection.resume();
  }

  #freePeer(): number {
    // Numbers are not given out again soon: what is on its way to a viewer that left must not reach the next one.
    for (;;) {
      const peer = this.#nextPeer;
      this.#nextPeer = peer === MAX_PEER ? HOST_PEER + 1 : peer + 1;
      if (!this.#viewers.has(peer)) return peer;
    }
  }

  #checkStream({ type, stream }: Envelope): void {
    if (type === MessageType.media) addBounded(this.#mediaStreams, stream, RELAY_BOUNDS.maxMediaStreams);
    else if (type === MessageType.cursor) addBounded(this.#cursorStreams, stream, RELAY_BOUNDS.maxCursorStreams);
  }

  /** Asks the host for a key frame when a viewer needs one and may have it; looks again when that will be. */
  #considerKeyframe(): void {
    const host = this.#host;
    if (!host || this.#cancelKeyframe) return;
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const roomDueInMs = Math.max(0, this.#keyframeAskedAtMs + KEYFRAME_EVERY_MS - nowMs);
    let soonestMs = Number.POSITIVE_INFINITY;
    const due: RoomViewer[] = [];
    for (const viewer of this.#viewers.values()) {
      const dueInMs = viewer.flow.keyframeDueInMs(nowMs);
      if (dueInMs === null) continue;
      soonestMs = Math.min(soonestMs, Math.max(dueInMs, roomDueInMs));
      if (dueInMs === 0) due.push(viewer);
    }
    if (soonestMs === Number.POSITIVE_INFINITY) return;
    if (soonestMs > 0) {
      this.#cancelKeyframe = clock.after(soonestMs, () => {
        this.#cancelKeyframe = null;
        this.#considerKeyframe();
      });
      return;
    }
    const [first] = due;
    if (!first) return;
    this.#keyframeAskedAtMs = nowMs;
    for (const viewer of due) viewer.flow.keyframeAsked(nowMs);
    // One is enough for all of them: the host's pictures are for everybody.
    host.sendControl({ op: 'keyframe', peer: first.peer });
    this.#considerKeyframe();
  }
}

function addBounded(streams: Set<number>, stream: number, limit: number): void {
  streams.add(stream);
  if (streams.size > limit) throw TarnetError.malformed('stream', 'too many streams', `${limit}`);
}
