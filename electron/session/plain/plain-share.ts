// Owns being a host of protocol v1: registered at a relay without any encryption, shown to nobody unasked.
import type { Clock } from '../../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../../shared/base/errors.ts';
import type { Log } from '../../../shared/base/log.ts';
import type { CaptureSource } from '../../../shared/model/capture-source.ts';
import type { Permissions } from '../../../shared/model/permissions.ts';
import {
  PLAIN_SHARE_TRANSITIONS,
  type PlainShareEvent,
  type PlainSharePhase,
} from '../../../shared/session/plain-share-phase.ts';
import { canTransition, transition } from '../../../shared/session/transition-table.ts';
import { RetryTimer } from '../../../shared/transport/retry-timer.ts';
import type { OpenTextTransport, TextTransport } from '../../transport/text-transport.ts';
import type { ConsentPort } from '../consent.ts';
import type { InputSink } from '../room-ports.ts';
import { PlainAudience } from './plain-audience.ts';
import { PlainCounter } from './plain-counter.ts';
import { PlainHands } from './plain-hands.ts';
import type { PlainPictures } from './plain-picture-port.ts';
import { PlainQuestion } from './plain-question.ts';
import { PlainShow } from './plain-show.ts';
import { clientsOf, parseV1HostHeard, registerHost, type V1HostHeard } from './v1-host-wire.ts';

export const PLAIN_SHARE_LIMITS = {
  /** From the open WebSocket to the relay's word that the room is open. */
  answerMs: 15_000,
} as const;

export interface PlainShareTarget {
  /** ws:// or wss:// */
  url: string;
  hostId: string;
  /** The relay as people know it. */
  relay: string;
}

export interface PlainShareStatus {
  phase: PlainSharePhase;
  /** Clients in the room, as the relay counts them. */
  viewers: number;
  /** Those who watch may also control. */
  control: boolean;
  /** Since when they watch, this machine's clock; null while nobody does. */
  sinceMs: number | null;
  error: TarnetError | null;
  /** When the next attempt to reach the relay starts. */
  retryAtMs: number | null;
}

/** For the activity log. */
export interface PlainShareActivity {
  kind: 'admitted' | 'refused' | 'permissions' | 'left';
  viewers: number;
  control: boolean;
  sinceMs: number | null;
  reason: ErrorReason | null;
}

export interface PlainShareOptions {
  open: OpenTextTransport;
  clock: Clock;
  log: Log;
  /** Asks the host's user, whatever is set for others: nobody comes in here by a proof. */
  desk: ConsentPort;
  input: InputSink;
  pictures: PlainPictures;
  onStatus(status: PlainShareStatus): void;
  onSource(source: CaptureSource): void;
  onActivity(activity: PlainShareActivity): void;
}

const OFF: PlainShareStatus = {
  phase: 'off',
  viewers: 0,
  control: false,
  sinceMs: null,
  error: null,
  retryAtMs: null,
};

export class PlainShare {
  readonly #options: PlainShareOptions;
  readonly #retry: RetryTimer;
  readonly #audience = new PlainAudience();
  readonly #counter: PlainCounter;
  readonly #hands: PlainHands;
  readonly #show: PlainShow;
  readonly #question: PlainQuestion;
  #status: PlainShareStatus = OFF;
  #target: PlainShareTarget | null = null;
  #transport: TextTransport | null = null;
  #cancelAnswer: (() => void) | null = null;

