// Owns where the remote picture lies in the window, and which source pixel a pointer position means. Pure.

/** `fit`: as large as fits, proportions kept. `original`: one source pixel is one device pixel. `stretch`: all of it. */
export const PICTURE_SCALES = ['fit', 'original', 'stretch'] as const;
export type PictureScale = (typeof PICTURE_SCALES)[number];

/** A rectangle of the window in CSS pixels, as getBoundingClientRect() has it. */
interface ClientRect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The picture's rectangle in client coordinates (CSS pixels; may reach beyond the surface) and what it shows. */
export interface PictureMapping {
  leftCss: number;
  topCss: number;
  widthCss: number;
  heightCss: number;
  sourceWidthPx: number;
  sourceHeightPx: number;
  /** Device pixels in a CSS pixel. */
  devicePixelRatio: number;
}

export interface PicturePlacement {
  surface: ClientRect;
  sourceWidthPx: number;
  sourceHeightPx: number;
  devicePixelRatio: number;
  scale: PictureScale;
  /** How far the surface is scrolled, CSS pixels; matters where the picture is larger than the surface. */
  scrollLeftCss?: number;
  scrollTopCss?: number;
}

export interface SourcePoint {
  xPx: number;
  yPx: number;
  /** False where the position lay outside of the picture and was moved to its nearest pixel. */
  inside: boolean;
}

/** Places the picture in its surface: centred where it is smaller, from the upper left corner where it is larger. */
export function placePicture(placement: PicturePlacement): PictureMapping {
  const { surface, sourceWidthPx, sourceHeightPx, devicePixelRatio } = placement;
  const { widthCss, heightCss } = pictureSize(placement);
  const { scrollLeftCss = 0, scrollTopCss = 0 } = placement;
  // Whole device pixels, so that a picture shown 1:1 is not blurred by half a pixel.
  const snap = (css: number) => Math.round(css * devicePixelRatio) / devicePixelRatio;
  return {
    leftCss: surface.left + (widthCss > surface.width ? -scrollLeftCss : snap((surface.width - widthCss) / 2)),
    topCss: surface.top + (heightCss > surface.height ? -scrollTopCss : snap((surface.height - heightCss) / 2)),
    widthCss,
    heightCss,
    sourceWidthPx,
    sourceHeightPx,
    devicePixelRatio,
  };
}

/**
 * The source pixel that a pointer position (client coordinates) means, clamped to the picture. The first and the last
 * device pixel of the picture are the first and the last pixel of the source at any scale, so that the edges and
 * corners of the remote screen can be reached; in between the error stays below half a device pixel.
 */
export function toSourcePixel(mapping: PictureMapping, clientX: number, clientY: number): SourcePoint {
  const { leftCss, topCss, widthCss, heightCss, sourceWidthPx, sourceHeightPx, devicePixelRatio } = mapping;
  const inside =
    clientX >= leftCss && clientY >= topCss && clientX < leftCss + widthCss && clientY < topCss + heightCss;
  return {
    xPx: axisToSource(clientX - leftCss, widthCss, sourceWidthPx, devicePixelRatio),
    yPx: axisToSource(clientY - topCss, heightCss, sourceHeightPx, devicePixelRatio),
    inside,
  };
}

/** The inverse of toSourcePixel: a client position that means this source pixel. */
export function toClientPoint(mapping: PictureMapping, xPx: number, yPx: number): { clientX: number; clientY: number } {
  const { leftCss, topCss, widthCss, heightCss, sourceWidthPx, sourceHeightPx, devicePixelRatio } = mapping;
  return {
    clientX: leftCss + axisToClient(xPx, widthCss, sourceWidthPx, devicePixelRatio),
    clientY: topCss + axisToClient(yPx, heightCss, sourceHeightPx, devicePixelRatio),
  };
}

/** Fractions of a device pixel over the whole picture that nobody sees. */
const WHOLE_WITHIN_DEVICE_PX = 0.5;

/** Whether every source pixel is a whole number of device pixels wide and high: then nothing has to be smoothed. */
export function hasWholePixels(mapping: PictureMapping): boolean {
  const { widthCss, heightCss, sourceWidthPx, sourceHeightPx, devicePixelRatio } = mapping;
  const isWhole = (sizeCss: number, sourcePx: number) => {
    if (sourcePx === 0) return true;
    const factor = Math.round((sizeCss * devicePixelRatio) / sourcePx);
    return factor >= 1 && Math.abs(sizeCss * devicePixelRatio - factor * sourcePx) < WHOLE_WITHIN_DEVICE_PX;
  };
  return isWhole(widthCss, sourceWidthPx) && isWhole(heightCss, sourceHeightPx);
}

function pictureSize({ surface, sourceWidthPx, sourceHeightPx, devicePixelRatio, scale }: PicturePlacement) {
  switch (scale) {
    case 'original':
      return { widthCss: sourceWidthPx / devicePixelRatio, heightCss: sourceHeightPx / devicePixelRatio };
    case 'stretch':
      return { widthCss: surface.width, heightCss: surface.height };
    case 'fit': {
      const factor = Math.min(surface.width / Math.max(1, sourceWidthPx), surface.height / Math.max(1, sourceHeightPx));
      return { widthCss: sourceWidthPx * factor, heightCss: sourceHeightPx * factor };
    }
  }
}

/** CSS distance between the picture's first and last device pixel; zero or less when it is one pixel or nothing. */
function axisSpan(sizeCss: number, devicePixelRatio: number): number {
  return sizeCss - 1 / devicePixelRatio;
}

function axisToSource(offsetCss: number, sizeCss: number, sourcePx: number, devicePixelRatio: number): number {
  const span = axisSpan(sizeCss, devicePixelRatio);
  const last = Math.max(0, sourcePx - 1);
  if (!(span > 0)) return 0;
  return Math.min(last, Math.max(0, Math.round((offsetCss / span) * last)));
}

function axisToClient(px: number, sizeCss: number, sourcePx: number, devicePixelRatio: number): number {
  const span = Math.max(0, axisSpan(sizeCss, devicePixelRatio));
  const last = sourcePx - 1;
  return last > 0 ? (px / last) * span : 0;
}
