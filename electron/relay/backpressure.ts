// Owns what one viewer may be sent: how much is on its way, what is dropped, and when it needs a key frame. Pure.
//
// The bound is on what the viewer has not acknowledged. The length of the socket's queue says nothing: the kernels on
// both sides hide megabytes. Ages matter as well as bytes: until the link has shown its rate by failing to keep up, a
// burst over the window that is younger than any acknowledgement could be is no sign of a slow viewer.
import { TarnetError } from '../../shared/base/errors.ts';

export const BACKPRESSURE = {
  /** Acknowledgements come this often. */
  ackEveryMs: 30,
  /** The window is what the viewer's link takes in this time, beside what is under way before any ack could come. */
  windowMs: 300,
  minWindowBytes: 160 * 1024,
  /** The same where the link has shown its rate by failing to keep up: what waits longer is seen too late. */
  minShownWindowBytes: 32 * 1024,
  maxWindowBytes: 2 * 1024 * 1024,
  /** A rate is measured over at least this long: whole messages are acknowledged, and a short time holds one too many. */
  rateSampleMs: 500,
  /** How long the rate that a full link has shown is believed. */
  rateTrustMs: 10_000,
  /** Older than this, above the shortest delay seen, is late. */
  graceMs: 120,
  maxBaseDelayMs: 500,
  /** What the shortest delay is taken to be before any is known. */
  assumedBaseDelayMs: 250,
  /** Media on its way, however large its frames. */
  maxMediaBytes: 6 * 1024 * 1024,
  /** Reliable bytes, or messages, on their way: above it the viewer is too slow. */
  maxReliableBytes: 8 * 1024 * 1024,
  maxReliableMessages: 16 * 1024,
  /** No more than this much media on its way: the viewer has drained. */
  drainedBytes: 16 * 1024,
  /** Pieces of the record of what is on its way; above it media is dropped. */
  maxSegments: 4_096,
  /** The wait between two key frames for one viewer: doubles each time it loses the thread again. */
  firstKeyframeWaitMs: 500,
  maxKeyframeWaitMs: 4_000,
  /** In step for this long: the next loss is not held against the viewer. */
  forgiveAfterMs: 5_000,
} as const;

export interface OfferedMedia {
  stream: number;
  key: boolean;
  discardable: boolean;
  sizeBytes: number;
}

/** Neighbours of one kind are one segment; `endBytes` counts from the start of the connection. */
interface Segment {
  media: boolean;
  endBytes: number;
  messages: number;
  /** When its oldest byte was sent. */
  sentAtMs: number;
}

export class ViewerFlow {
  #sentBytes = 0;
  #ackedBytes = 0;
  #segments: Segment[] = [];
  #mediaBytes = 0;
  #reliableBytes = 0;
  #reliableMessages = 0;
  /** Where the newest key frame lies in what was sent; it does not count against the window. */
  #keyStartBytes = 0;
  #keyEndBytes = 0;
  /** Streams that the viewer can follow; all others wait for a key frame. */
  readonly #inStep = new Set<number>();
  /** True from a drop until a key frame was sent: the viewer needs one. */
  #lost = false;
  #draining = false;
  #inStepSinceMs = 0;
  #keyframeWaitMs: number = BACKPRESSURE.firstKeyframeWaitMs;
  #keyframeAskedAtMs = Number.NEGATIVE_INFINITY;
  #rateBytesPerMs = 0;
  #drainRateBytesPerMs = 0;
  /** A full link has shown its rate at least once. */
  #rateShown: boolean = false;
  #rateTrustedAtMs = Number.NEGATIVE_INFINITY;
  #sampleAtMs: number;
  #sampleBytes = 0;
  #shortestDelayMs: number | null = null;
  #droppedFrames = 0;

  /** @param alreadySentBytes what the connection was sent before it had a flow: acknowledgements count it */
  constructor(nowMs: number, alreadySentBytes = 0) {
    this.#sampleAtMs = nowMs;
    if (alreadySentBytes > 0) this.#push(false, alreadySentBytes, nowMs);
  }

  get unackedBytes(): number {
    return this.#sentBytes - this.#ackedBytes;
  }

  get unackedMediaBytes(): number {
    return this.#mediaBytes;
  }

