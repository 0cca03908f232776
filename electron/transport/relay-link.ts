// Owns one connection to a relay: staying alive, acknowledging, and splitting what comes into header and body.
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { OpenTransport, Transport } from '../../shared/transport/transport.ts';
import { ByteReader, ByteWriter } from '../../shared/wire/bytes.ts';
import { type ControlMessage, decodeControl, encodeControl } from '../../shared/wire/control.ts';
import { decodeMessage, type Envelope, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';

export const RELAY_LINK_LIMITS = {
  /** How often a viewer tells the relay how much it has received. */
  ackEveryMs: 30,
  /** Less than this has no bearing on what the relay may send: it is told later, with what comes meanwhile. */
  ackSoonBytes: 1024,
  ackLittleEveryMs: 250,
  pingEveryMs: 4_000,
  /** Nothing heard for this long: the connection is dead. */
  deadAfterMs: 10_000,
  /** More than this waiting to leave: the connection is of no use any more. */
  maxQueuedBytes: 32 * 1024 * 1024,
  /** How long getting into a room may take once the socket is open. */
  admissionTimeoutMs: 8_000,
  maxRedirects: 3,
} as const;

/** Pieces that every connection to a relay needs. */
export interface RelayAccess {
  url: string;
  /** What the relay asks of those who use it, where it asks. */
  token?: string;
  open: OpenTransport;
  clock: Clock;
}

export interface LinkEvents {
  /** Everything that is no business between this peer and the relay. */
  onMessage(header: Envelope, body: Uint8Array): void;
  /** Once, and nothing after it. Not called when this side closed. */
  onClose(reason: ErrorReason, message: string): void;
}

/** An open, or opening, connection to a relay. */
export interface RelayLink {
  /** Queues one message; after close it does nothing. */
  send(header: Envelope, body: Uint8Array): void;
  /** Queues a message that has its header already. */
  sendMessage(message: Uint8Array): void;
  sendControl(message: ControlMessage): void;
  /** Resolves when the relay has handled all that was sent before, or the connection is gone, or after the time-out. */
  passedOn(timeoutMs: number): Promise<void>;
  /** Bytes that have not left this process. */
  readonly queuedBytes: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  close(): void;
}

/** What makes a host's connection different from a viewer's. */
export interface LinkRole {
  /** Whether the relay wants to know how much has arrived. */
  acks: boolean;
  hello: ControlMessage;
  /** False for what this role has no use for. */
  onControl(message: ControlMessage, link: Link): boolean;
}

export class Link implements RelayLink {
  readonly #access: RelayAccess;
  readonly #events: LinkEvents;
  readonly #role: LinkRole;
  #transport: Transport;
  #closed: boolean = false;
  #opened: boolean = false;
  #admitted: boolean = false;
  #redirects = 0;
  /** Once TLS, always TLS: a token for an encrypted relay is never sent in the clear. */
  #isEncrypted: boolean;
  #receivedBytes = 0;
  #sentBytes = 0;
  /** Bytes on the present socket: what acknowledgements count. */
  #socketBytes = 0;
  #heardAtMs: number;
  #openedAtMs = 0;
  #relayError: { reason: ErrorReason; message: string } | null = null;
  #ackedBytes = 0;
  #ackIsSoon: boolean = false;
  #cancelAck: (() => void) | null = null;
  /** Called when the relay has answered a ping: it handles messages in order. */
  readonly #onAnswer = new Map<number, () => void>();
  #pings = 0;
  #cancelPing: (() => void) | null = null;

  constructor(access: RelayAccess, events: LinkEvents, role: LinkRole) {
    this.#access = access;
    this.#events = events;
    this.#role = role;
    this.#heardAtMs = access.clock.monotonicMs();
    this.#isEncrypted = isEncrypted(access.url);
    this.#transport = this.#open(access.url);
  }

  get queuedBytes(): number {
    return this.#transport.queuedBytes;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  send(header: Envelope, body: Uint8Array): void {
    this.sendMessage(encodeMessage(header, body));
  }

  sendMessage(message: Uint8Array): void {
    if (this.#closed || !this.#opened) return;
    if (this.#transport.queuedBytes + message.length > RELAY_LINK_LIMITS.maxQueuedBytes) {
      this.#fail('too-slow', 'too much is waiting to be sent');
      return;
    }
    this.#sentBytes += message.length;
    this.#transport.send(message);
  }

  sendControl(message: ControlMessage): void {
    this.send(envelope(MessageType.control), encodeControl(message));
  }

  passedOn(timeoutMs: number): Promise<void> {
    if (this.#closed || !this.#opened) return Promise.resolve();
    return new Promise((resolve) => {
      const ping = this.#ping();
      const done = () => {
        cancel();
        this.#onAnswer.delete(ping);
        resolve();
      };
      const cancel = this.#access.clock.after(timeoutMs, done);
      this.#onAnswer.set(ping, done);
    });
  }

  close(): void {
    this.#finish();
    this.#transport.close();
  }

  /** The relay let us in. */
  admitted(): void {
    this.#admitted = true;
  }

  #open(url: string): Transport {
    let transport: Transport | null = null;
    // A redirect replaces the transport: what the old one still says is no longer ours.
    const current = () => !this.#closed && (transport === null || transport === this.#transport);
    transport = this.#access.open(url, {
      onOpen: () => {
        if (current()) this.#onOpen();
      },
      onMessage: (message) => {
        if (current()) this.#onMessage(message);
      },
      onClose: (reason, message) => {
        if (current()) this.#onTransportClose(reason, message);
      },
    });
    return transport;
  }

  #onOpen(): void {
    this.#opened = true;
    this.#openedAtMs = this.#access.clock.monotonicMs();
    this.#heardAtMs = this.#openedAtMs;
    this.#socketBytes = 0;
    this.#ackedBytes = 0;
    this.sendControl(this.#role.hello);
    this.#schedulePing();
  }

  #onMessage(message: Uint8Array): void {
    this.#heardAtMs = this.#access.clock.monotonicMs();
    this.#receivedBytes += message.length;
    this.#socketBytes += message.length;
    if (this.#role.acks) this.#scheduleAck();
    try {
      const { header, body } = decodeMessage(message);
      if (header.type === MessageType.control) this.#onControl(decodeControl(body));
      else if (header.type === MessageType.ping) this.#onAnswer.get(new ByteReader(body).u64('ping'))?.();
      else if (header.type !== MessageType.ack) this.#events.onMessage(header, body);
    } catch (error) {
      const { reason, message: text } = TarnetError.from(error);
      this.#fail(reason, text);
    }
  }

  #onControl(message: ControlMessage): void {
    if (this.#role.onControl(message, this)) return;
    switch (message.op) {
      case 'error':
        this.#relayError = message;
        if (!this.#admitted) this.#fail(message.reason, message.message);
        return;
      case 'go-away':
        this.#fail('going-away', 'the relay is shutting down');
        return;
      case 'redirect':
        this.#follow(message.url);
        return;
      default:
        this.#fail('malformed', `${message.op} is not for us`);
    }
  }

  #follow(url: string): void {
    if (this.#admitted) {
      // Who is in the room there has not shaken hands with us: whoever owns this link begins anew, and is led there then.
      this.#fail('redirect', 'the room is at another relay');
      return;
    }
    this.#redirects += 1;
    const isSafe = (this.#isEncrypted ? /^wss:\/\//i : /^wss?:\/\//i).test(url);
    if (this.#redirects > RELAY_LINK_LIMITS.maxRedirects || !isSafe) {
      this.#fail('relay-unreachable', 'redirected in circles, to what is no relay, or out of TLS');
      return;
    }
    this.#isEncrypted ||= isEncrypted(url);
    this.#stopTimers();
    this.#transport.close();
    this.#opened = false;
    this.#admitted = false;
    this.#transport = this.#open(url);
  }

  #onTransportClose(reason: ErrorReason, message: string): void {
    const told = this.#relayError;
    this.#finish();
    if (told && reason === 'connection-lost') this.#events.onClose(told.reason, told.message);
    else this.#events.onClose(reason, message || (told?.message ?? ''));
  }

  #fail(reason: ErrorReason, message: string): void {
    if (this.#closed) return;
    this.close();
    this.#events.onClose(reason, message);
  }

  #finish(): void {
    this.#closed = true;
    this.#stopTimers();
    for (const done of [...this.#onAnswer.values()]) done();
  }

  #stopTimers(): void {
    this.#cancelAck?.();
    this.#cancelPing?.();
    this.#cancelAck = null;
    this.#cancelPing = null;
  }

  #scheduleAck(): void {
    const soon = this.#socketBytes - this.#ackedBytes >= RELAY_LINK_LIMITS.ackSoonBytes;
    if (this.#closed || (this.#cancelAck && (this.#ackIsSoon || !soon))) return;
    this.#cancelAck?.();
    this.#ackIsSoon = soon;
    const waitMs = soon ? RELAY_LINK_LIMITS.ackEveryMs : RELAY_LINK_LIMITS.ackLittleEveryMs;
    this.#cancelAck = this.#access.clock.after(waitMs, () => {
      this.#cancelAck = null;
      this.#ackedBytes = this.#socketBytes;
      this.send(envelope(MessageType.ack), new ByteWriter(8).u64(this.#socketBytes).finish());
    });
  }

  #schedulePing(): void {
    this.#cancelPing = this.#access.clock.after(RELAY_LINK_LIMITS.pingEveryMs, () => this.#pingOrGiveUp());
  }

  #pingOrGiveUp(): void {
    const nowMs = this.#access.clock.monotonicMs();
    if (!this.#admitted && nowMs - this.#openedAtMs >= RELAY_LINK_LIMITS.admissionTimeoutMs) {
      this.#fail('timeout', 'the relay did not let us in in time');
      return;
    }
    if (nowMs - this.#heardAtMs >= RELAY_LINK_LIMITS.deadAfterMs) {
      this.#fail('timeout', 'nothing was heard from the relay');
      return;
    }
    this.#ping();
    this.#schedulePing();
  }

  /** Sends a ping, which the relay gives back as it is; returns its number. */
  #ping(): number {
    this.#pings += 1;
    this.send(envelope(MessageType.ping), new ByteWriter(8).u64(this.#pings).finish());
    return this.#pings;
  }
}

function isEncrypted(url: string): boolean {
  return /^wss:/i.test(url);
}
