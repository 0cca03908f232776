// Owns turning the host's pointer shape into an image at the size in which it is shown.
import type { CursorShape } from '../../../shared/model/video.ts';

export interface CursorImage {
  url: string;
  /** Hot spot and size in CSS pixels. */
  hotXCss: number;
  hotYCss: number;
  widthCss: number;
  heightCss: number;
}

/**
 * @param scale device pixels of this screen to one pixel of the shape
 */
export function cursorImage(shape: CursorShape, scale: number, devicePixelRatio: number): CursorImage | null {
  const source = document.createElement('canvas');
  source.width = shape.widthPx;
  source.height = shape.heightPx;
  const context = source.getContext('2d');
  if (!context || shape.rgba.length !== shape.widthPx * shape.heightPx * 4) return null;
  const pixels = context.createImageData(shape.widthPx, shape.heightPx);
  pixels.data.set(shape.rgba);
  context.putImageData(pixels, 0, 0);
  const width = Math.max(1, Math.round(shape.widthPx * scale));
  const height = Math.max(1, Math.round(shape.heightPx * scale));
  return {
    url: (scale === 1 ? source : scaled(source, width, height)).toDataURL('image/png'),
    hotXCss: (shape.hotXPx * scale) / devicePixelRatio,
    hotYCss: (shape.hotYPx * scale) / devicePixelRatio,
    widthCss: width / devicePixelRatio,
    heightCss: height / devicePixelRatio,
  };
}

/** The value of the CSS property `cursor`. */
export function cssCursor(image: CursorImage, devicePixelRatio: number): string {
  const hot = `${Math.round(image.hotXCss)} ${Math.round(image.hotYCss)}`;
  return `image-set(url("${image.url}") ${devicePixelRatio}x) ${hot}, default`;
}

function scaled(source: HTMLCanvasElement, width: number, height: number): HTMLCanvasElement {
  const target = document.createElement('canvas');
  target.width = width;
  target.height = height;
  const context = target.getContext('2d');
  if (!context) return source;
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, width, height);
  return target;
}
