// Owns finding a patch of one colour on a screen: how tests see, without asking the app, where and how its picture is shown.
import type { Bgrx, Rect, Rgb, XScreen } from './x-screen.ts';

/** Video is not exact, neither in brightness nor in colour. */
const TOLERANCE = 24;
const BYTES_PER_PIXEL = 4;

/** The smallest rectangle with all pixels of about that colour, or null when there are none. */
export async function findColour(screen: XScreen, colour: Rgb): Promise<Rect | null> {
  const shown = await screen.grab({ x: 0, y: 0, width: screen.width, height: screen.height });
  let left = shown.width;
  let top = shown.height;
  let right = -1;
  let bottom = -1;
  for (let y = 0; y < shown.height; y++) {
    for (let x = 0; x < shown.width; x++) {
      if (!isAbout(shown, y * shown.width + x, colour)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function isAbout(picture: Bgrx, pixel: number, { red, green, blue }: Rgb): boolean {
  const at = pixel * BYTES_PER_PIXEL;
  const isNear = (offset: number, wanted: number) => Math.abs((picture.bytes[at + offset] ?? 0) - wanted) <= TOLERANCE;
  return isNear(0, blue) && isNear(1, green) && isNear(2, red);
}
