// Owns the viewer's hand in this window: input goes to the host while it may, and panning where the picture is too large.
import { type RefObject, useEffect, useRef } from 'react';
import { InputCapture } from '../../input/input-capture.ts';
import type { LocalChord } from '../../input/local-chords.ts';
import type { PictureMapping } from '../../input/picture-mapping.ts';
import { wallClockMs } from '../../media/page-time.ts';
import { useBridge } from '../../store/use-app.ts';
import { edgePanStep } from './edge-pan.ts';

export interface HandOptions {
  surface: RefObject<HTMLElement | null>;
  viewport: RefObject<HTMLElement | null>;
  mapping: () => PictureMapping;
  /** Input goes to the host. */
  enabled: boolean;
  /** The picture may be larger than the window. */
  pans: boolean;
  onChord: (chord: LocalChord) => void;
}

/** The capture while mounted; null before. */
export function useHand(options: HandOptions): RefObject<InputCapture | null> {
  const { surface, viewport, enabled, pans } = options;
  const bridge = useBridge();
  const capture = useRef<InputCapture | null>(null);
  const latest = useRef(options);
  latest.current = options;

  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const made = new InputCapture(element, {
      mapping: () => latest.current.mapping(),
      send: (events) => bridge.send('session.input', { events, atMs: wallClockMs() }),
      isEnabled: () => latest.current.enabled,
      onLocalChord: (chord) => latest.current.onChord(chord),
    });
    capture.current = made;
    return () => {
      capture.current = null;
      made.close();
    };
  }, [bridge, surface]);

  useEffect(() => {
    if (enabled) capture.current?.focus();
  }, [enabled]);

  // the capture swallows the wheel; while nothing is sent, it scrolls the view
  useEffect(() => {
    const element = surface.current;
    if (!element || enabled) return;
    const scroll = (event: WheelEvent) => viewport.current?.scrollBy(event.deltaX, event.deltaY);
    element.addEventListener('wheel', scroll, { passive: true });
    return () => element.removeEventListener('wheel', scroll);
  }, [surface, viewport, enabled]);

  useEffect(() => {
    const element = surface.current;
    const view = viewport.current;
    if (!element || !view || !pans) return;
    return followEdges(element, view);
  }, [surface, viewport, pans]);

  return capture;
}

/** Scrolls while the pointer rests near an edge. Returns what ends it. */
function followEdges(surface: HTMLElement, view: HTMLElement): () => void {
  let pointer: { x: number; y: number } | null = null;
  let frame: number | null = null;
  let beforeMs = 0;
  const pan = (nowMs: number) => {
    frame = null;
    if (!pointer) return;
    const box = view.getBoundingClientRect();
    const area = { left: box.left, top: box.top, width: view.clientWidth, height: view.clientHeight };
    const { dx, dy } = edgePanStep(area, pointer.x, pointer.y, Math.min(50, nowMs - beforeMs));
    beforeMs = nowMs;
    const { scrollLeft, scrollTop } = view;
    if (dx !== 0 || dy !== 0) view.scrollBy(dx, dy);
    if (view.scrollLeft !== scrollLeft || view.scrollTop !== scrollTop) frame = requestAnimationFrame(pan);
  };
  const moved = (event: PointerEvent) => {
    pointer = { x: event.clientX, y: event.clientY };
    if (frame !== null) return;
    beforeMs = performance.now();
    frame = requestAnimationFrame(pan);
  };
  const left = () => {
    pointer = null;
  };
  surface.addEventListener('pointermove', moved);
  surface.addEventListener('pointerleave', left);
  return () => {
    surface.removeEventListener('pointermove', moved);
    surface.removeEventListener('pointerleave', left);
    if (frame !== null) cancelAnimationFrame(frame);
  };
}
