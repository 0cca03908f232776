// Owns the pixels of the canvas. Desynchronized: what is painted goes to the compositor at once instead of with the
// page's next frame (docs/decisions: painting).
import type { FramePlacement } from '../../shared/model/video.ts';
import type { DecodedTiles } from './tile-decoder.ts';

/** Formats that lie in memory: copying them out is faster than drawImage without a GPU, with the same pixels. */
const COPIED_FORMATS: ReadonlySet<string> = new Set(['I420', 'I420A', 'I422', 'I444', 'NV12']);

export class CanvasSurface {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #buffer: ImageData | null = null;

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
    this.#canvas.width = widthPx;
    this.#canvas.height = heightPx;
    return true;
  }

  paintTiles({ rects, pixels }: DecodedTiles): void {
    let at = 0;
    for (const { xPx, yPx, widthPx, heightPx } of rects) {
      const sizeBytes = widthPx * heightPx * 4;
      const view = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset + at, sizeBytes);
      this.#context.putImageData(new ImageData(view, widthPx, heightPx), xPx, yPx);
      at += sizeBytes;
    }
  }

  /** Paints the frame where it belongs; does not close it. */
  async paintVideo(frame: VideoFrame, placement: FramePlacement): Promise<void> {
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

  #bufferOf(widthPx: number, heightPx: number): ImageData {
    if (this.#buffer?.width !== widthPx || this.#buffer.height !== heightPx)
      this.#buffer = new ImageData(widthPx, heightPx);
    return this.#buffer;
  }
}
