// Owns small changes as tiles at once, from the captured frame: nearly exact, because its colours are halved.
import { encodeTileBlock, type TileRect, tilePixelCount } from '../../../shared/model/tiles.ts';

const BYTES_PER_PIXEL = 4;
const GREY_WEIGHTS = { red: 0.299, green: 0.587, blue: 0.114 } as const;

/** A block with a frame's pixels of these rectangles; even numbers, inside of the frame and of TILE_LIMITS. */
export async function tilesOfFrame(
  frame: VideoFrame,
  rects: TileRect[],
  greyscale: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const rgba = new Uint8Array(tilePixelCount(rects) * BYTES_PER_PIXEL);
  let at = 0;
  for (const { xPx, yPx, widthPx, heightPx } of rects) {
    const part = rgba.subarray(at, at + widthPx * heightPx * BYTES_PER_PIXEL);
    await frame.copyTo(part, { format: 'RGBA', rect: { x: xPx, y: yPx, width: widthPx, height: heightPx } });
    at += part.length;
  }
  if (greyscale) makeGrey(rgba);
  return encodeTileBlock({ rects, deflated: await deflate(rgba) });
}

function makeGrey(rgba: Uint8Array): void {
  for (let at = 0; at < rgba.length; at += BYTES_PER_PIXEL) {
    const { red, green, blue } = GREY_WEIGHTS;
    const grey = (rgba[at] ?? 0) * red + (rgba[at + 1] ?? 0) * green + (rgba[at + 2] ?? 0) * blue;
    rgba.fill(Math.round(grey), at, at + 3);
  }
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
