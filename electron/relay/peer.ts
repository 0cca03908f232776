// Owns what one connection may say: registering or joining first, then the messages of its role, within their rates.
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { type ControlMessage, decodeControl } from '../../shared/wire/control.ts';
import { decodeMessage, type Envelope, MessageType } from '../../shared/wire/envelope.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Connection } from './connection.ts';
import { answerPing, decodeAck } from './fixed-messages.ts';
import { type MinuteRate, type RelayLimits, SecondRate } from './limits.ts';
import { rateKey } from './peer-address.ts';
import { nextPeerPhase, type PeerEvent, type PeerPhase } from './peer-phase.ts';
import { Registration } from './registration.ts';
import type { RelayCounters } from './relay-counters.ts';
import type { Room } from './room.ts';
import type { RoomViewer } from './room-viewer.ts';
import type { Router } from './router.ts';

/** What all peers of a relay share. */
export interface PeerSurroundings {
  router: Router;
  clock: Clock;
  limits: RelayLimits;
  log: Log;
  /** Set: only a host, or a viewer, with one of these tokens gets any further. */
  hostTokens: AccessTokens | null;
  viewerTokens: AccessTokens | null;
  counters: RelayCounters;
  registrations: MinuteRate;
  joins: MinuteRate;
  handshakesByAddress: MinuteRate;
  handshakesByHost: MinuteRate;
}

/** First byte of the message with which a viewer starts a handshake (docs/security.md). */
const HS1 = 1;

export class Peer {
  readonly #connection: Connection;
  readonly #around: PeerSurroundings;
  readonly #controlRate: SecondRate;
  readonly #cancelDeadline: () => void;
  #messageRate: SecondRate;
  #phase: PeerPhase = 'new';
  #registration: Registration | null = null;
  #room: Room | null = null;
  #viewer: RoomViewer | null = null;
  #shookHands = false;
  #activeAtMs: number;
  #cancelIdle: (() => void) | null = null;

