// Owns the pixels of the canvas. Desynchronized: what is painted goes to the compositor at once instead of with the
// page's next frame (docs/decisions: painting).
import type { FramePlacement } from '../../shared/model/video.ts';
import { boundsOf, drawTiles, movePixels } from './pixel-mirror.ts';
import type { DecodedTiles } from './tile-decoder.ts';

/** Formats that lie in memory: copying them out is faster than drawImage without a GPU, with the same pixels. */
const COPIED_FORMATS: ReadonlySet<string> = new Set(['I420', 'I420A', 'I422', 'I444', 'NV12']);

type TilePixels = Omit<DecodedTiles, 'more'>;

export class CanvasSurface {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #buffer: ImageData | null = null;
  /** The canvas's pixels while things scroll; null when it is not known to equal the canvas. */
  #mirror: ImageData | null = null;

  /** Throws where the canvas has a context of another kind. */
  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false, desynchronized: true });
    if (!context) throw new TypeError('the canvas has no 2d context');
    this.#canvas = canvas;
    this.#context = context;
  }

  /** Gives the canvas the size of the source, and says whether that was a change; what it showed is gone then. */
  resize(widthPx: number, heightPx: number): boolean {
    if (this.#canvas.width === widthPx && this.#canvas.height === heightPx) return false;
    this.#mirror = null;
    this.#canvas.width = widthPx;
    this.#canvas.height = heightPx;
    return true;
  }

  paintTiles({ moves, rects, pixels }: TilePixels): void {
    if (moves.length > 0) {
      this.#paintMoves({ moves, rects, pixels });
      return;
    }
    let at = 0;
    for (const { xPx, yPx, widthPx, heightPx } of rects) {
      const sizeBytes = widthPx * heightPx * 4;
      const view = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset + at, sizeBytes);
      this.#context.putImageData(new ImageData(view, widthPx, heightPx), xPx, yPx);
      at += sizeBytes;
    }
    if (this.#mirror) drawTiles(this.#mirror, rects, pixels);
  }

  /** Paints the frame where it belongs; does not close it. */
  async paintVideo(frame: VideoFrame, placement: FramePlacement): Promise<void> {
    this.#mirror = null;
    const { width = 0, height = 0 } = frame.visibleRect ?? {};
    const { xPx, yPx, widthPx, heightPx } = placement;
    const sameSize = width === widthPx && height === heightPx;
    if (!sameSize || frame.format === null || !COPIED_FORMATS.has(frame.format)) {
      // Encoders want even sizes: a row or column more or less is no reason to scale.
      const padded = Math.abs(width - widthPx) <= 1 && Math.abs(height - heightPx) <= 1;
      if (padded) this.#context.drawImage(frame, xPx, yPx);
      else this.#context.drawImage(frame, xPx, yPx, widthPx, heightPx);
      return;
    }
    const buffer = this.#bufferOf(widthPx, heightPx);
    await frame.copyTo(buffer.data, { format: 'RGBA' });
    this.#context.putImageData(buffer, xPx, yPx);
  }

  /** A canvas takes 6 ms to copy from itself; in a mirror of its pixels moving takes 1, and putting it back half. */
  #paintMoves({ moves, rects, pixels }: TilePixels): void {
    this.#mirror ??= this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
    for (const move of moves) movePixels(this.#mirror, move);
    drawTiles(this.#mirror, rects, pixels);
    const targets = moves.map(({ toXPx, toYPx, widthPx, heightPx }) => ({ xPx: toXPx, yPx: toYPx, widthPx, heightPx }));
    const { xPx, yPx, widthPx, heightPx } = boundsOf([...targets, ...rects]);
    this.#context.putImageData(this.#mirror, 0, 0, xPx, yPx, widthPx, heightPx);
  }

  #bufferOf(widthPx: number, heightPx: number): ImageData {
    if (this.#buffer?.width !== widthPx || this.#buffer.height !== heightPx)
      this.#buffer = new ImageData(widthPx, heightPx);
    return this.#buffer;
  }
}
