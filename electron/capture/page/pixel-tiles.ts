// Owns small changes as tiles at once, from the captured frame: nearly exact, because its colours are halved.
import { encodeDeltas } from '../../../shared/model/tile-deltas.ts';
import { encodePalette } from '../../../shared/model/tile-palette.ts';
import { type CodedTiles, encodeTileBlock, type TileRect, tilePixelCount } from '../../../shared/model/tiles.ts';

/** A block with a frame's pixels of these rectangles; even numbers, inside of the frame and of TILE_LIMITS. */
export async function tilesOfFrame(
  frame: VideoFrame,
  rects: TileRect[],
  greyscale: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const words = new Uint32Array(tilePixelCount(rects));
  let at = 0;
  for (const { xPx, yPx, widthPx, heightPx } of rects) {
    const part = words.subarray(at, at + widthPx * heightPx);
    await frame.copyTo(part, { format: 'BGRA', rect: { x: xPx, y: yPx, width: widthPx, height: heightPx } });
    at += part.length;
  }
  if (greyscale) makeGrey(words);
  return encodeTileBlock({ rects, pixels: await code(words, rects) });
}

async function code(words: Uint32Array, rects: readonly TileRect[]): Promise<CodedTiles> {
  const palette = encodePalette(words);
  const data = palette ?? encodeDeltas(words, rects);
  const deflated = await deflate(data);
  const coding = palette ? 'palette' : 'deltas';
  return deflated.length < data.length || !palette
    ? { coding, deflated: true, data: deflated }
    : { coding, deflated: false, data };
}

/** Full-range luma of ITU-R BT.601, in 8-bit fixed point. */
function makeGrey(words: Uint32Array): void {
  for (const [at, word] of words.entries()) {
    const luma = (((word >>> 16) & 0xff) * 77 + ((word >>> 8) & 0xff) * 150 + (word & 0xff) * 29 + 128) >>> 8;
    words[at] = luma * 0x01_0101;
  }
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
