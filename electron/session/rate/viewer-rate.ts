// Owns what one viewer's link takes: how much may be on its way, and how many bits a second pictures may have. Pure.
//
// In the spirit of SCReAM (RFC 8298, section 4.1): a window of bytes on their way, clocked by what the viewer says has
// come, sized by how long pictures wait for each other against a target; the bit rate follows from it. Two things differ.
// The way underneath is TCP, so that nothing is lost and delay is the only sign; and what the link carries is measured,
// not probed for, because a picture leaves at once and arrives as slowly as the link is (see LinkCapacity).
import type { Clock } from '../../../shared/base/clock.ts';
import { TarnetError } from '../../../shared/base/errors.ts';
import type { PictureFeedback } from '../../../shared/wire/messages/picture-feedback.ts';
import { FEEDBACK_LIMITS } from './feedback-sender.ts';
import { LinkCapacity } from './link-capacity.ts';
import { SENT_PICTURES_LIMITS, type SentPicture, type SentPictures } from './sent-pictures.ts';
import { WindowedMinimum } from './windowed-minimum.ts';

export const VIEWER_RATE_LIMITS = {
  /** What a link may be sent after its first picture has come; then as much more as has come (slow start). */
  firstWindowBytes: 48 * 1024,
  minWindowBytes: 4 * 1024,
  maxWindowBytes: 8 * 1024 * 1024,
  /** How long a picture may wait for those before it: the queue delay target of RFC 8298. */
  targetWaitMs: 60,
  /** So many pictures in a row waited for longer: the link is congested. */
  congestedPictures: 3,
  /** Pictures' share of the link; the rest is for answers to input, for chat and for files. */
  pictureShare: 0.9,
  /** The share while the queue drains, at least. */
  minDrainShare: 0.5,
  /** Of how long a picture waited, what was ahead of it has to explain this share: the rest is a busy machine's. */
  explainedShare: 0.5,
  /** One picture that took the link so long, at such a rate, shows by itself that the link has a limit worth knowing. */
  slowPictureMs: 300,
  /** The same of the first picture, by which all that follows goes: with 34 kB that is a link of less than 2.7 Mbit/s. */
  slowFirstPictureMs: 100,
  slowPictureBytes: 8 * 1024,
  slowPictureBitsPerSecond: 8_000_000,
  /** A faster link is not what limits the picture of a screen. */
  freeBitsPerSecond: 40_000_000,
  /** How long the shortest delays seen are believed. */
  baseWindowMs: 30_000,
  baseSlices: 10,
  /** With so many pictures waiting to be painted the viewer's machine is behind: it gets this long for itself. */
  behindFrames: 8,
  behindPauseMs: 60,
  /** Nothing heard for this long, beside what the link needs: it has stalled. */
  stallMs: 1_500,
  /** A stalled link gets one picture in this time, so that a viewer that lost everything has something to answer. */
  probeEveryMs: 2_000,
} as const;

const LIMITS = VIEWER_RATE_LIMITS;

export class ViewerRate {
  readonly #clock: Clock;
  readonly #sent: SentPictures;
  readonly #capacity = new LinkCapacity();
  readonly #roundTrip = new WindowedMinimum(LIMITS.baseWindowMs, LIMITS.baseSlices);
  /** Of the way back, with the unknown difference of the clocks in it. */
  readonly #wayBack = new WindowedMinimum(LIMITS.baseWindowMs, LIMITS.baseSlices);
  /** Up to here everything has come, or was dropped on the way. */
  #passedBytes: number;
  #last: PictureFeedback | null = null;
  #heardAtMs: number;
  #windowBytes: number = LIMITS.firstWindowBytes;
  #limited: boolean = false;
  /** How long the last pictures waited for those before them. */
  #waitsMs: number[] = [];
  /** By picture that is on its way: what was ahead of it when it was sent. */
  readonly #aheadBytes = new Map<number, number>();

  /** @param sent what was sent to everybody; what comes from now on is for this viewer too */
  constructor(clock: Clock, sent: SentPictures) {
    this.#clock = clock;
    this.#sent = sent;
    this.#passedBytes = sent.totalBytes;
    this.#heardAtMs = clock.monotonicMs();
  }