  constructor(options: PlainShareOptions) {
    const { clock, desk, input, pictures } = options;
    this.#options = options;
    this.#retry = new RetryTimer(clock);
    this.#counter = new PlainCounter(clock, {
      ask: (text) => this.#transport?.send(text),
      onSilent: () => this.#lost(new TarnetError('timeout', 'the relay does not say who is there')),
    });
    this.#question = new PlainQuestion({ clock, desk, onAnswer: (answer) => this.#answered(answer) });
    this.#hands = new PlainHands({ clock, input, audience: this.#audience, onActed: () => pictures.viewerActed() });
    this.#show = new PlainShow({
      clock,
      pictures,
      mayShow: () => this.#status.phase === 'showing' && this.#counter.isFresh,
      send: (picture, onTaken) => this.#sendPicture(picture, onTaken),
      onSource: (source) => options.onSource(source),
      onProblem: (error) => this.#change({ error }),
    });
  }

  /** How many watch, as far as anybody knows. */
  get watching(): number {
    return this.#status.phase === 'showing' ? this.#status.viewers : 0;
  }

  /** Registers, and stays registered until `stop`. */
  start(target: PlainShareTarget): void {
    this.stop('ended-by-host');
    this.#target = target;
    this.#enter('started', { error: null });
    this.#connect();
  }

  /** Leaves the relay: whoever watches hears that this host is gone. */
  stop(reason: ErrorReason): void {
    if (this.#status.phase === 'off') return;
    this.#endShow(reason);
    this.#target = null;
    this.#retry.cancel();
    this.#retry.succeeded();
    this.#question.reset();
    this.#detach();
    this.#enter('ended', OFF);
  }

  /** Everybody has to go, and to be asked about when they come back. */
  sendAway(): void {
    if (!this.#transport) return;
    this.#endShow('ended-by-host');
    this.#question.quieten();
    this.#lost(null);
  }

  /** Those who watch may control from now on, or only look. */
  setControl(control: boolean): void {
    if (this.#status.phase !== 'showing' || control === this.#status.control) return;
    this.#hands.setControl(control);
    this.#change({ control });
    this.#report('permissions', null);
  }

  selectSource(sourceId: string): void {
    this.#show.selectSource(sourceId);
  }

  /** What is shared may have changed unseen. */
  wake(): void {
    this.#show.refresh();
  }

  #connect(): void {
    const { open, clock } = this.#options;
    const target = this.#target;
    if (!target) return;
    this.#change({ retryAtMs: null });
    const transport = open(target.url, {
      onOpen: () => {
        if (this.#transport !== transport) return;
        transport.send(registerHost(target.hostId, clock.nowMs()));
        this.#cancelAnswer = clock.after(PLAIN_SHARE_LIMITS.answerMs, () =>
          this.#lost(new TarnetError('timeout', 'the relay does not answer')),
        );
      },
      onText: (text) => {
        if (this.#transport === transport) this.#onText(text);
      },
      onClose: (reason, message) => {
        if (this.#transport === transport) this.#lost(new TarnetError(reason, message || reason));
      },
      onRoundTrip: () => undefined,
    });
    this.#transport = transport;
  }

  #onText(text: string): void {
    let heard: V1HostHeard | null;
    try {
      heard = parseV1HostHeard(text);
    } catch (error) {
      this.#options.log.warn('a message was not understood', { reason: TarnetError.from(error).message });
      return;
    }
    switch (heard?.type) {
      case 'host_registered':
        this.#registered();
        return;
      case 'hosts_list':
        this.#counted(clientsOf(heard, this.#target?.hostId ?? ''));
        return;
      case 'control_command':
        if (heard.target_host === this.#target?.hostId) this.#command(heard);
        return;
      case 'error':
        this.#options.log.warn('the relay reports an error', { message: heard.message.slice(0, 200) });
        if (this.#status.phase === 'connecting')
          this.#lost(new TarnetError('unauthorised', heard.message.slice(0, 200), { field: 'relay' }));
        return;
      case undefined:
        return;
    }
  }

  #registered(): void {
    if (this.#status.phase !== 'connecting') return;
    this.#cancelAnswer?.();
    this.#cancelAnswer = null;
    this.#retry.succeeded();
    this.#enter('registered', { error: null, viewers: 0 });
    this.#counter.start();
  }

  #counted(count: number | null): void {
    if (this.#status.phase === 'connecting') return;
    if (count === null) {
      // not knowing who watches is no reason to show anything
      this.#lost(new TarnetError('not-found', 'the relay does not list this host'));
      return;
    }
    this.#counter.answered();
    const change = this.#audience.counted(count);
    if (count !== this.#status.viewers) this.#change({ viewers: count });
    if (change === 'new') this.#consider();
    if (change === 'fewer') this.#hands.letGo();
    if (change === 'empty') this.#emptied();
    this.#question.counted(count);
    this.#show.tick();
  }

  #command({ client_id: clientId, command }: Extract<V1HostHeard, { type: 'control_command' }>): void {
    if (this.#status.phase !== 'showing') return;
    if (this.#hands.command(clientId, command) !== 'new') return;
    this.#options.log.info('another client gives commands than those who were let in');
    this.#audience.disagree();
    this.#consider();
  }

  /** More are there than were agreed to: nothing more is shown to anybody before the host's user has said yes. */
  #consider(): void {
    const { phase } = this.#status;
    const { count } = this.#audience;
    if (phase === 'asking') {
      if (count > this.#question.asked) this.#ask();
      return;
    }
    if (phase === 'showing') this.#endShow('cancelled');
    else if (!this.#question.isDue(count)) return;
    this.#enter('came');
    this.#ask();
  }

  #ask(): void {
    this.#question.ask(this.#audience.count, this.#target?.relay ?? '');
  }

  #answered(answer: Permissions | ErrorReason): void {
    if (this.#status.phase !== 'asking') return;
    if (typeof answer === 'string') {
      this.#enter('refused');
      this.#report('refused', answer);
      return;
    }
    this.#audience.agree(this.#question.asked);
    const control = answer.has('control');
    this.#hands.setControl(control);
    this.#enter('agreed', { control, sinceMs: this.#options.clock.nowMs() });
    this.#report('admitted', null);
    this.#show.begin();
  }

  #emptied(): void {
    this.#endShow('ended-by-viewer');
    if (canTransition(PLAIN_SHARE_TRANSITIONS, this.#status.phase, 'emptied')) this.#enter('emptied');
  }

  /** Nothing more is shown, nothing more is done, and nothing stays pressed. */
  #endShow(reason: ErrorReason): void {
    this.#question.withdraw();
    this.#show.end();
    this.#hands.letGo();
    this.#audience.disagree();
    if (this.#status.sinceMs === null) return;
    this.#report('left', reason);
    this.#change({ sinceMs: null, control: false });
  }

  /** Tries again, or gives up; without an error because everybody was sent away. */
  #lost(error: TarnetError | null): void {
    const { clock, log } = this.#options;
    log.info('the unencrypted relay is gone', { phase: this.#status.phase, reason: error?.reason });
    this.#endShow('connection-lost');
    this.#detach();
    if (error && HOPELESS.has(error.reason)) {
      this.#retry.cancel();
      this.#enter('failed', { error, viewers: 0, retryAtMs: null });
      return;
    }
    const delayMs = this.#retry.schedule(() => this.#connect());
    this.#enter('lost', { error, viewers: 0, retryAtMs: clock.nowMs() + delayMs });
  }

  #detach(): void {
    this.#cancelAnswer?.();
    this.#cancelAnswer = null;
    this.#counter.stop();
    this.#audience.counted(0);
    this.#question.counted(0);
    this.#transport?.close();
    this.#transport = null;
  }

  #sendPicture(message: (hostId: string) => string, onTaken: () => void): void {
    if (this.#target) this.#transport?.sendLarge(message(this.#target.hostId), onTaken);
  }

  #report(kind: PlainShareActivity['kind'], reason: ErrorReason | null): void {
    const { control, sinceMs } = this.#status;
    this.#options.onActivity({ kind, viewers: this.#question.asked, control, sinceMs, reason });
  }

  #enter(event: PlainShareEvent, change: Partial<PlainShareStatus> = {}): void {
    this.#change({ ...change, phase: transition(PLAIN_SHARE_TRANSITIONS, this.#status.phase, event) });
  }

  #change(change: Partial<PlainShareStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#options.onStatus(this.#status);
  }
}

/** With these there is no use in trying again. */
const HOPELESS: ReadonlySet<ErrorReason> = new Set(['not-supported', 'malformed', 'too-large']);
