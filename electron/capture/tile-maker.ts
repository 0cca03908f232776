// Owns making tile blocks: pixels of the shadow in the coding that suits them.
import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { encodeCoarse } from '../../shared/model/tile-coarse.ts';
import { encodeDeltas } from '../../shared/model/tile-deltas.ts';
import { encodePalette } from '../../shared/model/tile-palette.ts';
import { encodePreview } from '../../shared/model/tile-preview.ts';
import {
  type CodedTiles,
  encodeTileBlock,
  TILE_LIMITS,
  type TileMove,
  type TileRect,
  tilePixelCount,
} from '../../shared/model/tiles.ts';
import { DAMAGE_LIMITS } from './damage-region.ts';
import type { PictureShadow } from './picture-shadow.ts';

export const TILE_MAKER_LIMITS = {
  /**
   * Pixels in one block. A whole screen goes as several blocks, so that one is inflated while the next ones are deflated,
   * by several cores.
   */
  maxBlockPixels: 128 * 1024,
  /** Rectangles that do not fit into a block are cut to this width: text and photographs come apart. */
  maxCutWidthPx: 512,
  /** Up to here pixels deflate in no time, and only bytes matter: letters, carets, buttons. */
  maxSmallPixels: 4 * 1024,
  /** Up to here a block is deflated at once, in less time than a trip to another thread takes. */
  maxImmediatePixels: 32 * 1024,
  /** What deflate may add to what does not compress. */
  deflateSlackBytes: 1024,
  /** Of how many pixels in a row, and how many times, a sample for an estimate consists. */
  samplePixels: 256,
  samples: 24,
  /** Pixels that differ from the one before in this share of a sample are those of a photograph or of noise. */
  busyShare: 0.6,
  /** Every so many pixels are sampled. */
  sampleEvery: 37,
} as const;

const deflate: (data: Uint8Array, options: ZlibOptions) => Promise<Buffer> = promisify(deflateRaw);
const COLOUR = 0xff_ffff;
const GOLDEN_RATIO = 0.618_034;
const SMALL = { level: 9, memLevel: 8, windowBits: 13 };
const LARGE = { level: 1, memLevel: 9 };
/** Nothing repeats in noise: looking for it takes most of the time and gains nothing. */
const BUSY = { level: 1, memLevel: 9, strategy: constants.Z_HUFFMAN_ONLY };

/**
 * Splits rectangles into groups of at most so many pixels (at least a cell of one rectangle), for one block each. Never
 * returns an empty group.
 */
export function splitIntoBlocks(
  rects: readonly TileRect[],
  maxPixels: number = TILE_MAKER_LIMITS.maxBlockPixels,
): TileRect[][] {
  const blocks: TileRect[][] = [];
  let block: TileRect[] = [];
  let room = maxPixels;
  for (const rect of rects.flatMap((each) => cut(each, maxPixels))) {
    const pixels = rect.widthPx * rect.heightPx;
    if (block.length > 0 && (pixels > room || block.length >= TILE_LIMITS.maxRects)) {
      blocks.push(block);
      block = [];
      room = maxPixels;
    }
    block.push(rect);
    room -= pixels;
  }
  if (block.length > 0) blocks.push(block);
  return blocks;
}

export interface BlockWish {
  /** Done before the rectangles are drawn. */
  moves: TileMove[];
  /** In shades of grey. */
  grey: boolean;
  /** `coarse`: photographs and noise need not be exact. `preview`: nothing has to be, in as few bytes as there may be. */
  sight: 'exact' | 'coarse' | 'preview';
  /** More of the same picture follows at once. */
  more: boolean;
}

export interface MadeBlock {
  /** At most VIDEO_LIMITS.maxFrameBytes. */
  data: Uint8Array<ArrayBuffer>;
  /** Whether viewers get the very pixels. */
  exact: boolean;
}

/** One coded block with the shadow's pixels of these rectangles. */
export async function makeTileBlock(shadow: PictureShadow, rects: TileRect[], wish: BlockWish): Promise<MadeBlock> {
  const { moves, grey, sight, more } = wish;
  const pixels = rects.length === 0 ? null : await codeTiles(wordsOf(shadow, rects, grey), rects, sight);
  const data = encodeTileBlock({
    ...(moves.length > 0 && { moves }),
    rects,
    pixels,
    ...(more && { more }),
  });
  return { data, exact: !grey && pixels?.coding !== 'coarse' && pixels?.coding !== 'preview' };
}

/** Deflated in another thread when that takes long. */
async function codeTiles(
  words: Uint32Array,
  rects: readonly TileRect[],
  sight: BlockWish['sight'],
): Promise<CodedTiles> {
  if (sight === 'preview')
    return { coding: 'preview', deflated: true, data: await deflate(encodePreview(words, rects), BUSY) };
  if (words.length <= TILE_MAKER_LIMITS.maxSmallPixels) return codeSmall(words, rects);
  const { coding, data, options } = chooseCoding(words, rects, sight === 'coarse');
  const immediate = words.length <= TILE_MAKER_LIMITS.maxImmediatePixels;
  if (immediate) return { coding, deflated: true, data: deflateRawSync(data, options) };
  // in one piece: for each chunk of its output a thread comes back to this one
  const chunkSize = data.length + TILE_MAKER_LIMITS.deflateSlackBytes;
  return { coding, deflated: true, data: await deflate(data, { ...options, chunkSize }) };
}

