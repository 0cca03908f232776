// Owns a session in virtual time: a host's pictures, the relay's flow, a slow link with delay, and a viewer's feedback.
import { ViewerFlow } from '../../electron/relay/backpressure.ts';
import { HostPictures, type Watcher } from '../../electron/session/host-pictures.ts';
import { FeedbackSender } from '../../electron/session/rate/feedback-sender.ts';
import { silentLog } from '../../shared/base/log.ts';
import { DEFAULT_PICTURE_PREFERENCES } from '../../shared/model/picture-budget.ts';
import { decodeMessage, EnvelopeFlag, encodeMessage, envelope, MessageType } from '../../shared/wire/envelope.ts';
import { decodeMedia } from '../../shared/wire/messages/media.ts';
import { EncodingSource } from './encoding-source.ts';
import { FakeClock } from './fake-clock.ts';

const ACK_EVERY_MS = 30;
/** How often the age of what the viewer sees is looked at. */
const LOOK_EVERY_MS = 20;

export interface SimulatedLink {
  bitsPerSecond: number;
  delayMs: number;
  /** What the viewer's machine adds before it notices, at most. */
  jitterMs?: number;
  /** Share of pictures at which the viewer's machine does something else, for up to `busyMs`: what comes meanwhile waits. */
  busyShare?: number;
  busyMs?: number;
}

/** One viewer: its link, and what it has seen. */
export class SimulatedViewer {
  readonly id: string;
  readonly link: SimulatedLink;
  /** Of each picture when it came. */
  readonly arrivalAgesMs: number[] = [];
  /** Of what is on the screen, at regular times. */
  readonly screenAgesMs: number[] = [];
  readonly #clock: FakeClock;
  readonly flow: ViewerFlow;
  readonly #host: HostPictures;
  readonly #feedback: FeedbackSender;
  #freeAtMs: number;
  #lastArrivalMs = 0;
  #receivedBytes = 0;
  #ackScheduled = false;
  #keyFrameScheduled = false;
  #seenCaptureMs: number | null = null;
  #random = 7;
  #newestSeq = -1;

