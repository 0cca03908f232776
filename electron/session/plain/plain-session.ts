// Owns a session with a host of protocol v1: pictures and commands through a relay, without any encryption.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { LinkStatistics, PaintReport, PlainPictureDelivery } from '../../../shared/ipc/media.ts';
import type { InputEvent } from '../../../shared/model/input-event.ts';
import { plainPictureHeader } from '../../../shared/model/plain-picture.ts';
import { RetryTimer } from '../../../shared/transport/retry-timer.ts';
import type { OpenTextTransport, TextTransport } from '../../transport/text-transport.ts';
import { LinkMeter } from '../link-meter.ts';
import { nextPlainPhase, type PlainEvent, type PlainPhase } from './plain-phase.ts';
import { V1Commander } from './v1-commander.ts';
import { controlCommand, parseV1Heard, pictureBytes, registerClient, type V1Heard } from './v1-wire.ts';

export const PLAIN_SESSION_LIMITS = {
  /** From the open WebSocket to the first word of the relay about the host. */
  answerMs: 15_000,
  /** How long a lost host is sought. */
  seekMs: 600_000,
  /** Pictures that the window has and has not painted; then only the newest waits. */
  maxUnpainted: 3,
  /** Commands that wait for the relay; with more, moves are given up and everything is let go. */
  maxQueuedBytes: 256 * 1024,
  linkEveryMs: 1_000,
} as const;

export interface PlainTarget {
  /** ws:// or wss:// */
  url: string;
  hostId: string;
}

export interface PlainSessionState {
  phase: PlainPhase;
  viewOnly: boolean;
  error: TarnetError | null;
  /** When the next attempt starts, this machine's clock. */
  retryAtMs: number | null;
}

export interface PlainSessionOptions {
  open: OpenTextTransport;
  clock: Clock;
  log: Log;
  viewOnly: boolean;
  onState(state: PlainSessionState): void;
  onPicture(delivery: PlainPictureDelivery): void;
  onLink(statistics: LinkStatistics): void;
}

export class PlainSession {
  readonly #options: PlainSessionOptions;
  readonly #target: PlainTarget;
  readonly #clientId = randomUUID();
  readonly #retry: RetryTimer;
  readonly #meter: LinkMeter;
  readonly #commander: V1Commander;
  #state: PlainSessionState;
  #transport: TextTransport | null = null;
  #cancelAnswer: (() => void) | null = null;
  #cancelLink: (() => void) | null = null;
  #seekUntilMs = 0;
  /** The newest picture as it came, delivered or not. */
  #newest: { data: string; receivedAtMs: number } | null = null;
  #waits = false;
  #deliveredSeq = 0;
  #paintedSeq = 0;
  #heardAtMs = 0;
  #roundTripMs: number | null = null;
  #receivedBytes = 0;
  #sentBytes = 0;

