// Owns where the picture lies: follows the window's size, its pixel ratio and the source's size.
import { type RefObject, useCallback, useEffect, useState } from 'react';
import { type PictureMapping, type PictureScale, placePicture } from '../../input/picture-mapping.ts';

export interface SourceSize {
  widthPx: number;
  heightPx: number;
}

export interface Stage {
  /** Relative to the scrolled content, for drawing. */
  layout: PictureMapping;
  contentWidthCss: number;
  contentHeightCss: number;
  /** In client coordinates right now, for input. */
  mapping(): PictureMapping;
}

const ORIGIN = { left: 0, top: 0, width: 0, height: 0 };

/** @param viewport the scrolling element that shows the picture */
export function useStage(viewport: RefObject<HTMLElement | null>, source: SourceSize, scale: PictureScale): Stage {
  const [box, setBox] = useState(ORIGIN);
  const [devicePixelRatio, setRatio] = useState(() => window.devicePixelRatio);

  useEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const measure = () => setBox({ left: 0, top: 0, width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [viewport]);

  useEffect(() => {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const changed = () => setRatio(window.devicePixelRatio);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [devicePixelRatio]);

  const { widthPx, heightPx } = source;
  const layout = placePicture({
    surface: box,
    sourceWidthPx: widthPx,
    sourceHeightPx: heightPx,
    devicePixelRatio,
    scale,
  });

  const mapping = useCallback(() => {
    const element = viewport.current;
    const rect = element?.getBoundingClientRect();
    return placePicture({
      surface: {
        left: (rect?.left ?? 0) + (element?.clientLeft ?? 0),
        top: (rect?.top ?? 0) + (element?.clientTop ?? 0),
        width: element?.clientWidth ?? 0,
        height: element?.clientHeight ?? 0,
      },
      sourceWidthPx: widthPx,
      sourceHeightPx: heightPx,
      devicePixelRatio: window.devicePixelRatio,
      scale,
      scrollLeftCss: element?.scrollLeft ?? 0,
      scrollTopCss: element?.scrollTop ?? 0,
    });
  }, [viewport, widthPx, heightPx, scale]);

  return {
    layout,
    contentWidthCss: scale === 'original' ? Math.max(box.width, layout.widthCss) : box.width,
    contentHeightCss: scale === 'original' ? Math.max(box.height, layout.heightCss) : box.height,
    mapping,
  };
}
