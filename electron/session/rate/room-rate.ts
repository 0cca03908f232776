// Owns the pace of the one picture that is made for all viewers of a room.
//
// One slow link must not cost the others: the relay drops pictures for whoever cannot follow. So those viewers set the
// pace whose links carry at least half of what the best one's does, and of those the slowest: nobody costs the best
// viewer more than half, and nobody within a factor of two of it sees old pictures.
import type { Clock } from '../../../shared/base/clock.ts';
import type { PictureFeedback } from '../../../shared/wire/messages/picture-feedback.ts';
import { SentPictures } from './sent-pictures.ts';
import { ViewerRate } from './viewer-rate.ts';

export const ROOM_RATE_LIMITS = {
  /** Who carries less than this share of the best is left to the relay. */
  leaderShare: 0.5,
  /** Pictures may be ahead of a rate that was wished for by what it gives in this time, */
  aheadMs: 250,
  /** and one large picture costs no more than what it gives in this. */
  maxAheadMs: 1_000,
} as const;

export class RoomRate {
  readonly #clock: Clock;
  readonly #sent = new SentPictures();
  readonly #viewers = new Map<string, ViewerRate>();
  #wishedBytesPerMs: number | null = null;
  /** Bytes that were sent beyond the wished rate, at that time. */
  #aheadBytes = 0;
  #aheadAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** These viewers and no others; who is new starts with nothing known. */
  setViewers(ids: readonly string[]): void {
    for (const id of [...this.#viewers.keys()]) if (!ids.includes(id)) this.#viewers.delete(id);
    for (const id of ids) if (!this.#viewers.has(id)) this.#viewers.set(id, new ViewerRate(this.#clock, this.#sent));
  }

  /** A rate that is kept to although the links would carry more; null: none. */
  setWishedBitsPerSecond(bitsPerSecond: number | null): void {
    this.#wishedBytesPerMs = bitsPerSecond === null ? null : bitsPerSecond / 8_000;
  }

  /** Whether a picture that is made now would come while it is new. */
  get hasRoom(): boolean {
    const rate = this.#wishedBytesPerMs;
    if (rate !== null && this.#ahead(rate) > rate * ROOM_RATE_LIMITS.aheadMs) return false;
    return this.#leaders().every((viewer) => viewer.hasRoom);
  }

  /** What the links of those who set the pace carry of pictures; null while none has shown a limit. */
  get bitsPerSecond(): number | null {
    const rates = this.#leaders().map((viewer) => viewer.bitsPerSecond ?? Number.POSITIVE_INFINITY);
    const least = Math.min(...rates);
    return Number.isFinite(least) ? least : null;
  }

  /** Whether somebody is known to have a line that is too slow for the pace, and so cannot follow all of it. */
  get hasFollowers(): boolean {
    const leaders = this.#leaders();
    return [...this.#viewers.values()].some((viewer) => viewer.known && !viewer.stalled && !leaders.includes(viewer));
  }

  pictureSent(seq: number, sizeBytes: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#sent.add(seq, sizeBytes, nowMs);
    for (const viewer of this.#viewers.values()) viewer.pictureSent();
    const rate = this.#wishedBytesPerMs;
    if (rate === null) return;
    this.#aheadBytes = Math.min(rate * ROOM_RATE_LIMITS.maxAheadMs, this.#ahead(rate) + sizeBytes);
    this.#aheadAtMs = nowMs;
  }

  /** Throws `malformed`. */
  feedback(id: string, feedback: PictureFeedback): void {
    this.#viewers.get(id)?.feedback(feedback);
  }

  roundTrip(id: string, roundTripMs: number): void {
    this.#viewers.get(id)?.roundTrip(roundTripMs);
  }

  drained(id: string): void {
    this.#viewers.get(id)?.drained();
  }

  #ahead(bytesPerMs: number): number {
    return Math.max(0, this.#aheadBytes - (this.#clock.monotonicMs() - this.#aheadAtMs) * bytesPerMs);
  }

  /** Who has said nothing yet, or nothing any more, leads only where nobody else is. */
  #leaders(): ViewerRate[] {
    const all = [...this.#viewers.values()];
    const heard = all.filter((viewer) => viewer.known && !viewer.stalled);
    const candidates = heard.length > 0 ? heard : all;
    const rateOf = (viewer: ViewerRate) => viewer.bitsPerSecond ?? Number.POSITIVE_INFINITY;
    const best = Math.max(...candidates.map(rateOf));
    return candidates.filter((viewer) => rateOf(viewer) >= best * ROOM_RATE_LIMITS.leaderShare);
  }
}