/** The smallest of all that there is. */
function codeSmall(words: Uint32Array, rects: readonly TileRect[]): CodedTiles {
  const palette = encodePalette(words);
  const deltas = deflateRawSync(encodeDeltas(words, rects), SMALL);
  const all: CodedTiles[] = [{ coding: 'deltas', deflated: true, data: deltas }];
  if (palette) {
    all.unshift({ coding: 'palette', deflated: true, data: deflateRawSync(palette, SMALL) });
    all.unshift({ coding: 'palette', deflated: false, data: palette });
  }
  return all.reduce((best, other) => (other.data.length < best.data.length ? other : best));
}

function chooseCoding(words: Uint32Array, rects: readonly TileRect[], coarse = false) {
  const palette = encodePalette(words);
  if (palette) return { coding: 'palette', data: palette, options: LARGE } as const;
  const busy = isBusy(words);
  if (busy && coarse) return { coding: 'coarse', data: encodeCoarse(words, rects), options: BUSY } as const;
  return { coding: 'deltas', data: encodeDeltas(words, rects), options: busy ? BUSY : LARGE } as const;
}

function isBusy(words: Uint32Array): boolean {
  const { sampleEvery, busyShare } = TILE_MAKER_LIMITS;
  let busy = 0;
  for (let at = 1; at < words.length; at += sampleEvery)
    if ((((words[at] ?? 0) ^ (words[at - 1] ?? 0)) & COLOUR) !== 0) busy++;
  return busy * sampleEvery > words.length * busyShare;
}

/** The pixels of rectangles, one after the other; in grey full-range luma of ITU-R BT.601, in 8-bit fixed point. */
function wordsOf(shadow: PictureShadow, rects: readonly TileRect[], grey: boolean): Uint32Array {
  const words = new Uint32Array(tilePixelCount(rects));
  let to = 0;
  for (const { xPx, yPx, widthPx, heightPx } of rects)
    for (let y = 0; y < heightPx; y++) {
      const from = (yPx + y) * shadow.widthPx + xPx;
      words.set(shadow.pixels.subarray(from, from + widthPx), to);
      to += widthPx;
    }
  if (grey)
    for (const [at, word] of words.entries()) {
      const luma = (((word >>> 16) & 0xff) * 77 + ((word >>> 8) & 0xff) * 150 + (word & 0xff) * 29 + 128) >>> 8;
      words[at] = (luma << 16) | (luma << 8) | luma;
    }
  return words;
}

/** Cuts a rectangle that is larger than a block into pieces. */
function cut(rect: TileRect, maxPixels: number): TileRect[] {
  if (rect.widthPx * rect.heightPx <= maxPixels) return [rect];
  const { maxCutWidthPx } = TILE_MAKER_LIMITS;
  const { cellPx } = DAMAGE_LIMITS;
  const columns = Math.ceil(rect.widthPx / maxCutWidthPx);
  let width = Math.ceil(rect.widthPx / columns);
  let height = Math.floor(maxPixels / width);
  if (height < cellPx) {
    // whole cells: what is owed is counted in these, and half a one that is sent would be sent again
    width = Math.max(1, Math.floor(maxPixels / cellPx / cellPx)) * cellPx;
    height = cellPx;
  }
  const pieces: TileRect[] = [];
  for (let y = 0; y < rect.heightPx; y += height)
    for (let x = 0; x < rect.widthPx; x += width)
      pieces.push({
        xPx: rect.xPx + x,
        yPx: rect.yPx + y,
        widthPx: Math.min(width, rect.widthPx - x),
        heightPx: Math.min(height, rect.heightPx - y),
      });
  return pieces;
}

/** Whether the estimate of so many pixels rests on a sample; of fewer it is a bound. */
export function isSampled(pixels: number): boolean {
  return pixels > TILE_MAKER_LIMITS.samplePixels * TILE_MAKER_LIMITS.samples;
}

/**
 * About how many bytes these rectangles' pixels will take, from a sample of them: in a fraction of a millisecond, where
 * coding a photograph takes hundreds.
 */
export function estimateTileBytes(shadow: PictureShadow, rects: readonly TileRect[], grey = false): number {
  const pixels = tilePixelCount(rects);
  const { samplePixels, samples } = TILE_MAKER_LIMITS;
  if (!isSampled(pixels)) return pixels;
  const sampled: TileRect[] = [];
  const step = pixels / samples;
  let passed = 0;
  for (const rect of rects) {
    const size = rect.widthPx * rect.heightPx;
    while (sampled.length < samples && passed + size > (sampled.length + 0.5) * step) {
      const at = Math.floor((sampled.length + 0.5) * step - passed);
      const widthPx = Math.min(samplePixels, rect.widthPx);
      // never in step with columns of a page
      const left = Math.floor(((sampled.length * GOLDEN_RATIO) % 1) * (rect.widthPx - widthPx + 1));
      sampled.push({ xPx: rect.xPx + left, yPx: rect.yPx + Math.floor(at / rect.widthPx), widthPx, heightPx: 1 });
    }
    passed += size;
  }
  const sampledPixels = tilePixelCount(sampled);
  const { data, options } = chooseCoding(wordsOf(shadow, sampled, grey), sampled);
  return Math.round((deflateRawSync(data, options).length * pixels) / sampledPixels);
}
