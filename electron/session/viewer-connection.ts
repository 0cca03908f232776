// Owns one attempt of a viewer to get to its host: into the room, through the handshake, and the records after it.
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import { HandshakeError } from '../../shared/crypto/handshake-error.ts';
import type { Introducer } from '../../shared/crypto/introduction.ts';
import type { Primitives } from '../../shared/crypto/primitives.ts';
import { fingerprint } from '../../shared/crypto/words.ts';
import type { PublicIdentity } from '../../shared/model/identity.ts';
import { SECOND_FACTOR_BOUNDS } from '../../shared/model/second-factor.ts';
import { type Envelope, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { type Grant, grantMessage } from '../../shared/wire/messages/grant.ts';
import { type Hello, helloMessage } from '../../shared/wire/messages/hello.ts';
import type { OpaquePort } from '../pairing/opaque-port.ts';
import { joinAsViewer, type ViewerAccess } from '../transport/relay-client.ts';
import type { RelayLink } from '../transport/relay-link.ts';
import { GroupOpen } from './group-seal.ts';
import { RecordLink } from './record-link.ts';
import { type ViewerCredential, type ViewerGranted, ViewerHandshake } from './viewer-handshake.ts';

export const VIEWER_CONNECTION_LIMITS = {
  /** From being in the room to the host's proof. */
  proofTimeoutMs: 20_000,
  /** From our proof to the grant: the host's user has 30 s to answer. */
  grantTimeoutMs: 45_000,
  /** From the host's question for a second factor to our answer; the host says no before. */
  answerTimeoutMs: SECOND_FACTOR_BOUNDS.answerTimeoutMs + 15_000,
  /** Messages that may arrive while the grant is still being checked. */
  maxEarlyMessages: 512,
  maxEarlyBytes: 16 * 1024 * 1024,
} as const;

/** What every attempt needs of the parts around it. */
export interface ViewerParts {
  primitives: Primitives;
  opaque: OpaquePort;
  /** This device's identity. */
  identity: Introducer;
  /**
   * Compares the host that has just proved itself with what is known of it, and remembers it the first time. Throws
   * `identity-changed`.
   */
  acceptHost(host: PublicIdentity, hostId: string, url: string): void | Promise<void>;
}

/** What a session is resumed with. */
export interface Ticket {
  ticketId: Uint8Array;
  resumptionSecret: Uint8Array;
  host: PublicIdentity;
  lifetimeMs: number;
}

/** The host let us in. */
export interface Granted {
  grant: Grant;
  records: RecordLink;
  group: GroupOpen;
  /** Words of the host's identity. */
  fingerprint: string[];
  ticket: Ticket;
}

/** Why there is no connection, or none any more, and what the user can do about it. */
export interface ConnectionFailure {
  error: TarnetError;
  triesLeft: number | null;
  /** How long to wait before another try is worth it. */
  retryAfterMs: number;
}

export interface ViewerConnectionEvents {
  onJoined(): void;
  /** Our proof is on its way; the host's user is asked now, and sees the same words. */
  onProved(sas: string[]): void;
  /** The host wants a second factor: `answer` goes on. */
  onChallenged(): void;
  onGranted(granted: Granted): void;
  /** A reliable, media or cursor record, after the grant. Whatever it throws ends the connection. */
  onRecord(header: Envelope, body: Uint8Array): void;
  /** Once, and nothing after it. Not called when this side closed. */
  onFailed(failure: ConnectionFailure): void;
}

const RECORD_TYPES: ReadonlySet<number> = new Set([MessageType.reliable, MessageType.media, MessageType.cursor]);

export class ViewerConnection {
  readonly #access: ViewerAccess;
  readonly #parts: ViewerParts;
  readonly #credential: ViewerCredential;
  readonly #hello: Hello;
  readonly #events: ViewerConnectionEvents;
  readonly #link: RelayLink;
  #handshake: ViewerHandshake | null = null;
  #granted: Granted | null = null;
  #early: { header: Envelope; body: Uint8Array }[] = [];
  #earlyBytes = 0;
  #over: boolean = false;
  #cancelTimeout: (() => void) | null = null;

  constructor(
    access: ViewerAccess,
    parts: ViewerParts,
    credential: ViewerCredential,
    hello: Hello,
    events: ViewerConnectionEvents,
  ) {
    this.#access = access;
    this.#parts = parts;
    this.#credential = credential;
    this.#hello = hello;
    this.#events = events;
    this.#link = joinAsViewer(access, {
      onJoined: (_peer, hostId) => this.#onJoined(hostId),
      onHostLeft: () => this.#fail(new TarnetError('host-offline', 'the host left')),
      onMessage: (header, body) => this.#onMessage(header, body),
      onClose: (reason: ErrorReason, message) => this.#fail(new TarnetError(reason, message)),
    });
  }

  get queuedBytes(): number {
    return this.#link.queuedBytes;
  }

  get receivedBytes(): number {
    return this.#link.receivedBytes;
  }

  get sentBytes(): number {
    return this.#link.sentBytes;
  }

  /** Hands over what was sent, then closes; no event follows. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimeout?.();
    this.#handshake?.close();
    this.#granted?.records.close();
    this.#granted?.group.close();
    this.#early = [];
    this.#link.close();
  }

  /** The code that the host has asked for, as its user typed it. Throws `malformed` for what is none. */
  answer(typed: string): void {
    if (this.#over || !this.#handshake) return;
    this.#sendHandshake(this.#handshake.answer(typed));
    this.#limit(VIEWER_CONNECTION_LIMITS.grantTimeoutMs);
  }

  #onJoined(hostId: string): void {
    if (this.#handshake) {
      this.#fail(TarnetError.malformed('joined', 'twice'));
      return;
    }
    const { primitives, opaque, identity, acceptHost } = this.#parts;
    const handshake = new ViewerHandshake({
      primitives,
      opaque,
      identity,
      hostId,
      credential: this.#credential,
      hello: helloMessage.encode(this.#hello),
      acceptHost: (host) => acceptHost(host, hostId, this.#access.url),
    });
    this.#handshake = handshake;
    this.#events.onJoined();
    this.#limit(VIEWER_CONNECTION_LIMITS.proofTimeoutMs);
    this.#inTurn(handshake.start(), (hs1) => this.#sendHandshake(hs1));
  }

  #onMessage(header: Envelope, body: Uint8Array): void {
    if (this.#over) return;
    if (header.type === MessageType.handshake) {
      const handshake = this.#handshake;
      if (!handshake || this.#granted) throw TarnetError.malformed('type', 'a handshake message out of turn');
      this.#inTurn(handshake.receive(body), (step) => {
        switch (step.kind) {
          case 'granted':
            this.#onGranted(step);
            return;
          case 'challenge':
            this.#limit(VIEWER_CONNECTION_LIMITS.answerTimeoutMs);
            this.#events.onChallenged();
            return;
          case 'proof':
            this.#sendHandshake(step.message);
            this.#limit(VIEWER_CONNECTION_LIMITS.grantTimeoutMs);
            this.#events.onProved([...step.sas]);
        }
      });
      return;
    }
    if (!RECORD_TYPES.has(header.type)) return;
    if (this.#granted) this.#onRecord(header, body);
    else this.#keepForLater(header, body);
  }

  #keepForLater(header: Envelope, body: Uint8Array): void {
    const { maxEarlyMessages, maxEarlyBytes } = VIEWER_CONNECTION_LIMITS;
    this.#earlyBytes += body.length;
    if (this.#early.length >= maxEarlyMessages || this.#earlyBytes > maxEarlyBytes)
      this.#fail(new TarnetError('limit-reached', 'too much before the grant'));
    else this.#early.push({ header, body });
  }

  #onGranted(granted: ViewerGranted): void {
    const { primitives } = this.#parts;
    const grant = grantMessage.decode(granted.grant);
    this.#cancelTimeout?.();
    this.#granted = {
      grant,
      records: new RecordLink(granted.channel, (message) => this.#link.sendMessage(message)),
      group: new GroupOpen(primitives, primitives.verifier(granted.host.ed25519)),
      fingerprint: [...fingerprint(primitives, granted.host)],
      ticket: {
        ticketId: grant.ticketId,
        resumptionSecret: granted.exportSecret('resumption'),
        host: granted.host,
        lifetimeMs: grant.ticketLifetimeMs,
      },
    };
    this.#events.onGranted(this.#granted);
    for (const { header, body } of this.#early.splice(0)) if (!this.#over) this.#onRecord(header, body);
  }

  #onRecord(header: Envelope, body: Uint8Array): void {
    try {
      this.#events.onRecord(header, body);
    } catch (error) {
      this.#fail(error);
    }
  }

  #sendHandshake(message: Uint8Array): void {
    this.#link.send(envelope(MessageType.handshake), message);
  }

  /** Goes on with what a step of the handshake gives, unless the connection is over by then. */
  #inTurn<T>(step: Promise<T>, next: (result: T) => void): void {
    step
      .then((result) => {
        if (!this.#over) next(result);
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #limit(timeoutMs: number): void {
    this.#cancelTimeout?.();
    this.#cancelTimeout = this.#access.clock.after(timeoutMs, () =>
      this.#fail(new TarnetError('timeout', 'the host did not answer in time')),
    );
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    const error = TarnetError.from(thrown);
    this.close();
    const told = error instanceof HandshakeError ? error : null;
    this.#events.onFailed({
      error,
      triesLeft: told?.triesLeft ?? null,
      retryAfterMs: (told?.retryAfterS ?? 0) * 1000,
    });
  }
}
