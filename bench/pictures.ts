// Owns the pictures that the bench shows: pages of text, a photograph-like desktop and video-like frames, the same in every run.
import type { Bgrx, Rgb, XScreen } from '../tests/displays/x-screen.ts';

const BYTES_PER_PIXEL = 4;
/** The font of the X server, and the size to which its letters are smoothed. */
const FONT = { width: 6, height: 13, ascent: 11 } as const;
const SCALE = 1.5;
const PAPER: Rgb = { red: 250, green: 250, blue: 247 };
const INKS: readonly Rgb[] = [
  { red: 30, green: 30, blue: 36 },
  { red: 30, green: 30, blue: 36 },
  { red: 30, green: 30, blue: 36 },
  { red: 0, green: 92, blue: 197 },
  { red: 160, green: 30, blue: 80 },
  { red: 34, green: 120, blue: 60 },
];
const WORDS =
  'the screen of a machine far away shows text in lines that scroll as fast as a hand can turn its wheel const let return import export function await 0x7f 1024 => {} () [] === && || // so that nothing waits'.split(
    ' ',
  );

/** Repeatable noise: mulberry32. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function blank(width: number, height: number): Bgrx {
  return { width, height, bytes: Buffer.alloc(width * height * BYTES_PER_PIXEL) };
}

/** A page of coloured text with smooth edges, as an editor or a browser shows it. */
export async function textPage(screen: XScreen, width: number, height: number, seed: number): Promise<Bgrx> {
  const next = random(seed);
  const small = { width: Math.ceil(width / SCALE) + 1, height: Math.ceil(height / SCALE) + 1 };
  const window = screen.openWindow({ x: 0, y: 0, ...small, height: FONT.height }, { colour: PAPER });
  const drawn = blank(small.width, small.height);
  drawn.bytes.fill(Buffer.from([PAPER.blue, PAPER.green, PAPER.red, 0]));
  const columns = Math.floor(small.width / FONT.width);
  for (let top = 0; top + FONT.height <= small.height; top += FONT.height) {
    screen.fill(window, [{ x: 0, y: 0, width: small.width, height: FONT.height }], PAPER);
    let column = Math.floor(next() * 4) * 2;
    const end = columns * (0.4 + next() * 0.6);
    while (next() > 0.01 && column < end) {
      const word = WORDS[Math.floor(next() * WORDS.length)] ?? '';
      const ink = INKS[Math.floor(next() * INKS.length)] ?? PAPER;
      screen.drawText(window, column * FONT.width, FONT.ascent, word, ink, PAPER);
      column += word.length + 1;
    }
    const line = await screen.grab({ x: 0, y: 0, width: small.width, height: FONT.height });
    line.bytes.copy(drawn.bytes, top * small.width * BYTES_PER_PIXEL);
  }
  screen.closeWindow(window);
  return enlarge(drawn, width, height);
}

/** Bilinear: what gives the letters the grey edges of real text. */
function enlarge(from: Bgrx, width: number, height: number): Bgrx {
  const to = blank(width, height);
  for (let y = 0; y < height; y++) {
    const sourceY = Math.floor(y / SCALE);
    const down = y / SCALE - sourceY;
    for (let x = 0; x < width; x++) {
      const sourceX = Math.floor(x / SCALE);
      const right = x / SCALE - sourceX;
      const at = (sourceY * from.width + sourceX) * BYTES_PER_PIXEL;
      const below = at + (sourceY + 1 < from.height ? from.width * BYTES_PER_PIXEL : 0);
      const target = (y * width + x) * BYTES_PER_PIXEL;
      for (let channel = 0; channel < 3; channel++) {
        const upper = mix(from.bytes[at + channel], from.bytes[at + BYTES_PER_PIXEL + channel], right);
        const lower = mix(from.bytes[below + channel], from.bytes[below + BYTES_PER_PIXEL + channel], right);
        to.bytes[target + channel] = mix(upper, lower, down);
      }
    }
  }
  return to;
}

function mix(a: number = 0, b: number = 0, share: number): number {
  return a + (b - a) * share;
}

