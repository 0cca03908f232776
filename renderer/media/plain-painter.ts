// Owns the canvas that shows whole pictures of a host without encryption: one is decoded at a time, the newest waits.
import type { PaintReport, PlainPictureDelivery } from '../../shared/ipc/media.ts';
import { wallClockMs } from './page-time.ts';
import { PaintMeter, type PictureStatistics } from './paint-meter.ts';

export interface PlainPainterDelegate {
  /** After every picture, painted or not: the next may come. */
  onReport(report: PaintReport): void;
  /** The source's size, before its first picture is painted and whenever it changes. */
  onSize(widthPx: number, heightPx: number): void;
}

export class PlainPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #delegate: PlainPainterDelegate;
  readonly #meter = new PaintMeter();
  #next: PlainPictureDelivery | null = null;
  #busy: boolean;
  #closed: boolean;

  /** Throws where the canvas has a context of another kind. */
  constructor(canvas: HTMLCanvasElement, delegate: PlainPainterDelegate) {
    const context = canvas.getContext('2d', { alpha: false, desynchronized: true });
    if (!context) throw new TypeError('the canvas has no 2d context');
    this.#canvas = canvas;
    this.#context = context;
    this.#delegate = delegate;
    this.#busy = false;
    this.#closed = false;
  }

  /** Takes the next picture; one that still waits makes way for it. */
  deliver(delivery: PlainPictureDelivery): void {
    if (this.#closed) return;
    this.#meter.received(delivery.data.length);
    if (this.#next) this.#meter.dropped(1);
    this.#next = delivery;
    if (!this.#busy) void this.#paintAll();
  }

  statistics(): PictureStatistics {
    return this.#meter.statistics();
  }

  close(): void {
    this.#closed = true;
    this.#next = null;
  }

  async #paintAll(): Promise<void> {
    this.#busy = true;
    for (let next = this.#next; next; next = this.#next) {
      this.#next = null;
      try {
        await this.#paint(next);
      } catch {
        // Its header was good and the rest is not; the next one may be whole.
        this.#meter.dropped(1);
      }
      if (!this.#closed) this.#delegate.onReport({ ...this.#meter.report(this.#next ? 1 : 0), seq: next.seq });
    }
    this.#busy = false;
  }

  async #paint({ header, data, seq, receivedAtMs }: PlainPictureDelivery): Promise<void> {
    const { type, widthPx, heightPx } = header;
    const startedAtMs = performance.now();
    const bitmap = await createImageBitmap(new Blob([data as Uint8Array<ArrayBuffer>], { type }));
    const decodedAtMs = performance.now();
    const decodedWallMs = wallClockMs();
    try {
      // What was decoded has to be what the header said: its limits were checked by that.
      if (this.#closed || bitmap.width !== widthPx || bitmap.height !== heightPx) return;
      if (this.#canvas.width !== widthPx || this.#canvas.height !== heightPx) {
        this.#canvas.width = widthPx;
        this.#canvas.height = heightPx;
        this.#delegate.onSize(widthPx, heightPx);
      }
      this.#context.drawImage(bitmap, 0, 0);
    } finally {
      bitmap.close();
    }
    this.#meter.painted({
      seq,
      codec: type === 'image/png' ? 'png' : type === 'image/webp' ? 'webp' : 'jpeg',
      widthPx,
      heightPx,
      captureTimeMs: receivedAtMs,
      stages: null,
      receivedAtMs,
      decodedAtMs: decodedWallMs,
      decodeMs: decodedAtMs - startedAtMs,
      paintMs: performance.now() - decodedAtMs,
      exact: false,
    });
  }
}