  constructor(id: string, link: SimulatedLink, clock: FakeClock, host: HostPictures) {
    this.id = id;
    this.link = link;
    this.#clock = clock;
    this.#host = host;
    this.flow = new ViewerFlow(clock.monotonicMs());
    this.#freeAtMs = clock.monotonicMs();
    this.#feedback = new FeedbackSender({
      clock,
      mustWait: () => false,
      roundTripMs: () => 2 * link.delayMs + 1,
      send: (feedback) =>
        clock.after(link.delayMs, () => host.feedback(id, { ...feedback, arrivedMs: feedback.arrivedMs + 5e6 })),
    });
    clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get droppedFrames(): number {
    return this.flow.droppedFrames;
  }

  /** What the relay does with a picture for everybody. */
  offered(message: Uint8Array, seq: number): void {
    const { header, body } = decodeMessage(message);
    const nowMs = this.#clock.monotonicMs();
    const key = (header.flags & EnvelopeFlag.key) !== 0;
    const frame = { stream: header.stream, key, discardable: false, sizeBytes: message.length };
    if (!this.flow.offerMedia(frame, nowMs)) {
      this.#considerKeyFrame();
      return;
    }
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + message.length / (this.link.bitsPerSecond / 8_000);
    const { jitterMs: maxJitterMs = 0, busyShare = 0, busyMs = 0 } = this.link;
    const jitterMs = this.#next() < busyShare ? busyMs * this.#next() : maxJitterMs * this.#next();
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, this.#freeAtMs + this.link.delayMs + jitterMs);
    const { captureTimeUs } = decodeMedia(header.flags, body);
    this.#clock.after(this.#lastArrivalMs - nowMs, () => this.#arrived(seq, message.length, captureTimeUs / 1_000));
  }

  /** Forgets what was measured so far. */
  measureAnew(): void {
    this.arrivalAgesMs.length = 0;
    this.screenAgesMs.length = 0;
    this.#receivedBytes = 0;
  }

  #totalBytes = 0;

  #arrived(seq: number, sizeBytes: number, captureMs: number): void {
    this.#receivedBytes += sizeBytes;
    this.#totalBytes += sizeBytes;
    this.#newestSeq = seq;
    this.#seenCaptureMs = captureMs;
    this.arrivalAgesMs.push(this.#clock.nowMs() - captureMs);
    this.#feedback.arrived(this.#newestSeq, sizeBytes);
    if (this.#ackScheduled) return;
    this.#ackScheduled = true;
    this.#clock.after(ACK_EVERY_MS, () => {
      this.#ackScheduled = false;
      const totalBytes = this.#totalBytes;
      this.#clock.after(this.link.delayMs, () => {
        this.flow.acknowledge(totalBytes, this.#clock.monotonicMs());
        this.#considerKeyFrame();
      });
    });
  }

  #considerKeyFrame(): void {
    if (this.#keyFrameScheduled) return;
    const dueInMs = this.flow.keyframeDueInMs(this.#clock.monotonicMs());
    if (dueInMs === null) return;
    this.#keyFrameScheduled = true;
    this.#clock.after(dueInMs, () => {
      this.#keyFrameScheduled = false;
      if (this.flow.keyframeDueInMs(this.#clock.monotonicMs()) !== 0) return;
      this.flow.keyframeAsked(this.#clock.monotonicMs());
      this.#host.drained(this.id);
      this.#host.requestKeyFrame();
    });
  }

  #look(): void {
    this.#clock.after(LOOK_EVERY_MS, () => this.#look());
    if (this.#seenCaptureMs !== null) this.screenAgesMs.push(this.#clock.nowMs() - this.#seenCaptureMs);
  }

  #next(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }
}

export interface SimulatedSession {
  clock: FakeClock;
  source: EncodingSource;
  pictures: HostPictures;
  viewers: SimulatedViewer[];
  /** Runs for so long, and says what the viewers have seen in that time only. */
  run(forMs: number): void;
}

export interface SimulatedSessionOptions {
  links: SimulatedLink[];
  /** As it was without rate control: so many bits a second whatever the link takes. */
  fixedBitsPerSecond?: number;
}

export function simulateSession({ links, fixedBitsPerSecond }: SimulatedSessionOptions): SimulatedSession {
  const clock = new FakeClock();
  const source = new EncodingSource({ clock, ...(fixedBitsPerSecond !== undefined && { fixedBitsPerSecond }) });
  const viewers: SimulatedViewer[] = [];
  let seq = 0;
  const pictures = new HostPictures({
    source,
    clock,
    log: silentLog,
    group: {
      turn: (signed) => ({ epoch: 1, key: new Uint8Array(32), signed }),
      seal: (fields, plaintext) => ({
        message: encodeMessage(envelope(fields.type, fields), plaintext),
        epoch: 1,
        seq: 0,
      }),
      close: () => undefined,
    },
    broadcast: (message) => {
      if (message[0] !== MessageType.media) return;
      for (const viewer of viewers) viewer.offered(message, seq);
      seq += 1;
    },
    queuedBytes: () => 0,
    onProblem: () => undefined,
    onSource: () => undefined,
  });
  for (const [index, link] of links.entries()) viewers.push(new SimulatedViewer(`${index}`, link, clock, pictures));
  const watchers = viewers.map(
    ({ id }): Watcher => ({
      id,
      decoders: ['av1'],
      preferences: DEFAULT_PICTURE_PREFERENCES,
      measuring: false,
      giveKey: () => undefined,
      sendAlive: () => undefined,
    }),
  );
  pictures.selectSource('screen:0');
  pictures.setWatchers(watchers);
  for (const { id, link } of viewers) pictures.roundTrip(id, 2 * link.delayMs + 10);
  return {
    clock,
    source,
    pictures,
    viewers,
    run(forMs) {
      for (const viewer of viewers) viewer.measureAnew();
      clock.advance(forMs);
    },
  };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
