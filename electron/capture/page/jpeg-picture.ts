// Owns whole pictures as JPEG files, for viewers of protocol v1: made when something has changed, or when one is asked for.
import { CAPTURE_LIMITS } from '../../../shared/ipc/capture.ts';
import { toRect } from './frame-description.ts';
import { evenSizeOf, type PictureMaker, type PictureMakerOptions, type Taken } from './picture-maker.ts';
import { TileMap } from './tile-map.ts';

/** The first of these qualities whose file is not too large is taken; text is still read at the last one. */
const QUALITIES = [0.8, 0.5, 0.25] as const;

export class JpegPicture implements PictureMaker {
  readonly #onSize: PictureMakerOptions['onSize'];
  #map: TileMap | null = null;
  #canvas: OffscreenCanvas | null = null;
  #wanted = true;

  constructor(onSize: PictureMakerOptions['onSize']) {
    this.#onSize = onSize;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async take(frame: VideoFrame): Promise<Taken> {
    const size = evenSizeOf(frame);
    let map = this.#map;
    if (map?.widthPx !== size.widthPx || map.heightPx !== size.heightPx) {
      map = new TileMap(size.widthPx, size.heightPx);
      this.#map = map;
      this.#canvas = new OffscreenCanvas(size.widthPx, size.heightPx);
      this.#wanted = true;
      this.#onSize(size, frame);
    }
    const changed = !(await map.changes(frame, toRect(size))).isEmpty;
    if (!changed && !this.#wanted) return { changed, frames: [] };
    this.#wanted = false;
    return { changed, frames: [], jpeg: await this.#file(frame) };
  }

  /** Another picture, even if nothing has changed. */
  wantKey(): void {
    this.#wanted = true;
  }

  setBudget(): void {
    // whole pictures take what they take: the next one waits until the last one has gone
  }

  pointerMoved(): void {
    // viewers of v1 see the pointer as part of the picture
  }

  tryEncoders(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#map = null;
    this.#canvas = null;
  }

  /** Throws when no quality makes it small enough. */
  async #file(frame: VideoFrame): Promise<Uint8Array> {
    const canvas = this.#canvas;
    const context = canvas?.getContext('2d', { alpha: false });
    if (!canvas || !context) throw new Error('no canvas');
    context.drawImage(frame, 0, 0);
    for (const quality of QUALITIES) {
      const file = await canvas.convertToBlob({ type: 'image/jpeg', quality });
      if (file.size <= CAPTURE_LIMITS.maxJpegBytes) return new Uint8Array(await file.arrayBuffer());
    }
    throw new Error(`a picture of ${canvas.width}x${canvas.height} is too large for protocol v1`);
  }
}