/** Soft shapes of several sizes in all colours, as a photograph has them: octaves of value noise. */
export function photograph(width: number, height: number, seed: number): Bgrx {
  const picture = blank(width, height);
  const next = random(seed);
  const octaves = [
    { cellPx: 320, weight: 0.5 },
    { cellPx: 80, weight: 0.28 },
    { cellPx: 20, weight: 0.15 },
    { cellPx: 5, weight: 0.07 },
  ].map((octave) => {
    const columns = Math.ceil(width / octave.cellPx) + 2;
    const rows = Math.ceil(height / octave.cellPx) + 2;
    const values = Float32Array.from({ length: columns * rows * 3 }, () => next() * 255 * octave.weight);
    return { ...octave, columns, values };
  });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const target = (y * width + x) * BYTES_PER_PIXEL;
      let blue = 0;
      let green = 0;
      let red = 0;
      for (const { cellPx, columns, values } of octaves) {
        const cellX = Math.floor(x / cellPx);
        const cellY = Math.floor(y / cellPx);
        const right = x / cellPx - cellX;
        const down = y / cellPx - cellY;
        const at = (cellY * columns + cellX) * 3;
        const below = at + columns * 3;
        const a = (1 - right) * (1 - down);
        const b = right * (1 - down);
        const c = (1 - right) * down;
        const d = right * down;
        blue += a * values[at]! + b * values[at + 3]! + c * values[below]! + d * values[below + 3]!;
        green += a * values[at + 1]! + b * values[at + 4]! + c * values[below + 1]! + d * values[below + 4]!;
        red += a * values[at + 2]! + b * values[at + 5]! + c * values[below + 2]! + d * values[below + 5]!;
      }
      picture.bytes[target] = blue;
      picture.bytes[target + 1] = green;
      picture.bytes[target + 2] = red;
    }
  }
  return picture;
}

/** Pixels by which the camera moves from one video frame to the next, and the grain of its sensor. */
const PAN = { x: 5, y: 2 } as const;
const GRAIN = 6;
const GRAIN_TABLE = 1 << 16;

/** Frames of one moving shot: a camera that pans, things that move in it otherwise, and grain. */
export function videoFrames(width: number, height: number, count: number): Bgrx[] {
  const scene = photograph(width + PAN.x * count, height + PAN.y * count, 11);
  const ball = photograph(400, 400, 12);
  const next = random(13);
  const grain = Int8Array.from({ length: GRAIN_TABLE }, () => Math.round((next() + next() - 1) * GRAIN));
  return Array.from({ length: count }, (_, frame) => {
    const picture = blank(width, height);
    for (let y = 0; y < height; y++) {
      const from = ((y + frame * PAN.y) * scene.width + frame * PAN.x) * BYTES_PER_PIXEL;
      scene.bytes.copy(picture.bytes, y * width * BYTES_PER_PIXEL, from, from + width * BYTES_PER_PIXEL);
    }
    for (const [left, top] of [
      [200 + frame * 24, 150 + frame * 9],
      [1400 - frame * 31, 600 - frame * 11],
    ] as const)
      pasteDisc(picture, ball, left, top);
    for (let pixel = 0, at = Math.floor(next() * GRAIN_TABLE); pixel < picture.bytes.length; pixel += BYTES_PER_PIXEL) {
      const noise = grain[at++ % GRAIN_TABLE] ?? 0;
      if (pixel % (width * BYTES_PER_PIXEL) === 0) at = Math.floor(next() * GRAIN_TABLE);
      for (let channel = pixel; channel < pixel + 3; channel++)
        picture.bytes[channel] = Math.max(0, Math.min(255, (picture.bytes[channel] ?? 0) + noise));
    }
    return picture;
  });
}

function pasteDisc(onto: Bgrx, disc: Bgrx, left: number, top: number): void {
  const radius = disc.width / 2;
  for (let y = 0; y < disc.height; y++) {
    const half = Math.floor(Math.sqrt(Math.max(0, radius ** 2 - (y - radius) ** 2)));
    const first = Math.max(0, left + radius - half);
    const last = Math.min(onto.width, left + radius + half);
    if (top + y < 0 || top + y >= onto.height || last <= first) continue;
    const from = (y * disc.width + first - left) * BYTES_PER_PIXEL;
    const to = ((top + y) * onto.width + first) * BYTES_PER_PIXEL;
    disc.bytes.copy(onto.bytes, to, from, from + (last - first) * BYTES_PER_PIXEL);
  }
}

/** A copy of a part of a picture. */
export function crop(from: Bgrx, x: number, y: number, width: number, height: number): Bgrx {
  const part = blank(width, height);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * from.width + x) * BYTES_PER_PIXEL;
    from.bytes.copy(part.bytes, row * width * BYTES_PER_PIXEL, start, start + width * BYTES_PER_PIXEL);
  }
  return part;
}

/** Sum of squared differences of luma (BT.601 weights), and how many pixels differ in any colour at all. */
export function difference(a: Bgrx, b: Bgrx): { squared: number; wrongPixels: number } {
  let squared = 0;
  let wrongPixels = 0;
  for (let at = 0; at < a.bytes.length; at += BYTES_PER_PIXEL) {
    const blue = a.bytes[at]! - b.bytes[at]!;
    const green = a.bytes[at + 1]! - b.bytes[at + 1]!;
    const red = a.bytes[at + 2]! - b.bytes[at + 2]!;
    if (blue !== 0 || green !== 0 || red !== 0) {
      wrongPixels += 1;
      squared += (0.114 * blue + 0.587 * green + 0.299 * red) ** 2;
    }
  }
  return { squared, wrongPixels };
}

/** Peak signal-to-noise ratio of luma in dB; equal pictures have `Infinity`. */
export function psnr(squared: number, pixels: number): number {
  return squared === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 ** 2 * pixels) / squared);
}
