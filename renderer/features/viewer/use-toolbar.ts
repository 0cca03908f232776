// Owns when the toolbar is seen: at first, when the pointer comes to the upper edge, while it is used, and by its chord.
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';

export const TOOLBAR = { shownMs: 4_000, edgeCss: 1 } as const;

/** Why the toolbar stays: a menu of it is open, or the keyboard is in it. */
export type ToolbarHold = 'menu' | 'keyboard';

export interface ToolbarControl {
  visible: boolean;
  bar: RefObject<HTMLDivElement | null>;
  show(): void;
  hide(): void;
  /** Shows it and takes the keyboard there, or hides it and gives the keyboard back. */
  toggle(): void;
  hold(reason: ToolbarHold, on: boolean): void;
  onPointerMove(event: { clientY: number; target: EventTarget }): void;
}

/** @param backToScreen gives the keyboard back to the picture */
export function useToolbar(backToScreen: () => void): ToolbarControl {
  const [visible, setVisible] = useState(true);
  const bar = useRef<HTMLDivElement>(null);
  const shown = useRef(true);

  const control = useMemo(() => {
    const holds = new Set<ToolbarHold>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isInside = () => bar.current?.contains(document.activeElement) ?? false;
    const set = (next: boolean) => {
      shown.current = next;
      setVisible(next);
    };
    const hide = () => {
      clearTimeout(timer);
      holds.clear();
      // what was clicked still has the keyboard
      if (isInside()) backToScreen();
      set(false);
    };
    const hideLater = () => {
      clearTimeout(timer);
      if (holds.size === 0) timer = setTimeout(hide, TOOLBAR.shownMs);
    };
    const show = () => {
      set(true);
      hideLater();
    };
    return {
      hide,
      show,
      hideLater,
      stop: () => clearTimeout(timer),
      toggle() {
        if (shown.current && isInside()) {
          hide();
          return;
        }
        show();
        // it takes the keyboard once it is drawn and no longer inert
        requestAnimationFrame(() => bar.current?.querySelector<HTMLElement>('button:enabled')?.focus());
      },
      hold(reason: ToolbarHold, on: boolean) {
        if (on) holds.add(reason);
        else holds.delete(reason);
        if (shown.current) hideLater();
      },
      onPointerMove({ clientY, target }: { clientY: number; target: EventTarget }) {
        const overBar = target instanceof Node && (bar.current?.contains(target) ?? false);
        if (overBar || clientY <= TOOLBAR.edgeCss) show();
      },
    };
  }, [backToScreen]);

  useEffect(() => {
    control.hideLater();
    return control.stop;
  }, [control]);

  return useMemo(() => ({ ...control, visible, bar }), [control, visible]);
}
