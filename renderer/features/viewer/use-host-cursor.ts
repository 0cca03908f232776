// Owns the host's pointer on this screen. It moves many times a second, so it is set on the elements directly.
import { type RefObject, useEffect, useRef } from 'react';
import type { CursorDelivery } from '../../../shared/ipc/media.ts';
import type { CursorShape } from '../../../shared/model/video.ts';
import { type PictureMapping, toClientPoint, toSourcePixel } from '../../input/picture-mapping.ts';
import { useBridge } from '../../store/use-app.ts';
import { type CursorImage, cssCursor, cursorImage } from './cursor-image.ts';
import { cursorScale, overlayLook } from './cursor-look.ts';

/** Where the host's pointer is hidden, as in a game: a dot, so that ours is not lost. */
const DOT = `url("data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4.5" cy="4.5" r="2.5" fill="white" stroke="black"/></svg>',
)}") 4 4, default`;

export interface HostCursorOptions {
  surface: RefObject<HTMLElement | null>;
  overlay: RefObject<HTMLImageElement | null>;
  mapping: () => PictureMapping;
  /** Changes whenever the picture's place or size does. */
  layout: PictureMapping;
  controlling: boolean;
}

export function useHostCursor(options: HostCursorOptions): void {
  const bridge = useBridge();
  const { surface, controlling, layout } = options;
  const latest = useRef(options);
  latest.current = options;
  const cursor = useRef<HostCursor | null>(null);

  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const made = new HostCursor(element, latest);
    cursor.current = made;
    const stop = bridge.on('session.cursor', (delivery) => made.deliver(delivery));
    return () => {
      stop();
      cursor.current = null;
      made.close();
    };
  }, [bridge, surface]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes here is read through `latest`
  useEffect(
    () => cursor.current?.redraw(),
    [controlling, layout.widthCss, layout.heightCss, layout.leftCss, layout.topCss],
  );
}

class HostCursor {
  readonly #surface: HTMLElement;
  readonly #options: RefObject<HostCursorOptions>;
  readonly #listening = new AbortController();
  #shape: CursorShape | null = null;
  #image: CursorImage | null = null;
  #imageScale = 0;
  #host: { xPx: number; yPx: number; visible: boolean } | null = null;
  #pointer: { clientX: number; clientY: number } | null = null;
  #movedAtMs = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;

  constructor(surface: HTMLElement, options: RefObject<HostCursorOptions>) {
    this.#surface = surface;
    this.#options = options;
    const { signal } = this.#listening;
    const moved = ({ clientX, clientY }: PointerEvent) => {
      this.#pointer = { clientX, clientY };
      this.#movedAtMs = performance.now();
      this.#drawOverlay();
    };
    const left = () => {
      this.#pointer = null;
      this.#drawOverlay();
    };
    surface.addEventListener('pointermove', moved, { signal });
    surface.addEventListener('pointerleave', left, { signal });
  }

  deliver({ xPx, yPx, visible, shape }: CursorDelivery): void {
    const wasVisible = this.#host?.visible;
    this.#host = { xPx, yPx, visible };
    if (shape) {
      this.#shape = shape;
      this.#imageScale = 0;
    }
    if (shape || visible !== wasVisible) this.redraw();
    else this.#drawOverlay();
  }

  redraw(): void {
    this.#drawImage();
    const { controlling } = this.#options.current;
    if (!controlling || !this.#host) this.#surface.style.cursor = 'default';
    else if (!this.#host.visible) this.#surface.style.cursor = DOT;
    else this.#surface.style.cursor = this.#image ? cssCursor(this.#image, window.devicePixelRatio) : 'default';
    this.#drawOverlay();
  }

  close(): void {
    clearTimeout(this.#settle);
    this.#listening.abort();
  }

  #drawImage(): void {
    const { layout } = this.#options.current;
    if (!this.#shape || layout.sourceWidthPx === 0) return;
    const ratio = window.devicePixelRatio;
    const pictureScale = layout.widthCss / layout.sourceWidthPx;
    const scale = cursorScale(pictureScale, ratio, Math.max(this.#shape.widthPx, this.#shape.heightPx));
    if (scale === this.#imageScale) return;
    this.#imageScale = scale;
    this.#image = cursorImage(this.#shape, scale, ratio);
    const overlay = this.#options.current.overlay.current;
    if (!overlay || !this.#image) return;
    overlay.src = this.#image.url;
    overlay.style.width = `${this.#image.widthCss}px`;
    overlay.style.height = `${this.#image.heightCss}px`;
  }

  #drawOverlay(): void {
    const { overlay, controlling, layout } = this.#options.current;
    const element = overlay.current;
    if (!element) return;
    clearTimeout(this.#settle);
    if (!this.#host || !this.#image) {
      element.hidden = true;
      return;
    }
    const sinceOurMoveMs = performance.now() - this.#movedAtMs;
    const apartPx = this.#apartPx();
    const look = overlayLook({
      controlling,
      inside: this.#pointer !== null,
      hostVisible: this.#host.visible,
      apartPx,
      sinceOurMoveMs,
    });
    element.hidden = look === 'none';
    element.dataset.look = look;
    if (look !== 'none') {
      const { clientX, clientY } = toClientPoint(layout, this.#host.xPx, this.#host.yPx);
      element.style.transform = `translate(${clientX - this.#image.hotXCss}px, ${clientY - this.#image.hotYCss}px)`;
    } else if (controlling && this.#pointer) {
      // looked at once more when the host's pointer has had its time to arrive
      this.#settle = setTimeout(() => this.#drawOverlay(), 500);
    }
  }

  #apartPx(): number {
    if (!this.#pointer || !this.#host) return 0;
    const ours = toSourcePixel(this.#options.current.mapping(), this.#pointer.clientX, this.#pointer.clientY);
    return Math.hypot(ours.xPx - this.#host.xPx, ours.yPx - this.#host.yPx);
  }
}
