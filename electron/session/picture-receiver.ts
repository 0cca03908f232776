// Owns what a viewer does with picture records: opens them in order, notices what is missing, and asks for a key frame.
import type { Clock } from '../../shared/base/clock.ts';
import type { CursorDelivery, MediaDelivery } from '../../shared/ipc/media.ts';
import type { MediaFrame } from '../../shared/model/video.ts';
import { ENVELOPE_BYTES, type Envelope, MessageType } from '../../shared/wire/envelope.ts';
import type { Alive } from '../../shared/wire/messages/alive.ts';
import { decodeCursor } from '../../shared/wire/messages/cursor.ts';
import type { GroupKey } from '../../shared/wire/messages/group-key.ts';
import { decodeMedia } from '../../shared/wire/messages/media.ts';
import { GROUP_LIMITS, type GroupOpen } from './group-seal.ts';

export const PICTURE_RECEIVER_LIMITS = {
  /** How long to wait for a key frame before asking again; doubled each time. */
  firstAskAgainMs: 1_000,
  maxAskAgainMs: 8_000,
} as const;

export interface PictureReceiverOptions {
  clock: Clock;
  onFrame(delivery: MediaDelivery): void;
  onCursor(delivery: CursorDelivery): void;
  /** A picture update has come, whether it can be shown or not. */
  onArrived(seq: number, sizeBytes: number): void;
  /** Number of the last update that was of use; null when there was none. */
  requestKeyFrame(lastSeq: number | null): void;
}

export class PictureReceiver {
  readonly #options: PictureReceiverOptions;
  #group: Pick<GroupOpen, 'add' | 'open'> | null = null;
  /** By epoch: the number of its first update. */
  readonly #firstFrames = new Map<number, number>();
  #lastSeq: number | null = null;
  /** True until a key frame comes: nothing before it can be shown. */
  #waiting: boolean = true;
  #lostFrames = 0;
  #signOfLifeMs: number;
  /** The newest number that the host's sign of life named, while it is beyond what came. */
  #missing: number | null = null;
  #askAgainMs: number = PICTURE_RECEIVER_LIMITS.firstAskAgainMs;
  #cancelAsk: (() => void) | null = null;

  constructor(options: PictureReceiverOptions) {
    this.#options = options;
    this.#signOfLifeMs = options.clock.monotonicMs();
  }

  /** Picture updates that never came, by the gaps in their numbers. */
  get lostFrames(): number {
    return this.#lostFrames;
  }

  /** Since the last picture update or sign of life, milliseconds. */
  get silentMs(): number {
    return this.#options.clock.monotonicMs() - this.#signOfLifeMs;
  }

  /** A connection is there: its keys will come, and then its pictures. */
  start(group: Pick<GroupOpen, 'add' | 'open'>): void {
    this.stop();
    this.#group = group;
    this.#signOfLifeMs = this.#options.clock.monotonicMs();
  }

  /** The connection is gone: keys, numbers and the chain of frames start anew. */
  stop(): void {
    this.#group = null;
    this.#firstFrames.clear();
    this.#lastSeq = null;
    this.#stopWaiting();
    this.#waiting = true;
  }

  /** From now on there are pictures of this epoch. Throws `tampered` when it does not follow the last one. */
  setKey({ epoch, key, signed, firstFrame }: GroupKey): void {
    this.#group?.add({ epoch, key, signed });
    this.#firstFrames.delete(epoch);
    this.#firstFrames.set(epoch, firstFrame);
    for (const known of this.#firstFrames.keys())
      if (this.#firstFrames.size > GROUP_LIMITS.epochsKept) this.#firstFrames.delete(known);
    if (this.#waiting) this.#askLater();
  }

  /** A media or cursor record. Throws `tampered` or `malformed`: then the host is not who it was. */
  receive(header: Envelope, body: Uint8Array): void {
    const plaintext = this.#group?.open(header, body);
    const firstFrame = this.#firstFrames.get(header.epoch);
    // An epoch whose key is not here yet, or not any more: as good as dropped on the way.
    if (!plaintext || firstFrame === undefined) return;
    this.#signOfLifeMs = this.#options.clock.monotonicMs();
    if (header.type === MessageType.cursor) {
      this.#options.onCursor(decodeCursor(plaintext));
      return;
    }
    const seq = firstFrame + header.seq;
    const frame = decodeMedia(header.flags, plaintext);
    const sizeBytes = ENVELOPE_BYTES + body.length;
    this.#options.onArrived(seq, sizeBytes);
    this.#noticeGap(seq, frame);
    if (this.#waiting && !frame.key) return;
    if (frame.key) this.#stopWaiting();
    this.#options.onFrame({
      frame,
      seq,
      receivedAtMs: this.#options.clock.nowMs(),
      sizeBytes,
    });
  }

  /** The host says that it is there and that nothing changes. */
  alive(message: Alive): void {
    this.#signOfLifeMs = this.#options.clock.monotonicMs();
    const { newestSeq } = message;
    const behind = newestSeq !== null && (this.#lastSeq === null || newestSeq > this.#lastSeq) ? newestSeq : null;
    // The sign of life may have overtaken the pictures. If the next one says the same, they are not coming.
    if (behind !== null && this.#missing === behind) this.#lose();
    this.#missing = behind;
  }

  /** The painter cannot go on without a key frame. */
  needKeyFrame(): void {
    this.#lose();
  }

  #noticeGap(seq: number, { key, discardableBefore = 0 }: MediaFrame): void {
    const missing = this.#lastSeq === null ? 0 : Math.max(0, seq - this.#lastSeq - 1);
    this.#lastSeq = seq;
    // what a relay may leave out, it left out on purpose: nothing builds on it
    if (missing <= discardableBefore) return;
    this.#lostFrames += missing;
    if (!key) this.#lose();
  }

  #lose(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#ask();
  }

  #stopWaiting(): void {
    this.#waiting = false;
    this.#missing = null;
    this.#cancelAsk?.();
    this.#cancelAsk = null;
    this.#askAgainMs = PICTURE_RECEIVER_LIMITS.firstAskAgainMs;
  }

  #ask(): void {
    this.#options.requestKeyFrame(this.#lastSeq);
    this.#askLater();
  }

  #askLater(): void {
    this.#cancelAsk?.();
    this.#cancelAsk = this.#options.clock.after(this.#askAgainMs, () => this.#ask());
    this.#askAgainMs = Math.min(PICTURE_RECEIVER_LIMITS.maxAskAgainMs, this.#askAgainMs * 2);
  }
}
