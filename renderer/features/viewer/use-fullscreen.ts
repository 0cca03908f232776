// Owns whether this window fills the screen.
import { useCallback, useEffect, useState } from 'react';
import { useActions, useBridgeEvent } from '../../store/use-app.ts';

/**
 * The page itself asks for full screen where it may, because only then the browser gives system keys away; else main
 * makes the window fill the screen.
 */
export function useFullscreen(): [on: boolean, set: (on: boolean) => void] {
  const actions = useActions();
  const [on, setOn] = useState(() => matchMedia('(display-mode: fullscreen)').matches);
  const onChanged = useCallback(({ fullscreen }: { fullscreen: boolean }) => setOn(fullscreen), []);
  useBridgeEvent('session.fullscreen-changed', onChanged);
  useEffect(() => {
    const changed = () => setOn(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  const set = useCallback(
    (wanted: boolean) => {
      const byMain = () => actions.setFullscreen(wanted).catch(() => undefined);
      if (wanted) void document.documentElement.requestFullscreen({ navigationUI: 'hide' }).catch(byMain);
      else if (document.fullscreenElement) void document.exitFullscreen().catch(byMain);
      else void byMain();
    },
    [actions],
  );
  return [on, set];
}
