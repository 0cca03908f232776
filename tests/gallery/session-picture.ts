// Owns a made-up remote screen: one picture as tiles, a pointer, and a link that tells how it is.
import { encodeDeltas } from '../../shared/model/tile-deltas.ts';
import { type CodedTiles, encodeTileBlock, type TileRect } from '../../shared/model/tiles.ts';
import type { FakeBridge } from '../fakes/fake-bridge.ts';

export interface PictureWish {
  /** Zero for a picture that never comes. */
  widthPx: number;
  heightPx: number;
  /** How long ago the picture gave its last sign of life. */
  silentMs?: number;
  /** Something moves, so that there is something to measure. */
  moving?: boolean;
  /** The picture is not exact yet. */
  refining?: boolean;
}

const ROWS_AT_ONCE = 200;

/** Draws something like a desktop and sends it as a host would. */
export function playSession(main: FakeBridge, wish: PictureWish): void {
  if (wish.widthPx > 0) void sendPicture(main, wish);
  const tell = () => {
    main.emit('session.link', {
      roundTripMs: 4.2,
      clockOffsetMs: 0,
      receivedBitsPerSecond: 1_850_000,
      receivedBytes: 48_200_000,
      sentBytes: 212_000,
      lostFrames: 0,
      silentMs: wish.silentMs ?? 200,
    });
  };
  setTimeout(tell, 300);
  setInterval(tell, 1_000);
}

async function sendPicture(main: FakeBridge, wish: PictureWish): Promise<void> {
  const { widthPx, heightPx, moving = false, refining = false } = wish;
  const canvas = new OffscreenCanvas(widthPx, heightPx);
  const context = canvas.getContext('2d');
  if (!context) return;
  drawDesktop(context, widthPx, heightPx);
  if (main.state.connections.some(({ encrypted }) => !encrypted)) {
    const file = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    main.emit('session.plain-picture', {
      header: { type: 'image/jpeg', widthPx, heightPx },
      data: new Uint8Array(await file.arrayBuffer()),
      seq: 1,
      receivedAtMs: Date.now(),
    });
    return;
  }
  const { data } = context.getImageData(0, 0, widthPx, heightPx);
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (let yPx = 0, seq = 0; yPx < heightPx; yPx += ROWS_AT_ONCE, seq++) {
    const rows = Math.min(ROWS_AT_ONCE, heightPx - yPx);
    const pixels = data.slice(yPx * widthPx * 4, (yPx + rows) * widthPx * 4);
    const rects = [{ xPx: 0, yPx, widthPx, heightPx: rows }];
    const block = encodeTileBlock({ rects, pixels: await coded(pixels, rects) });
    main.emit('session.frame', {
      seq,
      receivedAtMs: Date.now(),
      sizeBytes: block.length,
      frame: {
        codec: 'tiles',
        key: seq === 0,
        discardable: false,
        configuration: seq === 0 ? { codecString: 'tiles' } : null,
        captureTimeUs: Date.now() * 1000,
        durationUs: 0,
        widthPx,
        heightPx,
        layer: 0,
        exact: yPx + rows >= heightPx && !refining,
        data: block,
      },
    });
  }
  if (moving) void sendMotion(main, widthPx, heightPx);
  main.emit('session.cursor', { xPx: widthPx * 0.62, yPx: heightPx * 0.55, visible: true, shape: arrow() });
}

/** A square that changes its colour, at rates that rise and fall. */
async function sendMotion(main: FakeBridge, widthPx: number, heightPx: number): Promise<void> {
  const side = 96;
  for (let seq = 1_000; ; seq++) {
    const wave = 1 + Math.sin(seq / 25);
    const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
    for (let at = 0; at < pixels.length; at += 4) pixels[at] = (seq * 8 + at / side) % 256;
    const rect = { xPx: 40, yPx: heightPx - 240, widthPx: side, heightPx: side };
    const data = encodeTileBlock({ rects: [rect], pixels: await coded(pixels, [rect]) });
    main.emit('session.frame', {
      seq,
      receivedAtMs: Date.now(),
      sizeBytes: data.length,
      frame: {
        codec: 'tiles',
        key: false,
        discardable: false,
        configuration: null,
        captureTimeUs: (Date.now() - 14) * 1000,
        durationUs: 0,
        widthPx,
        heightPx,
        layer: 0,
        exact: true,
        stages: { captureMs: 0.6 + wave / 3, compareMs: 0.4, encodeMs: 2.2 + wave, queueMs: 1.1 + wave / 2 },
        data,
      },
    });
    if (seq % 20 === 0)
      main.emit('session.input-injected', { inputAtMs: Date.now() - 22 - 3 * wave, injectedAtMs: Date.now() - 16 });
    await new Promise((resolve) => setTimeout(resolve, 24 + 14 * Math.sin(seq / 40)));
  }
}

async function coded(rgba: Uint8ClampedArray<ArrayBuffer>, rects: TileRect[]): Promise<CodedTiles> {
  const words = new Uint32Array(rgba.length / 4);
  for (let at = 0; at < words.length; at++)
    words[at] = ((rgba[at * 4] ?? 0) << 16) | ((rgba[at * 4 + 1] ?? 0) << 8) | (rgba[at * 4 + 2] ?? 0);
  const deltas = new Blob([encodeDeltas(words, rects)]);
  const stream = deltas.stream().pipeThrough(new CompressionStream('deflate-raw'));
  return { coding: 'deltas', deflated: true, data: new Uint8Array(await new Response(stream).arrayBuffer()) };
}

function drawDesktop(context: OffscreenCanvasRenderingContext2D, width: number, height: number): void {
  const sky = context.createLinearGradient(0, 0, width, height);
  sky.addColorStop(0, '#35536b');
  sky.addColorStop(1, '#c98a6b');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#1d2630';
  context.fillRect(0, height - 40, width, 40);
  context.fillStyle = '#fbfbf9';
  context.fillRect(width * 0.12, height * 0.12, width * 0.6, height * 0.66);
  context.fillStyle = '#e4e4e0';
  context.fillRect(width * 0.12, height * 0.12, width * 0.6, 34);
  context.fillStyle = '#2b3034';
  context.font = '18px sans-serif';
  context.fillText('notes.txt', width * 0.12 + 14, height * 0.12 + 23);
  for (let line = 0; line < 16; line++)
    context.fillText(
      'The remote screen, sharp to the pixel: 0123456789 áéíõç',
      width * 0.12 + 18,
      height * 0.12 + 74 + line * 28,
    );
  context.strokeStyle = '#ff3060';
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
}

function arrow() {
  const side = 24;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.fillStyle = 'white';
  context.strokeStyle = 'black';
  context.beginPath();
  context.moveTo(1.5, 1.5);
  context.lineTo(1.5, 18.5);
  context.lineTo(6, 14.5);
  context.lineTo(13, 14);
  context.closePath();
  context.fill();
  context.stroke();
  const { data } = context.getImageData(0, 0, side, side);
  return { widthPx: side, heightPx: side, hotXPx: 1, hotYPx: 1, rgba: new Uint8Array(data) };
}