  get unackedReliableBytes(): number {
    return this.#reliableBytes;
  }

  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** What may be on its way: 0.3 s of the measured rate and what the delay of the link holds, within its bounds. */
  get windowBytes(): number {
    const { windowMs, minWindowBytes, minShownWindowBytes, maxWindowBytes } = BACKPRESSURE;
    const leastBytes = this.#rateShown ? minShownWindowBytes : minWindowBytes;
    const wantedBytes = this.#rateBytesPerMs * (windowMs + this.#baseDelayMs);
    return Math.round(Math.min(maxWindowBytes, Math.max(leastBytes, wantedBytes)));
  }

  /** Counts what was sent and is never dropped. Throws `too-slow` when too much of it is on its way. */
  sendReliable(sizeBytes: number, nowMs: number): void {
    this.#push(false, sizeBytes, nowMs);
    if (
      this.#reliableBytes > BACKPRESSURE.maxReliableBytes ||
      this.#reliableMessages > BACKPRESSURE.maxReliableMessages
    )
      throw new TarnetError('too-slow', 'too much is waiting for this viewer', {
        limit: `${BACKPRESSURE.maxReliableBytes} bytes`,
      });
  }

  /** True: the frame is to be sent and has been counted. False: it is to be dropped. */
  offerMedia(frame: OfferedMedia, nowMs: number): boolean {
    const { stream, key, discardable, sizeBytes } = frame;
    if (!key && !this.#inStep.has(stream)) {
      this.#droppedFrames += 1;
      this.#lose(nowMs);
      return false;
    }
    if (this.#hasRoom(sizeBytes, discardable ? 0.5 : 1, nowMs)) {
      if (key) this.#startStream(stream, sizeBytes, nowMs);
      this.#push(true, sizeBytes, nowMs);
      return true;
    }
    this.#droppedFrames += 1;
    // Nothing needs a discardable frame. Anything else breaks its stream, and a key frame breaks what came before it.
    if (discardable && !key) return false;
    this.#inStep.delete(stream);
    this.#startDraining(nowMs);
    this.#lose(nowMs);
    return false;
  }

