// Owns what a viewer says and hears once it is let in: input, pictures, time, permissions, sources, end.
import type { Clock } from '../../shared/base/clock.ts';
import { type ErrorReason, TarnetError } from '../../shared/base/errors.ts';
import type {
  CursorDelivery,
  InputInjected,
  LinkStatistics,
  MediaDelivery,
  PaintReport,
  PictureTrouble,
} from '../../shared/ipc/media.ts';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { type Permissions, permissionsFromBits } from '../../shared/model/permissions.ts';
import { DEFAULT_PICTURE_PREFERENCES, type PicturePreferences } from '../../shared/model/picture-budget.ts';
import { type Envelope, MessageType } from '../../shared/wire/envelope.ts';
import { codecFailedMessage } from '../../shared/wire/messages/codec-failed.ts';
import { displayToViewerMessage } from '../../shared/wire/messages/display-channel.ts';
import type { SharedSource } from '../../shared/wire/messages/display-list.ts';
import { displaySelectMessage } from '../../shared/wire/messages/display-select.ts';
import { endMessage } from '../../shared/wire/messages/end.ts';
import { encodeInput } from '../../shared/wire/messages/input.ts';
import { keyframeRequestMessage } from '../../shared/wire/messages/keyframe-request.ts';
import { decodeInputInjected, encodeMeasuring, isAboutMeasuring } from '../../shared/wire/messages/measuring.ts';
import { pairingRequestMessage } from '../../shared/wire/messages/pairing.ts';
import { permissionsUpdateMessage } from '../../shared/wire/messages/permissions-update.ts';
import { encodePictureFeedback } from '../../shared/wire/messages/picture-feedback.ts';
import { picturePreferencesMessage } from '../../shared/wire/messages/picture-preferences.ts';
import { sessionToViewerMessage } from '../../shared/wire/messages/session-channel.ts';
import { Channel } from '../../shared/wire/reliable.ts';
import { InputMarks } from './input-marks.ts';
import { InputOutbox } from './input-outbox.ts';
import { LinkMeter } from './link-meter.ts';
import { PictureReceiver } from './picture-receiver.ts';
import { FeedbackSender } from './rate/feedback-sender.ts';
import { TimeKeeper } from './time-keeper.ts';
import type { Granted, ViewerConnection } from './viewer-connection.ts';

export const VIEWER_CHANNEL_LIMITS = {
  /** With more than this waiting to leave the machine, input waits and moves are joined. */
  maxQueuedBytes: 32 * 1024,
  /** How soon a blocked link is looked at again. */
  flushAgainMs: 20,
  statisticsEveryMs: 1_000,
  /** With more than this waiting, what the host's rate control wants to know waits too: input goes first. */
  maxQueuedForFeedbackBytes: 8 * 1024,
} as const;

export interface ViewerChannelsOptions {
  clock: Clock;
  onFrame(delivery: MediaDelivery): void;
  onCursor(delivery: CursorDelivery): void;
  onLink(statistics: LinkStatistics): void;
  onInputInjected(injected: InputInjected): void;
  onPermissions(permissions: Permissions): void;
  onSources(sources: SharedSource[], sourceId: string | null): void;
  /** The host has no picture, and why; null when it has one again. */
  onPictureProblem(error: TarnetError | null): void;
  /** The host's user proposes to pair the two, or has said no. */
  onPairingNews(news: 'offered' | 'declined'): void;
  /** Both agree; the key is what the host is recognised by on the LAN. */
  onPaired(discoveryKey: Uint8Array): void;
  /** The host ended the session. */
  onEnd(reason: ErrorReason): void;
}

type Wire = Pick<ViewerConnection, 'queuedBytes' | 'receivedBytes' | 'sentBytes'>;

export class ViewerChannels {
  readonly #options: ViewerChannelsOptions;
  readonly #outbox = new InputOutbox();
  readonly #marks = new InputMarks();
  readonly #pictures: PictureReceiver;
  readonly #time: TimeKeeper;
  readonly #feedback: FeedbackSender;
  #meter: LinkMeter;
  #records: Granted['records'] | null = null;
  #wire: Wire | null = null;
  #measuredBytes = 0;
  #preferences: PicturePreferences = DEFAULT_PICTURE_PREFERENCES;
  #measuring: boolean = false;
  #cancelFlush: (() => void) | null = null;
  #cancelStatistics: (() => void) | null = null;

