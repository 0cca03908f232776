// Owns a host's place at a relay: opens the room, opens it again when it is lost, and says which it is.
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { RetryTimer } from '../../shared/transport/retry-timer.ts';
import type { OpenTransport } from '../../shared/transport/transport.ts';
import type { ControlMessage } from '../../shared/wire/control.ts';
import type { Envelope } from '../../shared/wire/envelope.ts';
import { registerAsHost } from '../transport/relay-client.ts';
import type { RelayLink } from '../transport/relay-link.ts';

export const HOST_REGISTRATION_LIMITS = {
  /** Attempts before the first opening is given up: what runs on this machine is there at once, or not at all. */
  openTimeoutMs: 10_000,
  /** How long the last words to the viewers may take to get through the relay. */
  farewellMs: 500,
  /** At a relay elsewhere: before the next attempt when no other can help for now, such as with a wrong token. */
  hopelessWaitMs: 60_000,
} as const;

/** Reasons for which no other attempt can help. */
const FINAL: ReadonlySet<ErrorReason> = new Set<ErrorReason>(['unauthorised', 'version-too-old', 'identity-changed']);

export interface HostRegistrationOptions {
  open: OpenTransport;
  clock: Clock;
  log: Log;
  hostId: string;
  ed25519: Uint8Array;
  sign(statement: Uint8Array): Uint8Array;
  onPeerJoined(peer: number, address: string): void;
  onPeerLeft(peer: number): void;
  onKeyframeWanted(peer: number): void;
  onMessage(header: Envelope, body: Uint8Array): void;
  /**
   * The room is open, or was lost and everybody in it with it: null, or why. With `keep` also why an attempt to open it
   * failed.
   */
  onOnline(problem: TarnetError | null): void;
}

interface Waiting {
  resolve(): void;
  reject(error: TarnetError): void;
  cancelTimeout(): void;
}

export class HostRegistration {
  readonly #options: HostRegistrationOptions;
  readonly #retry: RetryTimer;
  #relay: { url: string; token: string | undefined; persistent: boolean } | null = null;
  #link: RelayLink | null = null;
  #online: boolean = false;
  #waiting: Waiting | null = null;

  constructor(options: HostRegistrationOptions) {
    this.#options = options;
    this.#retry = new RetryTimer(options.clock);
  }

  get queuedBytes(): number {
    return this.#link?.queuedBytes ?? 0;
  }

  get online(): boolean {
    return this.#online;
  }

  /** Resolves when the room is open; from then on it is kept open until `close`. Throws why it could not be opened. */
  open(url: string, token?: string): Promise<void> {
    if (this.#relay) return Promise.reject(new TarnetError('illegal-transition', 'the room is open already'));
    this.#relay = { url, token, persistent: false };
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#options.clock.after(HOST_REGISTRATION_LIMITS.openTimeoutMs, () =>
        this.#giveUp(new TarnetError('relay-unreachable', 'the relay did not open the room in time')),
      );
      this.#waiting = { resolve, reject, cancelTimeout };
      this.#connect();
    });
  }

  /** Opens the room now or whenever the relay lets it, and keeps it open until `close`. Throws `illegal-transition`. */
  keep(url: string, token?: string): void {
    if (this.#relay) throw new TarnetError('illegal-transition', 'the room is open already');
    this.#relay = { url, token, persistent: true };
    this.#connect();
  }

  sendMessage(message: Uint8Array): void {
    this.#link?.sendMessage(message);
  }

  send(header: Envelope, body: Uint8Array): void {
    this.#link?.send(header, body);
  }

  sendControl(message: ControlMessage): void {
    this.#link?.sendControl(message);
  }

  /** Leaves, once the relay has passed on what was sent before. */
  async close(): Promise<void> {
    const link = this.#link;
    this.#relay = null;
    this.#link = null;
    this.#online = false;
    this.#retry.cancel();
    this.#retry.succeeded();
    this.#settle()?.reject(new TarnetError('cancelled', 'the room was closed'));
    if (!link) return;
    await link.passedOn(HOST_REGISTRATION_LIMITS.farewellMs);
    link.close();
  }

  #connect(): void {
    if (!this.#relay) return;
    const { url, token } = this.#relay;
    const { open, clock, hostId, ed25519, sign } = this.#options;
    const access = { url, open, clock, hostId, ed25519, sign, ...(token === undefined ? {} : { token }) };
    const link = registerAsHost(access, {
      onRegistered: () => {
        this.#online = true;
        this.#retry.succeeded();
        this.#options.onOnline(null);
        this.#settle()?.resolve();
      },
      onPeerJoined: (peer, address) => this.#options.onPeerJoined(peer, address),
      onPeerLeft: (peer) => this.#options.onPeerLeft(peer),
      onKeyframeWanted: (peer) => this.#options.onKeyframeWanted(peer),
      onMessage: (header, body) => this.#options.onMessage(header, body),
      onClose: (reason, message) => this.#onClose(link, new TarnetError(reason, message)),
    });
    this.#link = link;
  }

  #onClose(link: RelayLink, error: TarnetError): void {
    if (link !== this.#link) return;
    this.#link = null;
    const wasOnline = this.#online;
    this.#online = false;
    this.#options.log.warn('the relay is lost', { reason: error.reason });
    const isHopeless = FINAL.has(error.reason);
    const persistent = this.#relay?.persistent ?? false;
    if (this.#waiting && isHopeless) this.#giveUp(error);
    else
      this.#retry.schedule(
        () => this.#connect(),
        persistent && isHopeless ? HOST_REGISTRATION_LIMITS.hopelessWaitMs : 0,
      );
    if (wasOnline || persistent) this.#options.onOnline(error);
  }

  #giveUp(error: TarnetError): void {
    const link = this.#link;
    this.#link = null;
    this.#relay = null;
    this.#retry.cancel();
    link?.close();
    this.#settle()?.reject(error);
  }

  #settle(): Waiting | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.cancelTimeout();
    return waiting;
  }
}