  /** True: the pointer is to be sent and has been counted. False: it waits, and a newer one replaces it. */
  offerCursor(sizeBytes: number, nowMs: number): boolean {
    if (!this.#hasRoom(sizeBytes, 1, nowMs)) return false;
    this.#push(true, sizeBytes, nowMs);
    return true;
  }

  /** The viewer says how much it has received. Throws `malformed` when that cannot be. */
  acknowledge(totalBytes: number, nowMs: number): void {
    if (totalBytes > this.#sentBytes) throw TarnetError.malformed('ack', 'more than was sent');
    if (totalBytes < this.#ackedBytes) throw TarnetError.malformed('ack', 'less than before');
    let done = 0;
    for (const segment of this.#segments) {
      const newBytes = Math.min(segment.endBytes, totalBytes) - this.#ackedBytes;
      if (segment.media) this.#mediaBytes -= newBytes;
      else this.#reliableBytes -= newBytes;
      this.#ackedBytes += newBytes;
      if (segment.endBytes > totalBytes) break;
      this.#shortestDelayMs = Math.min(this.#shortestDelayMs ?? BACKPRESSURE.maxBaseDelayMs, nowMs - segment.sentAtMs);
      if (!segment.media) this.#reliableMessages -= segment.messages;
      done += 1;
    }
    this.#segments.splice(0, done);
    const drained = this.#draining && this.#mediaBytes <= BACKPRESSURE.drainedBytes;
    this.#measure(nowMs, drained);
    if (drained) this.#draining = false;
  }

  /**
   * Milliseconds until the viewer should be sent a key frame, 0 for now; null while it needs none or has not drained.
   */
  keyframeDueInMs(nowMs: number): number | null {
    if (!this.#lost || this.#draining || this.#mediaBytes > BACKPRESSURE.drainedBytes) return null;
    return Math.max(0, this.#keyframeAskedAtMs + this.#keyframeWaitMs - nowMs);
  }

  /** The host was asked for the key frame that was due. */
  keyframeAsked(nowMs: number): void {
    if (this.#keyframeAskedAtMs > Number.NEGATIVE_INFINITY)
      this.#keyframeWaitMs = Math.min(BACKPRESSURE.maxKeyframeWaitMs, this.#keyframeWaitMs * 2);
    this.#keyframeAskedAtMs = nowMs;
  }

  /** The host is a new one: nothing of its predecessor's pictures helps. */
  forgetStreams(): void {
    this.#inStep.clear();
    this.#lost = false;
  }

  get #baseDelayMs(): number {
    return this.#shortestDelayMs ?? BACKPRESSURE.assumedBaseDelayMs;
  }

  #hasRoom(sizeBytes: number, share: number, nowMs: number): boolean {
    if (this.#mediaBytes === 0) return true;
    if (this.#mediaBytes + sizeBytes > BACKPRESSURE.maxMediaBytes) return false;
    if (this.#segments.length >= BACKPRESSURE.maxSegments) return false;
    const unackedKeyBytes = Math.max(0, this.#keyEndBytes - Math.max(this.#ackedBytes, this.#keyStartBytes));
    const counted = this.#mediaBytes - unackedKeyBytes;
    if (counted < this.windowBytes * share) return true;
    if (counted >= BACKPRESSURE.maxWindowBytes * share) return false;
    return !this.#isLate(nowMs);
  }

  /** Whether there is reason to think that the viewer does not keep up. */
  #isLate(nowMs: number): boolean {
    if (this.#draining || nowMs - this.#rateTrustedAtMs < BACKPRESSURE.rateTrustMs) return true;
    const oldest = this.#segments[0];
    return oldest !== undefined && nowMs - oldest.sentAtMs > this.#baseDelayMs + BACKPRESSURE.graceMs;
  }

  #startStream(stream: number, sizeBytes: number, nowMs: number): void {
    this.#keyStartBytes = this.#sentBytes;
    this.#keyEndBytes = this.#sentBytes + sizeBytes;
    this.#inStep.add(stream);
    if (this.#lost) {
      this.#lost = false;
      this.#inStepSinceMs = nowMs;
    }
    this.#draining = false;
  }

  #startDraining(nowMs: number): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#drainRateBytesPerMs = 0;
    this.#startSample(nowMs);
  }

  #startSample(nowMs: number): void {
    this.#sampleAtMs = nowMs;
    this.#sampleBytes = this.#ackedBytes;
  }

  /** A link that drains shows its rate; any other sample shows only what it can do at least. */
  #measure(nowMs: number, drained: boolean): void {
    const elapsedMs = nowMs - this.#sampleAtMs;
    const onlySample = drained && this.#drainRateBytesPerMs === 0;
    if (elapsedMs < (onlySample ? BACKPRESSURE.ackEveryMs : BACKPRESSURE.rateSampleMs)) return;
    const rate = (this.#ackedBytes - this.#sampleBytes) / elapsedMs;
    this.#startSample(nowMs);
    if (!this.#draining) {
      this.#rateBytesPerMs = Math.max(this.#rateBytesPerMs, rate);
      return;
    }
    // The best sample, because a pause of the viewer's says nothing about its link.
    this.#drainRateBytesPerMs = Math.max(this.#drainRateBytesPerMs, rate);
    this.#rateBytesPerMs = this.#drainRateBytesPerMs;
    this.#rateShown = true;
    this.#rateTrustedAtMs = nowMs;
  }

  #lose(nowMs: number): void {
    if (this.#lost) return;
    this.#lost = true;
    if (nowMs - this.#inStepSinceMs >= BACKPRESSURE.forgiveAfterMs)
      this.#keyframeWaitMs = BACKPRESSURE.firstKeyframeWaitMs;
  }

  #push(media: boolean, sizeBytes: number, nowMs: number): void {
    this.#sentBytes += sizeBytes;
    if (media) this.#mediaBytes += sizeBytes;
    else {
      this.#reliableBytes += sizeBytes;
      this.#reliableMessages += 1;
    }
    const last = this.#segments.at(-1);
    // One segment holds no more than a moment, or its age would be that of its first message.
    if (last?.media === media && nowMs - last.sentAtMs < BACKPRESSURE.ackEveryMs) {
      last.endBytes = this.#sentBytes;
      last.messages += 1;
    } else this.#segments.push({ media, endBytes: this.#sentBytes, messages: 1, sentAtMs: nowMs });
  }
}
