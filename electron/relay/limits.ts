// Owns every limit of the relay by name, and the counters that hold rates within them.
import type { Clock } from '../../shared/base/clock.ts';

export interface RelayLimits {
  /** Open sockets altogether, HTTP included. */
  maxConnections: number;
  /** Open sockets of one address (an IPv6 /64 counts as one). */
  maxConnectionsPerAddress: number;
  /** New sockets of one address in a minute. */
  connectionsPerMinutePerAddress: number;
  maxRooms: number;
  maxViewersPerRoom: number;
  /** First handshake messages (HS1) in a minute, of one address and for one host ID. */
  handshakesPerMinutePerAddress: number;
  handshakesPerMinutePerHost: number;
  /** Attempts to open a room, and to find one, in a minute, of one address: nobody tries out all IDs. */
  registrationsPerMinutePerAddress: number;
  joinsPerMinutePerAddress: number;
  /** Bytes of one connection that are read in a second, and four times as many at once after a pause; null: all. */
  bytesPerSecond: number | null;
  /** Control messages and pings of one connection. */
  controlPerSecond: number;
  /** All other messages of a viewer; input is some hundreds a second. */
  viewerMessagesPerSecond: number;
  /** All other messages of a host, for all of its viewers together. */
  hostMessagesPerSecond: number;
  /** From the open socket until it has become a host or a viewer. */
  joinDeadlineMs: number;
  pingEveryMs: number;
  /** Nothing heard for this long: the peer is dead. */
  deadAfterMs: number;
  /**
   * A connection without anything but control, pings and acks for this long is closed; null: never. A host that waits for
   * viewers is not idle.
   */
  idleAfterMs: number | null;
  /** How long viewers stay in the room of a host that is gone. */
  hostGraceMs: number;
  /** How long a closing peer may take to say goodbye. */
  closeTimeoutMs: number;
}

export const RELAY_LIMITS: Readonly<RelayLimits> = {
  maxConnections: 1_024,
  maxConnectionsPerAddress: 64,
  connectionsPerMinutePerAddress: 240,
  maxRooms: 256,
  maxViewersPerRoom: 16,
  handshakesPerMinutePerAddress: 10,
  handshakesPerMinutePerHost: 30,
  registrationsPerMinutePerAddress: 30,
  joinsPerMinutePerAddress: 120,
  bytesPerSecond: null,
  controlPerSecond: 20,
  viewerMessagesPerSecond: 2_000,
  hostMessagesPerSecond: 20_000,
  joinDeadlineMs: 10_000,
  pingEveryMs: 5_000,
  deadAfterMs: 10_000,
  idleAfterMs: null,
  hostGraceMs: 10_000,
  closeTimeoutMs: 1_000,
};

/** Bounds that are not for the operator to choose. */
export const RELAY_BOUNDS = {
  /** Bytes of one message before its sender has become a host: viewers never send more. */
  maxViewerMessageBytes: 66 * 1024,
  /** Pieces of memory that one unfinished message may consist of. */
  maxMessagePieces: 16 * 1024,
  /** Messages that go to a host and wait in this process; above it whoever sends more is not read. */
  hostQueueHighBytes: 1024 * 1024,
  hostQueueLowBytes: 256 * 1024,
  /** A host with more than this waiting is closed. */
  hostQueueMaxBytes: 8 * 1024 * 1024,
  /** Addresses or IDs that a rate is remembered for; the oldest are forgotten first. */
  maxRateKeys: 16_384,
  maxMediaStreams: 8,
  maxCursorStreams: 4,
} as const;

/** Counts events by key in the minute that has just passed: no more than the limit in any 60 seconds. */
export class MinuteRate {
  readonly #clock: Clock;
  readonly #limit: number;
  /** Times of the events, oldest first; keys in the order of their last event. */
  readonly #events = new Map<string, number[]>();

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Counts one event, or returns false when the key has had its limit. What is refused is not counted. */
  take(key: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const recent = (this.#events.get(key) ?? []).filter((atMs) => nowMs - atMs < MINUTE_MS);
    this.#events.delete(key);
    const allowed = recent.length < this.#limit;
    if (allowed) recent.push(nowMs);
    if (recent.length > 0) this.#events.set(key, recent);
    if (this.#events.size > RELAY_BOUNDS.maxRateKeys) {
      const [oldest] = this.#events.keys();
      if (oldest !== undefined) this.#events.delete(oldest);
    }
    return allowed;
  }
}

/** Lets so many messages through in a second, and twice as many at once after a pause. */
export class SecondRate {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #tokens: number;
  #atMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = 2 * perSecond;
    this.#atMs = clock.monotonicMs();
  }

  /** Takes one message, or returns false when there were too many. */
  take(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + earned);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Lets so many bytes through in a second. What is over is a debt: the time until more may be read. */
export class ByteRate {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #allowance: number;
  #atMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#allowance = BURST_SECONDS * perSecond;
    this.#atMs = clock.monotonicMs();
  }

  /** Counts bytes that were read; milliseconds until more may be read. */
  spend(sizeBytes: number): number {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#allowance = Math.min(BURST_SECONDS * this.#perSecond, this.#allowance + earned) - sizeBytes;
    this.#atMs = nowMs;
    return this.#allowance >= 0 ? 0 : Math.ceil((-this.#allowance / this.#perSecond) * 1000);
  }
}

const MINUTE_MS = 60_000;
const BURST_SECONDS = 4;
