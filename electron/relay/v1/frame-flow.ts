// Owns when a v1 client may be sent the next frame: the answers to pings stand for the acknowledgements that v1 lacks.

export const FRAME_FLOW_LIMITS = {
  startFrames: 2,
  /** Frames that were sent and whose ping is not answered. */
  maxFrames: 8,
  /** Bytes of them; a larger frame goes alone. */
  maxBytes: 4 * 1024 * 1024,
  /** An answer that took this much longer than the quickest one: frames are queueing somewhere on the way. */
  lateMs: 300,
} as const;

interface SentFrame {
  seq: number;
  sizeBytes: number;
  sentAtMs: number;
}

/**
 * Behind every frame goes a ping, which every WebSocket answers by itself (RFC 6455 section 5.5.2). What waits in the
 * kernel's buffers counts as not arrived, so a slow client's pictures stay young.
 */
export class FrameFlow {
  readonly #onTheWay: SentFrame[] = [];
  #bytesOnTheWay = 0;
  #window: number = FRAME_FLOW_LIMITS.startFrames;
  #quickestMs = Number.POSITIVE_INFINITY;
  #nextSeq = 0;

  /** Whether a frame of this size may go out now. */
  maySend(sizeBytes: number): boolean {
    if (this.#onTheWay.length === 0) return true;
    return this.#onTheWay.length < this.#window && this.#bytesOnTheWay + sizeBytes <= FRAME_FLOW_LIMITS.maxBytes;
  }

  /** A frame has been sent; returns what its ping says, 4 bytes. */
  sent(sizeBytes: number, nowMs: number): Buffer {
    const seq = this.#nextSeq;
    this.#nextSeq = (seq + 1) % 2 ** 32;
    this.#onTheWay.push({ seq, sizeBytes, sentAtMs: nowMs });
    this.#bytesOnTheWay += sizeBytes;
    const said = Buffer.alloc(4);
    said.writeUInt32BE(seq);
    return said;
  }

  /** A ping has been answered: its frame and all before it have arrived. False for answers that mean nothing. */
  answered(said: Buffer, nowMs: number): boolean {
    if (said.length !== 4) return false;
    const seq = said.readUInt32BE();
    const index = this.#onTheWay.findIndex((frame) => frame.seq === seq);
    const answered = this.#onTheWay[index];
    if (!answered) return false;
    const wasFull = this.#onTheWay.length >= this.#window;
    for (const frame of this.#onTheWay.splice(0, index + 1)) this.#bytesOnTheWay -= frame.sizeBytes;
    const tookMs = nowMs - answered.sentAtMs;
    this.#quickestMs = Math.min(this.#quickestMs, tookMs);
    if (tookMs > this.#quickestMs + FRAME_FLOW_LIMITS.lateMs) this.#window = Math.max(1, this.#window >> 1);
    else if (wasFull) this.#window = Math.min(FRAME_FLOW_LIMITS.maxFrames, this.#window + 1);
    return true;
  }
}