  constructor(connection: Connection, around: PeerSurroundings) {
    const { clock, limits } = around;
    this.#connection = connection;
    this.#around = around;
    this.#controlRate = new SecondRate(clock, limits.controlPerSecond);
    this.#messageRate = new SecondRate(clock, limits.viewerMessagesPerSecond);
    this.#activeAtMs = clock.monotonicMs();
    this.#cancelDeadline = clock.after(limits.joinDeadlineMs, () =>
      connection.fail(new TarnetError('timeout', 'neither registered nor joined in time')),
    );
    this.#watchIdle();
  }

  get phase(): PeerPhase {
    return this.#phase;
  }

  /** Takes one message. Throws what is wrong with it, naming the field: the connection is to be closed. */
  onMessage(message: Buffer): void {
    const { header, body } = decodeMessage(message);
    switch (header.type) {
      case MessageType.ack:
        this.#countMessage();
        this.#onAck(decodeAck(body));
        return;
      case MessageType.ping:
        this.#countControl();
        this.#answer(answerPing(header.seq, body, this.#around.clock.nowMs()));
        return;
      case MessageType.control: {
        const said = decodeControl(body);
        // A host closes as many as come, and how many come is up to others: it must not be thrown out for it.
        if (said.op === 'kick') this.#countMessage();
        else this.#countControl();
        this.#onControl(said);
        return;
      }
      case MessageType.handshake:
      case MessageType.reliable:
      case MessageType.media:
      case MessageType.cursor:
        this.#countMessage();
        this.#activeAtMs = this.#around.clock.monotonicMs();
        this.#pass(header, body, message);
        return;
    }
  }

  /** The connection is gone. */
  onClose(reason: ErrorReason): void {
    const was = this.#phase;
    this.#step('close');
    this.#cancelDeadline();
    this.#cancelIdle?.();
    if (was === 'host') this.#room?.detachHost(this.#connection);
    if (was === 'viewer' && this.#viewer) this.#room?.removeViewer(this.#viewer.peer);
    this.#around.counters.countClosed(reason);
    this.#around.log.info('peer gone', { connection: this.#connection.id, as: was, reason });
  }

  #pass(header: Envelope, body: Uint8Array, message: Buffer): void {
    if (this.#phase === 'host' && this.#room) {
      this.#room.fromHost(header, message);
      return;
    }
    if (this.#phase !== 'viewer' || !this.#room || !this.#viewer)
      throw TarnetError.malformed('type', 'register or join first');
    if (header.type === MessageType.handshake) this.#countHandshake(body, this.#room);
    this.#room.fromViewer(this.#viewer, header, message);
  }

  #onAck(totalBytes: number): void {
    if (this.#viewer) this.#room?.acknowledge(this.#viewer, totalBytes);
    else if (totalBytes > this.#connection.sentBytes) throw TarnetError.malformed('ack', 'more than was sent');
  }

  /** To the peer itself, counted where what it has received is counted. */
  #answer(message: Uint8Array): void {
    if (this.#viewer) this.#viewer.sendReliable(message);
    else this.#connection.send(message);
  }

  #onControl(message: ControlMessage): void {
    switch (message.op) {
      case 'register':
        this.#register(message.hostId, message.ed25519, message.token);
        return;
      case 'prove':
        this.#prove(message.signature);
        return;
      case 'join':
        this.#beginJoin(message.hostId, message.token);
        return;
      case 'presence':
        this.#checkViewer(message.token);
        if (this.#phase !== 'new') throw TarnetError.malformed('op', 'presence is asked for before anything else');
        this.#inBackground(this.#tellPresence(message.keys));
        return;
      case 'kick':
        if (this.#phase !== 'host') throw TarnetError.malformed('op', 'only a host closes viewers');
        this.#room?.kick(message.peer);
        return;
      default:
        throw TarnetError.malformed('op', `${message.op} is not for a relay`);
    }
  }

  #register(hostId: string, ed25519: Uint8Array, token: string | undefined): void {
    const { hostTokens, registrations } = this.#around;
    this.#step('register');
    if (!registrations.take(rateKey(this.#connection.address)))
      throw new TarnetError('rate-limited', 'too many registrations from this address', { field: 'register' });
    if (hostTokens && !hostTokens.accept(token))
      throw new TarnetError('unauthorised', 'this relay serves only hosts that it knows', { field: 'token' });
    this.#registration = new Registration(hostId, ed25519);
    this.#connection.sendControl({ op: 'challenge', nonce: this.#registration.nonce });
  }

  #beginJoin(hostId: string, token: string | undefined): void {
    this.#step('join');
    this.#checkViewer(token);
    this.#inBackground(this.#join(hostId));
  }

  /** Asking who is here counts like trying to get there. */
  #checkViewer(token: string | undefined): void {
    const { viewerTokens, joins } = this.#around;
    if (!joins.take(rateKey(this.#connection.address)))
      throw new TarnetError('rate-limited', 'too many attempts to join from this address', { field: 'join' });
    if (viewerTokens && !viewerTokens.accept(token))
      throw new TarnetError('unauthorised', 'this relay serves only viewers that it knows', { field: 'token' });
  }

  async #tellPresence(keys: readonly Uint8Array[]): Promise<void> {
    const present = await this.#around.router.present(keys);
    this.#connection.sendControl({ op: 'present', keys: present.map((key) => new Uint8Array(key)) });
  }

  #prove(signature: Uint8Array): void {
    const registration = this.#registration;
    this.#step('prove');
    this.#registration = null;
    if (!registration?.isProvedBy(signature))
      throw new TarnetError('unauthorised', 'the signature is not by this key', { field: 'signature' });
    this.#inBackground(this.#openRoom(registration));
  }

  async #openRoom({ hostId, ed25519 }: Registration): Promise<void> {
    const location = await this.#around.router.open(hostId, ed25519);
    if (this.#phase !== 'opening') return;
    if (location.at === 'elsewhere') {
      this.#connection.redirect(location.url);
      return;
    }
    this.#step('opened');
    this.#cancelDeadline();
    this.#room = location.room;
    this.#messageRate = new SecondRate(this.#around.clock, this.#around.limits.hostMessagesPerSecond);
    this.#connection.allowLargeMessages();
    location.room.attachHost(this.#connection);
    this.#around.counters.registeredHosts += 1;
    this.#around.log.info('host registered', { connection: this.#connection.id, address: this.#connection.address });
  }

  async #join(hostId: string): Promise<void> {
    const location = await this.#around.router.find(hostId);
    if (this.#phase !== 'joining') return;
    // An ID that nobody has and a host that is away get the same answer: nobody learns which IDs exist.
    if (location === null) throw new TarnetError('host-offline', 'this host is not here');
    if (location.at === 'elsewhere') {
      this.#connection.redirect(location.url);
      return;
    }
    this.#viewer = location.room.addViewer(this.#connection);
    this.#room = location.room;
    if (!this.#connection.isOpen) {
      location.room.removeViewer(this.#viewer.peer);
      return;
    }
    this.#step('joined');
    this.#cancelDeadline();
    this.#around.counters.joinedViewers += 1;
    this.#around.log.info('viewer joined', { connection: this.#connection.id, address: this.#connection.address });
  }

  #countHandshake(body: Uint8Array, room: Room): void {
    if (this.#shookHands && body[0] !== HS1) return;
    this.#shookHands = true;
    const { handshakesByAddress, handshakesByHost } = this.#around;
    if (!handshakesByAddress.take(rateKey(this.#connection.address)))
      throw new TarnetError('rate-limited', 'too many handshakes from this address', { field: 'handshake' });
    if (!handshakesByHost.take(room.hostId))
      throw new TarnetError('rate-limited', 'too many handshakes with this host', { field: 'handshake' });
    this.#around.counters.handshakes += 1;
  }

  #countControl(): void {
    if (!this.#controlRate.take())
      throw new TarnetError('rate-limited', 'too many control messages', {
        field: 'control',
        limit: `${this.#around.limits.controlPerSecond} a second`,
      });
  }

  #countMessage(): void {
    if (!this.#messageRate.take()) throw new TarnetError('rate-limited', 'too many messages', { field: 'message' });
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#connection.fail(TarnetError.from(error)));
  }

  #step(event: PeerEvent): void {
    this.#phase = nextPeerPhase(this.#phase, event);
  }

  #watchIdle(): void {
    const { clock, limits } = this.#around;
    const { idleAfterMs } = limits;
    if (idleAfterMs === null) return;
    // A host is there to wait for viewers.
    if (this.#phase === 'host' && this.#room?.viewerCount === 0) this.#activeAtMs = clock.monotonicMs();
    const leftMs = this.#activeAtMs + idleAfterMs - clock.monotonicMs();
    if (leftMs <= 0) {
      this.#connection.fail(new TarnetError('timeout', 'idle for too long', { limit: `${idleAfterMs} ms` }));
      return;
    }
    this.#cancelIdle = clock.after(leftMs, () => this.#watchIdle());
  }
}