  constructor(target: PlainTarget, options: PlainSessionOptions) {
    this.#options = options;
    this.#target = target;
    this.#retry = new RetryTimer(options.clock);
    this.#meter = new LinkMeter(options.clock);
    this.#state = { phase: 'connecting', viewOnly: options.viewOnly, error: null, retryAtMs: null };
    this.#commander = new V1Commander(options.clock, (command) => {
      this.#send(controlCommand(this.#clientId, this.#target.hostId, command));
    });
  }

  get state(): PlainSessionState {
    return this.#state;
  }

  /** Starts. What has ended stays so: its user is asked again before another one. */
  connect(): void {
    const { open, clock } = this.#options;
    this.#change({ retryAtMs: null });
    this.#roundTripMs = null;
    const transport = open(this.#target.url, {
      onOpen: () => {
        this.#send(registerClient(this.#clientId, this.#target.hostId));
        this.#cancelAnswer = clock.after(PLAIN_SESSION_LIMITS.answerMs, () =>
          this.#lost(new TarnetError('host-offline', 'the relay says nothing about this host')),
        );
      },
      onText: (text) => {
        if (this.#transport === transport) this.#onText(text);
      },
      onClose: (reason, message) => {
        if (this.#transport === transport) this.#lost(new TarnetError(reason, message || reason));
      },
      onRoundTrip: (ms) => {
        this.#roundTripMs = ms;
      },
    });
    this.#transport = transport;
  }

  close(): void {
    if (this.#state.phase === 'ended') return;
    if (this.#state.phase === 'active') this.#commander.releaseAll();
    this.#finish(null);
  }

  sendInput(events: readonly InputEvent[]): void {
    if (this.#state.phase !== 'active' || this.#state.viewOnly) return;
    const queuedBytes = this.#transport?.queuedBytes ?? 0;
    // Old clicks must not come down minutes later.
    if (queuedBytes > PLAIN_SESSION_LIMITS.maxQueuedBytes) this.#commander.releaseAll();
    else this.#commander.input(events);
  }

  setViewOnly(viewOnly: boolean): void {
    if (viewOnly === this.#state.viewOnly) return;
    if (viewOnly) this.#commander.releaseAll();
    this.#change({ viewOnly });
  }

  /** The window begins anew, or could not paint: it needs the newest picture once more. */
  redeliver(): void {
    this.#paintedSeq = this.#deliveredSeq;
    if (this.#newest) this.#deliver();
  }

  reportPaint({ seq }: PaintReport): void {
    this.#paintedSeq = Math.min(this.#deliveredSeq, Math.max(this.#paintedSeq, seq));
    if (this.#waits) this.#deliver();
  }

  #onText(text: string): void {
    this.#meter.add(text.length);
    this.#receivedBytes += text.length;
    let heard: V1Heard | null;
    try {
      heard = parseV1Heard(text);
    } catch (error) {
      this.#options.log.warn('a message was not understood', { reason: TarnetError.from(error).message });
      return;
    }
    switch (heard?.type) {
      case 'client_registered':
        this.#shown();
        return;
      case 'screen_frame':
        if (heard.host_id !== this.#target.hostId) return;
        this.#shown();
        this.#heardAtMs = this.#options.clock.monotonicMs();
        this.#newest = { data: heard.data, receivedAtMs: this.#options.clock.nowMs() };
        this.#deliver();
        return;
      case 'host_disconnected':
        this.#lost(new TarnetError('host-offline', 'the host has left'));
        return;
      case 'error':
        this.#options.log.warn('the relay reports an error', { message: heard.message.slice(0, 200) });
        if (this.#state.phase !== 'active') this.#lost(new TarnetError('host-offline', heard.message.slice(0, 200)));
        return;
      case 'hosts_list':
      case undefined:
        return;
    }
  }

  /** The host is there. */
  #shown(): void {
    this.#cancelAnswer?.();
    this.#cancelAnswer = null;
    if (this.#state.phase === 'active') return;
    this.#retry.succeeded();
    this.#heardAtMs = this.#options.clock.monotonicMs();
    this.#enter('shown', { error: null, retryAtMs: null });
    this.#tellLink();
  }

  #deliver(): void {
    const newest = this.#newest;
    if (!newest) return;
    this.#waits = this.#deliveredSeq - this.#paintedSeq >= PLAIN_SESSION_LIMITS.maxUnpainted;
    if (this.#waits) return;
    try {
      const data = pictureBytes(newest.data);
      const header = plainPictureHeader(data);
      this.#deliveredSeq += 1;
      this.#options.onPicture({ header, data, seq: this.#deliveredSeq, receivedAtMs: newest.receivedAtMs });
      if (this.#state.error) this.#change({ error: null });
    } catch (cause) {
      const { message } = TarnetError.from(cause);
      if (this.#state.error?.message !== message)
        this.#change({ error: new TarnetError('decoder-failed', message, { cause }) });
    }
  }

  #lost(error: TarnetError): void {
    const { clock, log } = this.#options;
    const wasActive = this.#state.phase === 'active';
    log.info('connection failed', { phase: this.#state.phase, reason: error.reason });
    this.#detach();
    if (wasActive) this.#seekUntilMs = clock.monotonicMs() + PLAIN_SESSION_LIMITS.seekMs;
    if (this.#seekUntilMs <= clock.monotonicMs() || !PASSING.has(error.reason)) {
      this.#finish(error);
      return;
    }
    const delayMs = this.#retry.schedule(() => this.connect());
    this.#enter('lost', { error, retryAtMs: clock.nowMs() + delayMs });
  }

  #finish(error: TarnetError | null): void {
    this.#retry.cancel();
    this.#retry.succeeded();
    this.#seekUntilMs = 0;
    this.#newest = null;
    this.#detach();
    this.#enter('ended', { error, retryAtMs: null });
  }

  #detach(): void {
    this.#cancelAnswer?.();
    this.#cancelAnswer = null;
    this.#cancelLink?.();
    this.#cancelLink = null;
    this.#commander.forget();
    this.#transport?.close();
    this.#transport = null;
  }

  #send(text: string): void {
    this.#sentBytes += text.length;
    this.#transport?.send(text);
  }

  #tellLink(): void {
    const { clock, onLink } = this.#options;
    onLink({
      roundTripMs: this.#roundTripMs,
      clockOffsetMs: null,
      receivedBitsPerSecond: this.#meter.bitsPerSecond,
      receivedBytes: this.#receivedBytes,
      sentBytes: this.#sentBytes,
      lostFrames: 0,
      silentMs: clock.monotonicMs() - this.#heardAtMs,
    });
    this.#cancelLink = clock.after(PLAIN_SESSION_LIMITS.linkEveryMs, () => this.#tellLink());
  }

  #enter(event: PlainEvent, change: Partial<PlainSessionState>): void {
    this.#change({ ...change, phase: nextPlainPhase(this.#state.phase, event) });
  }

  #change(change: Partial<PlainSessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onState(this.#state);
  }
}

/** While a lost host is sought, these pass. */
const PASSING: ReadonlySet<ErrorReason> = new Set([
  'connection-lost',
  'relay-unreachable',
  'host-offline',
  'timeout',
  'going-away',
  'too-slow',
  'rate-limited',
  'limit-reached',
  'internal',
]);
