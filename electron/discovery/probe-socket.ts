// Owns the UDP port of discovery: hears announcements and queries, answers while sharing, asks while looking.

import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Clock } from '../../shared/base/clock.ts';
import { TarnetError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import { isPrivateAddress } from '../../shared/model/network.ts';
import { broadcastAddresses, type DiscoveryReach } from './local-networks.ts';
import { decodeAnswer, decodeQuery, encodeAnswer, encodeQuery, PROBE, type ProbeAnswer } from './probe-packet.ts';

/** Every app listens here while discovery is on; several on one machine share it. */
export const DISCOVERY_PORT = 8001;

export const PROBE_LIMITS = {
  /** Answers, and datagrams heard; what comes on top is not looked at. */
  answersPerSecond: 5,
  datagramsPerSecond: 200,
  queryEveryMs: 10_000,
  /** An announcement is repeated, because datagrams get lost. */
  announceDelaysMs: [0, 300, 1_000],
  closeDelayMs: 50,
} as const;

/** What this host says of itself while it shares. */
export type OwnAnswer = Omit<ProbeAnswer, 'leaving' | 'nonce'>;

export interface ProbeSocketOptions {
  reach: DiscoveryReach;
  clock: Clock;
  log: Log;
  onFound(answer: ProbeAnswer, address: string): void;
  /** The port cannot be had: hosts are not found in this way. */
  onProblem(error: TarnetError): void;
}

export class ProbeSocket {
  readonly #options: ProbeSocketOptions;
  #listener: Socket | null = null;
  #asker: Socket | null = null;
  #own: OwnAnswer | null = null;
  #cancelQuery: (() => void) | null = null;
  #cancelAnnouncements: (() => void)[] = [];
  #second = 0;
  #answered = 0;
  #heard = 0;

  constructor(options: ProbeSocketOptions) {
    this.#options = options;
  }

  /** Listens and asks, now and every now and then. */
  start(): void {
    if (this.#listener) return;
    this.#listener = this.#open(DISCOVERY_PORT, (datagram, from) => this.#onListener(datagram, from));
    this.#asker = this.#open(0, (datagram, from) => this.#onAnswer(datagram, from));
    this.query();
  }

  /** Asks who is there. */
  query(): void {
    if (!this.#asker) return;
    this.#cancelQuery?.();
    this.#cancelQuery = this.#options.clock.after(PROBE_LIMITS.queryEveryMs, () => this.query());
    this.#broadcast(this.#asker, encodeQuery(randomBytes(PROBE.nonceBytes)));
  }

  /** From now on queries are answered; says so at once to everybody who listens. */
  announce(own: OwnAnswer): void {
    this.#own = own;
    this.#cancelAll();
    for (const delayMs of PROBE_LIMITS.announceDelaysMs)
      this.#cancelAnnouncements.push(this.#options.clock.after(delayMs, () => this.#tellEverybody(false)));
  }

  /** Sharing has ended: says so, and answers no more. */
  leave(): void {
    this.#cancelAll();
    this.#tellEverybody(true);
    this.#own = null;
  }

  stop(): void {
    this.leave();
    this.#cancelQuery?.();
    this.#cancelQuery = null;
    const sockets = [this.#listener, this.#asker];
    // Sending looks the address up first: the last word needs a moment.
    this.#options.clock.after(PROBE_LIMITS.closeDelayMs, () => {
      for (const socket of sockets) socket?.close();
    });
    this.#listener = null;
    this.#asker = null;
  }

  #cancelAll(): void {
    for (const cancel of this.#cancelAnnouncements) cancel();
    this.#cancelAnnouncements = [];
  }

  #open(port: number, onMessage: (datagram: Uint8Array, from: RemoteInfo) => void): Socket {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', (datagram, from) => {
      if (!isPrivateAddress(from.address) || !this.#mayHear()) return;
      onMessage(datagram, from);
    });
    socket.on('error', (cause) => {
      this.#options.onProblem(new TarnetError('not-supported', `discovery cannot use UDP port ${port}`, { cause }));
    });
    socket.bind(port, () => socket.setBroadcast(true));
    return socket;
  }

  #onListener(datagram: Uint8Array, from: RemoteInfo): void {
    const nonce = decodeQuery(datagram);
    if (nonce === null) {
      this.#onAnswer(datagram, from);
      return;
    }
    const own = this.#own;
    if (!own || !this.#mayAnswer()) return;
    this.#send(this.#listener, encodeAnswer({ ...own, nonce, leaving: false }), from.port, from.address);
  }

  #onAnswer(datagram: Uint8Array, from: RemoteInfo): void {
    try {
      const answer = decodeAnswer(datagram);
      if (answer) this.#options.onFound(answer, from.address);
    } catch (error) {
      this.#options.log.debug('a datagram was not understood', { field: TarnetError.from(error).field });
    }
  }

  #tellEverybody(leaving: boolean): void {
    const own = this.#own;
    if (!own || !this.#listener) return;
    this.#broadcast(this.#listener, encodeAnswer({ ...own, nonce: new Uint8Array(PROBE.nonceBytes), leaving }));
  }

  #broadcast(socket: Socket, datagram: Buffer): void {
    for (const address of broadcastAddresses(this.#options.reach))
      this.#send(socket, datagram, DISCOVERY_PORT, address);
  }

  #send(socket: Socket | null, datagram: Buffer, port: number, address: string): void {
    // A network that has just gone is no error worth a word: the next query finds another.
    socket?.send(datagram, port, address, () => undefined);
  }

  #mayAnswer(): boolean {
    this.#turnSecond();
    this.#answered += 1;
    return this.#answered <= PROBE_LIMITS.answersPerSecond;
  }

  #mayHear(): boolean {
    this.#turnSecond();
    this.#heard += 1;
    return this.#heard <= PROBE_LIMITS.datagramsPerSecond;
  }

  #turnSecond(): void {
    const second = Math.floor(this.#options.clock.monotonicMs() / 1000);
    if (second === this.#second) return;
    this.#second = second;
    this.#answered = 0;
    this.#heard = 0;
  }
}
