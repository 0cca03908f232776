// Owns a viewer's picture made of tiles alone: what a painter has to show after each picture update.
import { inflateRawSync } from 'node:zlib';
import { decodeCoarse } from '../../shared/model/tile-coarse.ts';
import { decodeDeltas } from '../../shared/model/tile-deltas.ts';
import { decodePalette } from '../../shared/model/tile-palette.ts';
import { decodePreview } from '../../shared/model/tile-preview.ts';
import { decodeTileBlock, tilePixelCount } from '../../shared/model/tiles.ts';
import type { MediaFrame } from '../../shared/model/video.ts';

export class TileViewer {
  widthPx = 0;
  heightPx = 0;
  /** Red, green, blue, 255, row by row. */
  rgba = new Uint8Array(0);
  exact = false;
  bytes = 0;

  paint(frame: MediaFrame): void {
    if (frame.codec !== 'tiles') throw new Error(`no decoder for ${frame.codec}`);
    if (frame.key) {
      this.widthPx = frame.widthPx;
      this.heightPx = frame.heightPx;
      this.rgba = new Uint8Array(frame.widthPx * frame.heightPx * 4);
    }
    this.bytes += frame.data.length;
    this.exact = frame.exact;
    const { moves = [], rects, pixels: coded } = decodeTileBlock(frame.data, this.widthPx, this.heightPx);
    for (const move of moves) {
      const { fromXPx: x, fromYPx: y, widthPx, heightPx } = move;
      this.#put(move.toXPx, move.toYPx, widthPx, heightPx, this.#take(x, y, widthPx, heightPx));
    }
    if (!coded) return;
    const data = coded.deflated ? inflateRawSync(coded.data) : coded.data;
    const words = new Uint32Array(tilePixelCount(rects));
    if (coded.coding === 'deltas') decodeDeltas(data, rects, words);
    else if (coded.coding === 'palette') decodePalette(data, words);
    else if (coded.coding === 'coarse') decodeCoarse(data, rects, words);
    else decodePreview(data, rects, words);
    const pixels = new Uint8Array(words.buffer);
    let at = 0;
    for (const { xPx, yPx, widthPx, heightPx } of rects) {
      const size = widthPx * heightPx * 4;
      this.#put(xPx, yPx, widthPx, heightPx, pixels.subarray(at, at + size));
      at += size;
    }
  }

  #take(x: number, y: number, width: number, height: number): Uint8Array {
    const taken = new Uint8Array(width * height * 4);
    for (let row = 0; row < height; row++) {
      const from = ((y + row) * this.widthPx + x) * 4;
      taken.set(this.rgba.subarray(from, from + width * 4), row * width * 4);
    }
    return taken;
  }

  #put(x: number, y: number, width: number, height: number, pixels: Uint8Array): void {
    for (let row = 0; row < height; row++)
      this.rgba.set(pixels.subarray(row * width * 4, (row + 1) * width * 4), ((y + row) * this.widthPx + x) * 4);
  }
}
