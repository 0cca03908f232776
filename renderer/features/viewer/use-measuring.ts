// Owns when this window measures: the host says how long pictures took, and main keeps figures where it was asked to.
import { type RefObject, useEffect } from 'react';
import { sessionStatistics } from '../../media/session-statistics.ts';
import { useBridge } from '../../store/use-app.ts';
import type { RemoteScreenHandle } from './remote-screen.tsx';

export const MEASURING = { keepEveryMs: 1_000 } as const;

/** @param shown whether anybody looks at the statistics @param kept whether main writes them down */
export function useMeasuring(screen: RefObject<RemoteScreenHandle | null>, shown: boolean, kept: boolean): void {
  const bridge = useBridge();
  const on = shown || kept;
  useEffect(() => bridge.send('session.measure', { on }), [bridge, on]);
  useEffect(() => {
    if (!kept) return;
    const timer = setInterval(() => {
      const picture = screen.current?.statistics();
      if (picture)
        bridge.send('session.statistics', sessionStatistics(picture, screen.current?.link() ?? null, Date.now()));
    }, MEASURING.keepEveryMs);
    return () => clearInterval(timer);
  }, [bridge, screen, kept]);
}