  constructor(options: ViewerChannelsOptions) {
    this.#options = options;
    const { clock } = options;
    this.#meter = new LinkMeter(clock);
    this.#time = new TimeKeeper(clock, (question) => this.#send(Channel.stats, question));
    this.#feedback = new FeedbackSender({
      clock,
      mustWait: () =>
        this.#outbox.waiting > 0 || (this.#wire?.queuedBytes ?? 0) > VIEWER_CHANNEL_LIMITS.maxQueuedForFeedbackBytes,
      roundTripMs: () => this.#time.bestRoundTripMs,
      send: (feedback) => this.#send(Channel.feedback, encodePictureFeedback(feedback)),
    });
    this.#pictures = new PictureReceiver({
      clock,
      onFrame: options.onFrame,
      onCursor: options.onCursor,
      onArrived: (seq, sizeBytes) => this.#feedback.arrived(seq, sizeBytes),
      requestKeyFrame: (lastSeq) =>
        this.#send(Channel.display, keyframeRequestMessage.encode({ op: 'keyframe-request', lastSeq })),
    });
  }

  /** A connection through which the host let us in. */
  attach(granted: Pick<Granted, 'records' | 'group'>, wire: Wire): void {
    this.#records = granted.records;
    this.#wire = wire;
    this.#measuredBytes = wire.receivedBytes;
    this.#meter = new LinkMeter(this.#options.clock);
    this.#feedback.start();
    this.#pictures.start(granted.group);
    this.#time.start();
    this.#sendPreferences();
    if (this.#measuring) this.#sendMeasuring();
    this.#scheduleStatistics();
  }

  /** The connection is gone: nothing is kept of what waited. */
  detach(): void {
    this.#records = null;
    this.#wire = null;
    this.#outbox.clear();
    this.#marks.clear();
    this.#pictures.stop();
    this.#feedback.stop();
    this.#time.stop();
    this.#cancelFlush?.();
    this.#cancelStatistics?.();
    this.#cancelFlush = null;
    this.#cancelStatistics = null;
  }

  /** @param atMs when it came from the user */
  sendInput(events: readonly InputEvent[], atMs: number = this.#options.clock.nowMs()): void {
    if (!this.#records) return;
    if (this.#measuring) this.#marks.came(events, atMs);
    this.#outbox.add(events);
    this.#flush();
  }

  setMeasuring(on: boolean): void {
    if (on === this.#measuring) return;
    this.#measuring = on;
    this.#marks.clear();
    this.#sendMeasuring();
  }

  sendEnd(reason: ErrorReason): void {
    this.#send(Channel.session, endMessage.encode({ op: 'end', reason }));
  }

  sendPairingRequest(wanted: boolean): void {
    this.#send(Channel.session, pairingRequestMessage.encode({ op: 'pairing-request', wanted }));
  }

  selectSource(sourceId: string): void {
    this.#send(Channel.display, displaySelectMessage.encode({ op: 'display-select', sourceId }));
  }

  /** Kept, and said again over every later connection. */
  setPicturePreferences(preferences: PicturePreferences): void {
    this.#preferences = preferences;
    this.#sendPreferences();
  }

  reportTrouble({ kind, codec }: PictureTrouble): void {
    if (kind === 'codec-failed') this.#send(Channel.display, codecFailedMessage.encode({ op: 'codec-failed', codec }));
    this.#pictures.needKeyFrame();
  }

  reportPaint({ queuedFrames }: PaintReport): void {
    this.#feedback.painted(queuedFrames);
  }

  /** A record from the host. Throws `tampered` or `malformed`: then the connection is over. */
  receive(header: Envelope, body: Uint8Array): void {
    this.#measure();
    if (header.type !== MessageType.reliable) {
      this.#pictures.receive(header, body);
      return;
    }
    const message = this.#records?.open(header, body);
    if (!message) return;
    switch (message.channel) {
      case Channel.stats:
        if (isAboutMeasuring(message.body)) this.#onInjected(message.body);
        else this.#time.answered(message.body);
        return;
      case Channel.session:
        this.#onSession(message.body);
        return;
      case Channel.display:
        this.#onDisplay(message.body);
        return;
      case Channel.permissions: {
        const permissions = permissionsFromBits(permissionsUpdateMessage.decode(message.body).permissionBits);
        if (!permissions.has('control')) this.#outbox.clear();
        this.#options.onPermissions(permissions);
        return;
      }
      case Channel.input:
      case Channel.feedback:
        throw TarnetError.malformed('reliable.channel', 'only a viewer speaks on it');
      case Channel.clipboard:
      case Channel.chat:
      case Channel.file:
        // Not offered by this version.
        return;
    }
  }

  #onInjected(body: Uint8Array): void {
    const { inputId, injectedAtUs } = decodeInputInjected(body);
    const inputAtMs = this.#marks.injected(inputId);
    if (inputAtMs !== null) this.#options.onInputInjected({ inputAtMs, injectedAtMs: injectedAtUs / 1000 });
  }

  #onSession(body: Uint8Array): void {
    const message = sessionToViewerMessage.decode(body);
    switch (message.op) {
      case 'group-key':
        this.#pictures.setKey(message);
        return;
      case 'alive':
        this.#pictures.alive(message);
        return;
      case 'end':
        this.#options.onEnd(message.reason);
        return;
      case 'pairing-news':
        this.#options.onPairingNews(message.news);
        return;
      case 'paired':
        this.#options.onPaired(message.discoveryKey);
        return;
    }
  }

  #onDisplay(body: Uint8Array): void {
    const message = displayToViewerMessage.decode(body);
    switch (message.op) {
      case 'display-list':
        this.#options.onSources(message.sources, message.selectedId);
        return;
      case 'picture-problem':
        this.#options.onPictureProblem(
          message.reason && new TarnetError(message.reason, 'the host cannot show a picture'),
        );
        return;
    }
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    while (this.#wire && this.#wire.queuedBytes < VIEWER_CHANNEL_LIMITS.maxQueuedBytes) {
      const events = this.#outbox.take();
      if (events.length === 0) break;
      this.#marks.sent(events, this.#send(Channel.input, encodeInput(events)));
    }
    if (this.#outbox.waiting === 0) {
      this.#marks.allSent();
      return;
    }
    this.#cancelFlush = this.#options.clock.after(VIEWER_CHANNEL_LIMITS.flushAgainMs, () => this.#flush());
  }

  #scheduleStatistics(): void {
    this.#cancelStatistics?.();
    this.#cancelStatistics = this.#options.clock.after(VIEWER_CHANNEL_LIMITS.statisticsEveryMs, () => {
      this.#scheduleStatistics();
      this.#measure();
      this.#options.onLink({
        roundTripMs: this.#time.roundTripMs,
        clockOffsetMs: this.#time.offsetMs,
        receivedBitsPerSecond: this.#meter.bitsPerSecond,
        receivedBytes: this.#wire?.receivedBytes ?? 0,
        sentBytes: this.#wire?.sentBytes ?? 0,
        lostFrames: this.#pictures.lostFrames,
        silentMs: this.#pictures.silentMs,
      });
    });
  }

  #measure(): void {
    const receivedBytes = this.#wire?.receivedBytes ?? 0;
    this.#meter.add(receivedBytes - this.#measuredBytes);
    this.#measuredBytes = receivedBytes;
  }

  #sendPreferences(): void {
    const { mode, maxFramesPerSecond, greyscale } = this.#preferences;
    const wishes = { op: 'picture-preferences', mode, maxFramesPerSecond, greyscale } as const;
    this.#send(Channel.display, picturePreferencesMessage.encode(wishes));
  }

  #sendMeasuring(): void {
    this.#send(Channel.stats, encodeMeasuring({ kind: 'measuring', on: this.#measuring }));
  }

  /** The message's number on its channel; null while there is no connection. */
  #send(channel: Channel, body: Uint8Array): number | null {
    return this.#records?.send(channel, body) ?? null;
  }
}