  get inFlightBytes(): number {
    return this.#sent.totalBytes - this.#passedBytes;
  }

  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** Whether it has said anything of the pictures yet. */
  get known(): boolean {
    return this.#last !== null;
  }

  /** What pictures may have; null while the link has shown no limit. */
  get bitsPerSecond(): number | null {
    const bytesPerMs = this.#limited ? this.#capacity.bytesPerMs : null;
    if (bytesPerMs === null) return null;
    const waitMs = this.#leastWaitMs();
    const drain = waitMs > LIMITS.targetWaitMs ? Math.max(LIMITS.minDrainShare, LIMITS.targetWaitMs / waitMs) : 1;
    const bitsPerSecond = bytesPerMs * 8_000 * LIMITS.pictureShare * drain;
    return bitsPerSecond < LIMITS.freeBitsPerSecond ? bitsPerSecond : null;
  }

  /** Nothing is heard any more of what was sent. */
  get stalled(): boolean {
    const oldest = this.#sent.firstAfter(this.#passedBytes);
    if (!oldest) return false;
    const bytesPerMs = this.#capacity.bytesPerMs;
    const needsMs = bytesPerMs === null ? 0 : this.inFlightBytes / bytesPerMs;
    const silentMs = this.#clock.monotonicMs() - Math.max(this.#heardAtMs, oldest.sentAtMs);
    return silentMs > LIMITS.stallMs + 2 * (this.#roundTrip.least ?? 0) + needsMs;
  }

  /** Whether one more picture would not wait for long behind those on their way. */
  get hasRoom(): boolean {
    const behind = (this.#last?.waitingFrames ?? 0) >= LIMITS.behindFrames;
    if (behind && this.#clock.monotonicMs() - this.#heardAtMs < LIMITS.behindPauseMs) return false;
    if (this.inFlightBytes < LIMITS.minWindowBytes) return true;
    // the first picture tells what follows how fast the link is
    if (!this.stalled) return this.known && this.inFlightBytes < this.#windowBytes;
    const newest = this.#sent.newest;
    return newest === null || this.#clock.monotonicMs() - newest.sentAtMs >= LIMITS.probeEveryMs;
  }

  /** The newest picture was sent to this viewer too. */
  pictureSent(): void {
    const newest = this.#sent.newest;
    if (!newest) return;
    this.#aheadBytes.set(newest.seq, this.inFlightBytes - newest.sizeBytes);
    for (const seq of this.#aheadBytes.keys()) {
      if (this.#aheadBytes.size <= SENT_PICTURES_LIMITS.maxFrames) break;
      this.#aheadBytes.delete(seq);
    }
  }

  /** A round trip that was measured elsewhere, before any picture. */
  roundTrip(roundTripMs: number): void {
    this.#roundTrip.add(this.#clock.monotonicMs(), roundTripMs);
  }

  /** The relay says that nothing of what was sent is on its way any more: it has come or was dropped. */
  drained(): void {
    this.#passedBytes = this.#sent.totalBytes;
    this.#heardAtMs = this.#clock.monotonicMs();
  }

  /** What the viewer says has come. Throws `malformed` when that cannot be. */
  feedback(feedback: PictureFeedback): void {
    const last = this.#last;
    const newest = this.#sent.newest;
    if (!newest || feedback.seq > newest.seq) throw TarnetError.malformed('feedback.seq', 'never sent');
    if (last && feedback.seq < last.seq) throw TarnetError.malformed('feedback.seq', 'less than before');
    if (last && feedback.receivedBytes < last.receivedBytes)
      throw TarnetError.malformed('feedback.receivedBytes', 'less than before');
    this.#heardAtMs = this.#clock.monotonicMs();
    const picture = this.#sent.find(feedback.seq);
    if (!picture || feedback.seq === last?.seq) return;
    const first = this.#sent.firstAfter(this.#passedBytes) ?? picture;
    const passedBytes = Math.max(0, picture.endBytes - this.#passedBytes);
    this.#last = feedback;
    this.#passedBytes = Math.max(this.#passedBytes, picture.endBytes);
    const cameBytes = last ? feedback.receivedBytes - last.receivedBytes : picture.sizeBytes;
    this.#measure(feedback, picture, first.seq > picture.seq ? picture : first, last, Math.min(cameBytes, passedBytes));
    this.#resize(passedBytes);
  }

  #measure(
    feedback: PictureFeedback,
    picture: SentPicture,
    first: SentPicture,
    last: PictureFeedback | null,
    cameBytes: number,
  ): void {
    const nowMs = this.#clock.monotonicMs();
    const wayThereMs = feedback.arrivedMs - picture.sentAtMs;
    const roundTripMs = Math.max(0, nowMs - picture.sentAtMs - feedback.heldMs);
    this.#roundTrip.add(nowMs, Math.min(roundTripMs, feedback.roundTripMs ?? roundTripMs));
    this.#wayBack.add(nowMs, roundTripMs - wayThereMs);
    const baseMs = this.#roundTrip.least ?? 0;
    // With the shortest way back in place of the difference of the clocks, a way there is as long as a round trip.
    const toRoundTripMs = this.#wayBack.least ?? 0;
    const excessMs = clamp(wayThereMs + toRoundTripMs - baseMs, 0, roundTripMs);
    const freeAtMs = last ? last.arrivedMs + toRoundTripMs : Number.NEGATIVE_INFINITY;
    const startedAtMs = Math.max(freeAtMs, first.sentAtMs + baseMs);
    const busyMs = feedback.arrivedMs + toRoundTripMs - startedAtMs;
    this.#capacity.add(nowMs, cameBytes, Math.min(busyMs, roundTripMs), startedAtMs === freeAtMs);
    const bytesPerMs = this.#capacity.bytesPerMs;
    const ownMs = bytesPerMs === null ? 0 : picture.sizeBytes / bytesPerMs;
    const waitMs = Math.max(0, excessMs - ownMs);
    const explainedMs = bytesPerMs === null ? 0 : (this.#aheadBytes.get(picture.seq) ?? 0) / bytesPerMs;
    const queuedMs = explainedMs >= waitMs * LIMITS.explainedShare ? waitMs : 0;
    this.#waitsMs = [...this.#waitsMs, queuedMs].slice(-LIMITS.congestedPictures);
    for (const seq of this.#aheadBytes.keys()) if (seq <= picture.seq) this.#aheadBytes.delete(seq);
    const slow =
      busyMs > (last ? LIMITS.slowPictureMs : LIMITS.slowFirstPictureMs) &&
      cameBytes > LIMITS.slowPictureBytes &&
      (cameBytes / busyMs) * 8_000 < LIMITS.slowPictureBitsPerSecond;
    if (slow || this.#leastWaitMs() > LIMITS.targetWaitMs) this.#limited = true;
    else if (bytesPerMs !== null && bytesPerMs * 8_000 > LIMITS.freeBitsPerSecond) this.#limited = false;
  }

  #resize(passedBytes: number): void {
    const bytesPerMs = this.#limited ? this.#capacity.bytesPerMs : null;
    if (bytesPerMs === null) {
      this.#windowBytes = Math.min(
        LIMITS.maxWindowBytes,
        Math.max(this.#windowBytes, LIMITS.firstWindowBytes) + passedBytes,
      );
      return;
    }
    // What is known to have come is older by a round trip and by the pause between two words of the viewer.
    const knownLaterMs = (this.#roundTrip.least ?? 0) + FEEDBACK_LIMITS.everyMs;
    this.#windowBytes = clamp(
      bytesPerMs * (knownLaterMs + LIMITS.targetWaitMs),
      LIMITS.minWindowBytes,
      LIMITS.maxWindowBytes,
    );
  }

  /** Zero until enough pictures have come. */
  #leastWaitMs(): number {
    return this.#waitsMs.length < LIMITS.congestedPictures ? 0 : Math.min(...this.#waitsMs);
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
